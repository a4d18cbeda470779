import type { Readable } from 'node:stream';
import type { KinesisClient } from '@aws-sdk/client-kinesis';
import { decodeCbor } from '../../wire/cbor/decode.ts';
import { contentTypes, formOf, type WireForm } from '../../wire/kinesis/wire-form.ts';
import { type Connections, collect, exchange, type HttpAnswer, type SignedRequest } from './http-exchange.ts';

/** A body that is made already. */
export interface RawBody {
  bytes: Uint8Array;
  form: WireForm;
}

/** Commands whose request or answer is bytes of ours. */
export interface RawBodies {
  /** What is worth knowing, a sentence without its end. */
  readonly note: string | null;
  /** Whether a PutRecords with this body of no records, in CBOR, is understood; not where no answer comes. */
  takesCbor(command: object, body: Uint8Array): Promise<boolean>;
  /** Sends a command with this body, or its own where there is none, and resolves with the body of the answer as it came. */
  send(command: object, body: RawBody | null): Promise<Uint8Array>;
}

const BODY = Symbol('body');
/** What the SDK is given to read instead of an answer that we read. */
const EMPTY = Buffer.from('{}');

/** So wrong a clock is made up for by the SDK alone; a signature is refused from five minutes on. */
const SKEW_MS = 60_000;

/** Of one attempt of one request. */
const ATTEMPT_HEADERS = ['amz-sdk-invocation-id', 'amz-sdk-request', 'content-length'];

interface Carrier {
  body: RawBody | null;
  answer: Uint8Array | null;
  /** Form of the answer, whatever it says; null where none came. */
  answered: WireForm | null;
}

/** With one of these the service refuses to store no records, and so has understood the request. */
const NO_RECORDS = ['ValidationException', 'InvalidArgumentException'];

interface Message {
  statusCode?: number;
  body?: unknown;
  headers: Record<string, string>;
}

interface Step {
  input: { [BODY]?: Carrier };
  request: Message;
}

/** What signs, of the client's own. */
interface Transport {
  signer(): Promise<{ sign(request: Message): Promise<SignedRequest> }>;
  /** ms by which this machine's clock is wrong, as the service has told. */
  systemClockOffset: number;
}

type Next = (args: Step) => Promise<{ response: Message; output: unknown }>;

/** What ours stand beside. */
const NEEDED = ['serializerMiddleware', 'deserializerMiddleware', 'httpSigningMiddleware'];

/** Whether this release of the SDK has what `passRawBodies` takes hold of. `command` is one like those that will be sent. */
export function passesRawBodies(client: KinesisClient, command: object): boolean {
  const { signer } = client.config as unknown as Partial<Transport>;
  if (typeof signer !== 'function') return false;
  const stack = client.middlewareStack.clone();
  const added = NEEDED.map((toMiddleware) => {
    const step = { name: `iotload-${toMiddleware}`, relation: 'after' as const, toMiddleware };
    stack.addRelativeTo((next: unknown) => next as never, step);
    return step.name;
  });
  try {
    (command as { resolveMiddleware(...args: unknown[]): unknown }).resolveMiddleware(stack, client.config, {});
    return added.length > 0;
  } catch {
    return false;
  }
}

/**
 * Has a client take request bodies that are made already, and hand out answers unread. Serialising and parsing are the SDK's greatest costs;
 * signing and credentials stay its own, and a refusal comes as the error that it makes of one. `connections` are those of its handler.
 */
export function passRawBodies(client: KinesisClient, connections: Connections): RawBodies {
  const stack = client.middlewareStack as unknown as {
    addRelativeTo(
      middleware: (next: Next) => Next,
      options: { name: string; relation: 'after' | 'before'; toMiddleware: string },
    ): void;
  };
  stack.addRelativeTo(
    (next) => (args) => {
      const body = args.input[BODY]?.body ?? null;
      if (body !== null) {
        args.request.body = body.bytes;
        Object.assign(args.request.headers, headersOf(body));
      }
      return next(args);
    },
    { name: 'iotloadBody', relation: 'after', toMiddleware: 'serializerMiddleware' },
  );
  stack.addRelativeTo(
    (next) => async (args) => {
      const result = await next(args);
      const carrier = args.input[BODY];
      if (carrier === undefined) return result;
      const { response } = result;
      carrier.answered = formOf(response.headers['content-type']);
      if (response.statusCode === 200) {
        carrier.answer = await collect(response.body as Readable);
        response.body = EMPTY;
      } else if (carrier.answered === 'cbor') response.body = asJson(await collect(response.body as Readable));
      return result;
    },
    { name: 'iotloadAnswer', relation: 'after', toMiddleware: 'deserializerMiddleware' },
  );
  // Requests with a body of ours differ in nothing else: what the SDK has made of one, but for signature and attempt, is what all are like.
  let model: Message | null = null;
  stack.addRelativeTo(
    (next) => (args) => {
      if (args.input[BODY]?.body != null) {
        const headers = { ...args.request.headers };
        for (const name of ATTEMPT_HEADERS) delete headers[name];
        model = { ...args.request, headers, body: null };
      }
      return next(args);
    },
    { name: 'iotloadModel', relation: 'before', toMiddleware: 'httpSigningMiddleware' },
  );
  const transport = client.config as unknown as Transport;
  let signer: ReturnType<Transport['signer']> | null = null;

  /** Past the middleware, which costs more than everything else about a request. */
  const sendLike = async ({ headers, ...rest }: Message, body: RawBody): Promise<Uint8Array> => {
    signer ??= transport.signer();
    const request = { ...rest, headers: { ...headers, ...headersOf(body) }, body: body.bytes };
    const answer = await exchange(await (await signer).sign(request), body.bytes, connections);
    if (answer.statusCode === 200) return answer.body;
    throw refusal(answer);
  };

  const sendBySdk = async (command: object, carrier: Carrier): Promise<void> => {
    (command as { input: { [BODY]?: Carrier } }).input[BODY] = carrier;
    await client.send(command as Parameters<KinesisClient['send']>[0]);
  };

  return {
    note: null,
    async takesCbor(command, bytes) {
      const carrier: Carrier = { body: { bytes, form: 'cbor' }, answer: null, answered: null };
      try {
        await sendBySdk(command, carrier);
        return carrier.answered === 'cbor';
      } catch (error) {
        return carrier.answered === 'cbor' && NO_RECORDS.includes((error as Error).name);
      }
    },
    async send(command, body) {
      if (body !== null && model !== null && Math.abs(transport.systemClockOffset) < SKEW_MS) {
        try {
          return await sendLike(model, body);
        } catch (error) {
          // The SDK sends the next one, and learns from what comes back.
          model = null;
          throw error;
        }
      }
      const carrier: Carrier = { body, answer: null, answered: null };
      await sendBySdk(command, carrier);
      return carrier.answer ?? EMPTY;
    },
  };
}

function headersOf({ bytes, form }: RawBody): Record<string, string> {
  return { 'content-type': contentTypes[form], 'content-length': `${bytes.length}` };
}

/** What an error says, as the SDK reads it; a proxy's page comes to nothing. */
function asJson(cbor: Uint8Array): Buffer {
  try {
    return Buffer.from(JSON.stringify(decodeCbor(cbor)));
  } catch {
    return EMPTY;
  }
}

/** An error as the SDK makes it. */
function refusal({ statusCode, headers, body }: HttpAnswer): Error {
  const json = formOf(headers['content-type']) === 'cbor' ? asJson(body) : body;
  let said: { __type?: unknown; message?: unknown; Message?: unknown } = {};
  try {
    said = JSON.parse(Buffer.from(json).toString()) as typeof said;
  } catch {
    // A proxy's page: the status says enough.
  }
  const error = new Error(String(said.message ?? said.Message ?? `HTTP ${statusCode}`));
  error.name = nameIn(said.__type ?? headers['x-amzn-errortype']);
  return Object.assign(error, { $metadata: { httpStatusCode: statusCode } });
}

/** `namespace#Name:address` names it in full. */
function nameIn(type: unknown): string {
  return String(type ?? '')
    .replace(/^.*#/, '')
    .replace(/:.*$/, '');
}
