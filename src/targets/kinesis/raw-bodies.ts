import type { Readable } from 'node:stream';
import type { KinesisClient } from '@aws-sdk/client-kinesis';

/** Commands whose request or answer is bytes of ours. */
export interface RawBodies {
  /** What is worth knowing, a sentence without its end. */
  readonly note: string | null;
  /** Sends a command with this body, or its own where there is none, and resolves with the body of the answer as it came. */
  send(command: object, body: Uint8Array | null): Promise<Uint8Array>;
}

const BODY = Symbol('body');
/** What the SDK is given to read instead of an answer that we read. */
const EMPTY = Buffer.from('{}');

/** So wrong a clock is made up for by the SDK alone; a signature is refused from five minutes on. */
const SKEW_MS = 60_000;

/** Of one attempt of one request. */
const ATTEMPT_HEADERS = ['amz-sdk-invocation-id', 'amz-sdk-request', 'content-length'];

interface Carrier {
  body: Uint8Array | null;
  answer: Uint8Array | null;
}

interface Message {
  statusCode?: number;
  body?: unknown;
  headers: Record<string, string>;
}

interface Step {
  input: { [BODY]?: Carrier };
  request: Message;
}

/** What signs and sends, of the client's own. */
interface Transport {
  signer(): Promise<{ sign(request: Message): Promise<Message> }>;
  requestHandler: { handle(request: Message): Promise<{ response: Message }> };
  /** ms by which this machine's clock is wrong, as the service has told. */
  systemClockOffset: number;
}

type Next = (args: Step) => Promise<{ response: Message; output: unknown }>;

/** What ours stand beside. */
const NEEDED = ['serializerMiddleware', 'deserializerMiddleware', 'httpSigningMiddleware'];

/** Whether this release of the SDK has what `passRawBodies` takes hold of. `command` is one like those that will be sent. */
export function passesRawBodies(client: KinesisClient, command: object): boolean {
  const { signer, requestHandler } = client.config as unknown as Partial<Transport>;
  if (typeof signer !== 'function' || typeof requestHandler?.handle !== 'function') return false;
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
 * Has a client take request bodies that are made already, and hand out answers unread; what it refuses it reads itself. Serialising and
 * parsing are the SDK's greatest costs; signing, credentials and errors stay its own.
 */
export function passRawBodies(client: KinesisClient): RawBodies {
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
        args.request.body = body;
        args.request.headers['content-length'] = `${body.length}`;
      }
      return next(args);
    },
    { name: 'iotloadBody', relation: 'after', toMiddleware: 'serializerMiddleware' },
  );
  stack.addRelativeTo(
    (next) => async (args) => {
      const result = await next(args);
      const carrier = args.input[BODY];
      if (carrier === undefined || result.response.statusCode !== 200) return result;
      carrier.answer = await collect(result.response.body as Readable);
      result.response.body = EMPTY;
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
  const sendLike = async ({ headers, ...rest }: Message, body: Uint8Array): Promise<Uint8Array> => {
    signer ??= transport.signer();
    const request = { ...rest, headers: { ...headers, 'content-length': `${body.length}` }, body };
    const { response } = await transport.requestHandler.handle(await (await signer).sign(request));
    const answer = await collect(response.body as Readable);
    if (response.statusCode === 200) return answer;
    throw refusal(response.statusCode ?? 0, answer);
  };

  return {
    note: null,
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
      const carrier: Carrier = { body, answer: null };
      (command as { input: { [BODY]?: Carrier } }).input[BODY] = carrier;
      await client.send(command as Parameters<KinesisClient['send']>[0]);
      return carrier.answer ?? EMPTY;
    },
  };
}

/** An error as the SDK makes it. */
function refusal(status: number, body: Uint8Array): Error {
  let said: { __type?: unknown; message?: unknown; Message?: unknown } = {};
  try {
    said = JSON.parse(Buffer.from(body).toString()) as typeof said;
  } catch {
    // A proxy's page: the status says enough.
  }
  const error = new Error(String(said.message ?? said.Message ?? `HTTP ${status}`));
  error.name = String(said.__type ?? '').replace(/^.*#/, '');
  return Object.assign(error, { $metadata: { httpStatusCode: status } });
}

/** By its events: an iterator costs a promise for each chunk. */
function collect(stream: Readable): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = [];
    stream.on('data', (chunk: Uint8Array) => chunks.push(chunk));
    stream.once('end', () => resolve(chunks.length === 1 ? (chunks[0] as Uint8Array) : Buffer.concat(chunks)));
    stream.once('error', reject);
    stream.once('close', () => reject(new Error('the answer is cut off')));
  });
}
