import type { KinesisClient } from '@aws-sdk/client-kinesis';

/** Commands whose request or answer is bytes of ours. */
export interface RawBodies {
  /** Sends a command with this body, or its own where there is none, and resolves with the body of the answer as it came. */
  send(command: object, body: Uint8Array | null): Promise<Uint8Array>;
}

const BODY = Symbol('body');
/** What the SDK is given to read instead of an answer that we read. */
const EMPTY = Buffer.from('{}');

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

type Next = (args: Step) => Promise<{ response: Message; output: unknown }>;

/**
 * Has a client take request bodies that are made already, and hand out answers unread; what it refuses it reads itself. Serialising and
 * parsing are the SDK's greatest costs; signing, credentials and errors stay its own.
 */
export function passRawBodies(client: KinesisClient): RawBodies {
  const stack = client.middlewareStack as unknown as {
    addRelativeTo(
      middleware: (next: Next) => Next,
      options: { name: string; relation: 'after'; toMiddleware: string },
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
      carrier.answer = await collect(result.response.body as AsyncIterable<Uint8Array>);
      result.response.body = EMPTY;
      return result;
    },
    { name: 'iotloadAnswer', relation: 'after', toMiddleware: 'deserializerMiddleware' },
  );
  return {
    async send(command, body) {
      const carrier: Carrier = { body, answer: null };
      (command as { input: { [BODY]?: Carrier } }).input[BODY] = carrier;
      await client.send(command as Parameters<KinesisClient['send']>[0]);
      return carrier.answer ?? EMPTY;
    },
  };
}

async function collect(stream: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks.length === 1 ? (chunks[0] as Uint8Array) : Buffer.concat(chunks);
}
