import { createServer as createTcp, type Server, type Socket } from 'node:net';
import { createServer as createTls, type TlsOptions } from 'node:tls';
import { onTestFinished } from 'vitest';
import { ErrorCode } from '../../../src/wire/kafka/error-codes.ts';
import { FrameSplitter } from '../../../src/wire/kafka/frame-splitter.ts';
import { ProtocolReader } from '../../../src/wire/kafka/protocol-reader.ts';
import { ProtocolWriter } from '../../../src/wire/kafka/protocol-writer.ts';

const ILLEGAL_SASL_STATE = 34;
const Api = { metadata: 3, saslHandshake: 17, apiVersions: 18, initProducerId: 22, saslAuthenticate: 36 } as const;
/** Requests, each with the highest version that is answered here. */
const versions: readonly (readonly [api: number, version: number])[] = [
  [Api.metadata, 6],
  [Api.saslHandshake, 1],
  [Api.apiVersions, 2],
  [Api.initProducerId, 1],
  [Api.saslAuthenticate, 1],
];

/** How a broker of the test takes logins. */
export interface LoginRules {
  /** Mechanisms; none: it takes no login at all. */
  mechanisms?: readonly string[];
  /** What it says of the first bytes of a client: an error message, or bytes to go on with. */
  judge?(bytes: Uint8Array): { error?: string; challenge?: string };
  lifetimeMs?: number;
  tls?: TlsOptions;
  /** Error codes that it answers InitProducerId with, one after the other; then an identity. */
  identityErrors?: number[];
  /** It hears the first request and says nothing. */
  silent?: boolean;
  /** Host and port that it says it has. */
  advertised?: { host: string; port: number };
}

/** A broker that logs clients in as the rules say, and knows no topic. Gone with the test. */
export async function loginBroker(rules: LoginRules = {}): Promise<{ port: number; sockets: Set<Socket> }> {
  const sockets = new Set<Socket>();
  const serve = (socket: Socket): void => {
    sockets.add(socket);
    const session = new Session(socket, rules, () => (server.address() as { port: number }).port);
    const splitter = new FrameSplitter();
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', (chunk: Buffer) => {
      try {
        splitter.push(chunk, chunk.length, (frame) => session.take(frame));
      } catch {
        // As a broker that takes the first bytes of TLS for a length.
        socket.destroy();
      }
    });
  };
  const server: Server = rules.tls === undefined ? createTcp(serve) : createTls(rules.tls, serve);
  server.on('tlsClientError', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { port: (server.address() as { port: number }).port, sockets };
}

class Session {
  readonly #socket: Socket;
  readonly #rules: LoginRules;
  readonly #port: () => number;
  #in: boolean;

  constructor(socket: Socket, rules: LoginRules, port: () => number) {
    this.#socket = socket;
    this.#rules = rules;
    this.#port = port;
    this.#in = rules.mechanisms === undefined;
  }

  take(frame: Uint8Array): void {
    const reader = new ProtocolReader(frame);
    const api = reader.int16();
    reader.int16();
    const answer = new ProtocolWriter().int32(reader.int32());
    reader.nullableString();
    if (this.#rules.silent === true) return;
    const body = this.#answer(api, reader, answer);
    if (body === null) this.#socket.end();
    else this.#socket.write(body.takeFrame());
  }

  /** null: hangs up. */
  #answer(api: number, reader: ProtocolReader, answer: ProtocolWriter): ProtocolWriter | null {
    const { mechanisms, judge, lifetimeMs = 0, identityErrors, advertised } = this.#rules;
    switch (api) {
      case Api.apiVersions:
        return answer
          .int16(0)
          .array(versions, ([key, version], writer) => writer.int16(key).int16(0).int16(version))
          .int32(0);
      case Api.saslHandshake: {
        if (mechanisms === undefined) return answer.int16(ILLEGAL_SASL_STATE).array([], () => {});
        const known = mechanisms.includes(reader.string());
        const code = known ? ErrorCode.none : ErrorCode.unsupportedSaslMechanism;
        return answer.int16(code).array(mechanisms, (name, writer) => writer.string(name));
      }
      case Api.saslAuthenticate: {
        const { error, challenge = '' } = judge?.(reader.bytes()) ?? {};
        this.#in = error === undefined && challenge === '';
        return answer
          .int16(error === undefined ? ErrorCode.none : ErrorCode.saslAuthenticationFailed)
          .string(error ?? null)
          .bytes(Buffer.from(challenge))
          .int64(lifetimeMs);
      }
      case Api.metadata:
        if (!this.#in) return null;
        return answer
          .int32(0)
          .array([advertised ?? { host: '127.0.0.1', port: this.#port() }], ({ host, port }, writer) =>
            writer.int32(7).string(host).int32(port).string(null),
          )
          .string('cluster')
          .int32(7)
          .array([], () => {});
      case Api.initProducerId:
        return answer
          .int32(0)
          .int16(identityErrors?.shift() ?? 0)
          .int64(4_000_000_000n)
          .int16(3);
      default:
        return null;
    }
  }
}
