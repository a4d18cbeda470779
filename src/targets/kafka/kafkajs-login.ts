import { EventEmitter } from 'node:events';
import type { Clock, Micros } from '../../core/clock.ts';
import type { SocketFailure } from '../socket-failure.ts';
import { type BrokerSocket, isTlsAlert, speaksTls } from './broker-socket.ts';
import type { BrokerHost } from './endpoint.ts';
import { type KafkaJs, silence } from './kafkajs-internals.ts';

/** Who logs in, with the secrets themselves. */
export type Login =
  | { kind: 'plain' | 'scram-sha-256' | 'scram-sha-512'; username: string; password: string }
  | { kind: 'oauthbearer'; token: string };

/** What is known once a connection is up and logged in. */
export interface LoggedIn {
  /** Versions of every request that the broker takes, in the library's form. */
  versions: object;
  /** Monotonic time by which the connection has to be replaced; null: it stays. */
  replaceByUs: Micros | null;
}

export interface LoginSettings {
  kafkajs: KafkaJs;
  clock: Clock;
  clientId: string;
  /** null: nobody logs in. */
  login: Login | null;
  timeoutMs: number;
}

/** A login that ends is replaced after this share of its time. */
const LIFETIME_SHARE = 0.85;
/** The library's own time limits are only there in case ours are not. */
const LATER_MS = 2_000;
const LONGEST_REASON = 200;

/**
 * Lets KafkaJS ask an open socket's broker for its versions and log in; then KafkaJS has neither socket nor timers any more. Rejects with
 * the failure; the socket is then destroyed.
 */
export async function logIn(settings: LoginSettings, opened: BrokerSocket, address: BrokerHost): Promise<LoggedIn> {
  const { kafkajs, clock, clientId, login, timeoutMs } = settings;
  const socket = new LoginSocket(opened);
  const limits = { requestTimeout: timeoutMs + LATER_MS, connectionTimeout: timeoutMs + LATER_MS };
  const pool = new kafkajs.ConnectionPool({
    ...address,
    ...limits,
    clientId,
    logger: silence,
    sasl: login === null ? null : saslOf(login, kafkajs),
    socketFactory: ({ onConnect }: { onConnect: () => void }) => {
      clock.soon(onConnect);
      return socket;
    },
  });
  const broker = new kafkajs.Broker({
    connectionPool: pool,
    logger: silence,
    authenticationTimeout: limits.requestTimeout,
    allowAutoTopicCreation: false,
  });
  let cancel = (): void => {};
  const failed = new Promise<never>((_, reject: (failure: SocketFailure) => void) => {
    cancel = clock.after(timeoutMs, () => reject(silent(timeoutMs)));
    opened.reader = {
      read(chunk, length) {
        if (isTlsAlert(chunk, length)) reject(speaksTls);
        else socket.emit('data', Buffer.from(chunk.subarray(0, length)));
      },
      closed: (failure) => reject(socket.asked ? { ...failure, hint: failure.hint ?? beforeLogin(login) } : failure),
    };
  });
  try {
    await Promise.race([broker.connect(), failed]);
    const lifetimeMs = Number(pool.pool[0]?.sessionLifetime.toString());
    const replaceByUs = lifetimeMs > 0 ? clock.nowUs() + Math.floor(lifetimeMs * 1000 * LIFETIME_SHARE) : null;
    return { versions: broker.versions ?? {}, replaceByUs };
  } catch (error) {
    opened.destroy();
    throw 'reason' in (error as object) ? error : refusal(error as Error, login);
  } finally {
    cancel();
    socket.removeAllListeners();
    for (const connection of pool.pool) connection.requestQueue.destroy();
  }
}

/** What KafkaJS takes for a socket. It can write, and is told what comes; the real one it never sees. */
class LoginSocket extends EventEmitter {
  readonly #opened: BrokerSocket;
  asked = false;

  constructor(opened: BrokerSocket) {
    super();
    this.#opened = opened;
  }

  write(bytes: Buffer): void {
    this.asked = true;
    this.#opened.socket.write(bytes);
  }

  end(): void {}

  unref(): void {}
}

type SaslAuthenticate = (of: {
  request: { encode(): Promise<Buffer> };
  response: { decode(bytes: Buffer): Promise<Buffer>; parse(bytes: Buffer): Promise<Buffer> };
}) => Promise<Buffer | undefined>;

/** The login in the form of KafkaJS. */
function saslOf(login: Login, kafkajs: KafkaJs): object {
  if (login.kind !== 'oauthbearer') {
    const { kind, username, password } = login;
    return { mechanism: kind, username, password };
  }
  // The library's own provider takes a broker's refusal, which comes as a challenge, for a success.
  const authenticationProvider = ({ saslAuthenticate }: { saslAuthenticate: SaslAuthenticate }) => ({
    async authenticate() {
      const request = await kafkajs.oauthRequest({}, { value: login.token });
      const response = { decode: async (bytes: Buffer) => bytes, parse: async (bytes: Buffer) => bytes };
      const challenge = await saslAuthenticate({ request, response });
      // An int32 length, then the challenge.
      if (challenge !== undefined && challenge.length > 4) throw new Error('the token was not accepted');
    },
  });
  return { mechanism: 'oauthbearer', authenticationProvider };
}

function silent(timeoutMs: number): SocketFailure {
  const hint = 'Is this a Kafka broker? A listener for TLS also stays silent: then write tls: true.';
  return { code: 'target-unreachable', reason: `no answer to the first request within ${timeoutMs / 1000} s`, hint };
}

/** Why a broker may hang up on the first request. */
function beforeLogin(login: Login | null): string {
  return login === null
    ? 'Is this a Kafka broker, and does it ask for TLS or a login? Then write tls: true, and auth.'
    : 'Is this a Kafka broker, and does this listener take logins and no TLS?';
}

/** What the library threw, as a failure without secrets. */
function refusal(error: Error & { type?: unknown }, login: Login | null): SocketFailure {
  const said = error.message.replace(/^SASL .* (authentication )?failed: /i, '').slice(0, LONGEST_REASON);
  const told = withoutSecret(said, login).replace(/\p{Cc}/gu, ' ');
  if (error.type === 'UNSUPPORTED_SASL_MECHANISM' || /mechanism is not supported/.test(error.message)) {
    const hint = 'Write another kind in auth; the broker’s setting sasl.enabled.mechanisms says which it takes.';
    return { code: 'target-refused', reason: `${login?.kind ?? 'this login'} is not taken by this listener`, hint };
  }
  if (error.type === 'ILLEGAL_SASL_STATE') {
    const hint = 'Leave auth out, or name the port of a listener that asks for a login.';
    return { code: 'target-refused', reason: 'this listener takes no login', hint };
  }
  if (login !== null && error.name === 'KafkaJSSASLAuthenticationError') {
    const keys = login.kind === 'oauthbearer' ? 'auth.token' : 'auth.kind, auth.username and auth.password';
    const who = login.kind === 'oauthbearer' ? '' : ` of ${login.username}`;
    return { code: 'target-refused', reason: `login${who} failed: ${told}`, hint: `Check ${keys} of the target.` };
  }
  if (login?.kind === 'oauthbearer' && /token was not accepted/.test(error.message))
    return { code: 'target-refused', reason: 'login failed: the token was not accepted', hint: 'Check auth.token.' };
  const hint = 'iotload speaks to Kafka 2.1 and later.';
  return { code: 'target-refused', reason: `the first request failed: ${told}`, hint, cause: error };
}

function withoutSecret(text: string, login: Login | null): string {
  const secret = login === null ? '' : login.kind === 'oauthbearer' ? login.token : login.password;
  return secret === '' ? text : text.replaceAll(secret, '***');
}
