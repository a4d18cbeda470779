import type { Clock } from '../../core/clock.ts';
import type { ErrorCode } from '../../core/errors.ts';
import type { KafkaConnection } from './cluster.ts';
import type { ApiName, Exchange, KafkaJs } from './kafkajs-internals.ts';

/** Why a request has no answer. */
export interface CallFailure {
  code: Extract<ErrorCode, 'target-unreachable' | 'target-refused'>;
  reason: string;
  hint?: string;
}

interface Waiting {
  take(frame: Uint8Array): void;
  fail(failure: CallFailure): void;
}

/** Bytes of the correlation id that an answer begins with. */
const CORRELATION_BYTES = 4;

/**
 * Requests besides producing and fetching, written and read by KafkaJS, on a connection that is ours. Nothing runs while nobody asks. The
 * owner of the connection hands on what it hears.
 */
export class KafkaJsCalls {
  readonly #kafkajs: KafkaJs;
  readonly #clock: Clock;
  readonly #clientId: string;
  readonly #lookup: ReturnType<KafkaJs['lookup']>;
  readonly #timeoutMs: number;
  /** In the order of their answers. */
  readonly #waiting: Waiting[] = [];
  #correlation = 0;
  #over: CallFailure | null = null;
  #answers = 0;
  connection: KafkaConnection | null = null;

  constructor(of: { kafkajs: KafkaJs; clock: Clock; clientId: string; versions: object; timeoutMs: number }) {
    this.#kafkajs = of.kafkajs;
    this.#clock = of.clock;
    this.#clientId = of.clientId;
    this.#timeoutMs = of.timeoutMs;
    this.#lookup = of.kafkajs.lookup(of.versions);
  }

  /** Whether it can still be asked. */
  get open(): boolean {
    return this.#over === null;
  }

  /** Asks; resolves with the answer as KafkaJS decodes it, whatever error codes stand in it. Rejects with a `CallFailure`. */
  async ask(api: ApiName, payload: object): Promise<unknown> {
    const { requests, apiKeys, createRequest } = this.#kafkajs;
    let exchange: Exchange;
    try {
      exchange = this.#lookup(apiKeys[api], requests[api])(payload);
    } catch {
      throw { code: 'target-refused', reason: `the broker knows no ${api}`, hint: tooOld } satisfies CallFailure;
    }
    const { request, response } = exchange;
    const correlationId = this.#correlation++;
    const { buffer } = await createRequest({ request, correlationId, clientId: this.#clientId });
    const body = await this.#exchange(buffer, correlationId);
    try {
      return await response.decode(body);
    } catch {
      throw {
        code: 'target-refused',
        reason: `an answer to ${api} that cannot be read`,
        hint: tooOld,
      } satisfies CallFailure;
    }
  }

  answered(frame: Uint8Array): void {
    this.#answers++;
    this.#waiting.shift()?.take(frame);
  }

  closed(reason: string): void {
    const hint = 'Does this listener ask for a login? Then write auth.';
    this.#end({ code: 'target-unreachable', reason, ...(this.#answers === 0 ? { hint } : {}) });
  }

  /** Hangs up. */
  close(): void {
    this.#end({ code: 'target-unreachable', reason: 'closed' });
  }

  #exchange(bytes: Buffer, correlationId: number): Promise<Buffer> {
    return new Promise((resolve, reject: (failure: CallFailure) => void) => {
      if (this.#over !== null || this.connection === null) {
        reject(this.#over ?? { code: 'target-unreachable', reason: 'not connected' });
        return;
      }
      const cancel = this.#clock.after(this.#timeoutMs, () => {
        const reason = `no answer within ${this.#timeoutMs / 1000} s`;
        this.#end({ code: 'target-unreachable', reason, hint: 'Is the broker overloaded, or starting?' });
      });
      this.#waiting.push({
        take(frame) {
          cancel();
          const answer = Buffer.from(frame);
          if (answer.readInt32BE(0) === correlationId) resolve(answer.subarray(CORRELATION_BYTES));
          else reject({ code: 'target-refused', reason: 'answers in another order than that of the requests' });
        },
        fail(failure) {
          cancel();
          reject(failure);
        },
      });
      this.connection.write([bytes]);
    });
  }

  #end(failure: CallFailure): void {
    if (this.#over !== null) return;
    this.#over = failure;
    this.connection?.destroy();
    for (const waiting of this.#waiting.splice(0)) waiting.fail(failure);
  }
}

const tooOld = 'iotload speaks to Kafka 2.1 and later.';
