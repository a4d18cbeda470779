import type { ChildProcess } from 'node:child_process';
import type { Anchor } from '../core/anchor.ts';
import { forkSibling } from '../core/child-process.ts';
import { type Clock, type Micros, systemClock } from '../core/clock.ts';
import { fromPlainError, IotloadError } from '../core/errors.ts';
import type { NoticeKind } from '../targets/target.ts';
import type { FromVerifier, ToVerifier, VerifierProgress, VerifierTask } from './protocol.ts';

/** What a verifier tells while it reads. */
export interface VerifierEvents {
  /** A readiness marker of this run arrived, the `count`-th. */
  probe?(count: number): void;
  /** Four times a second. */
  progress?(progress: VerifierProgress): void;
  notice?(kind: NoticeKind, detail: string): void;
  /** It gave up or died after it was ready; `finish` rejects with the same error. */
  failed?(error: IotloadError): void;
}

/** A verifier process, seen from the process that started it. */
export interface VerifierHandle {
  /** The process has ended. */
  readonly gone: boolean;
  /** Its process; undefined where that could not be started. */
  readonly pid: number | undefined;
  /** Resolves when whatever is published from now on will be read. Rejects with an IotloadError, its own or `verifier-not-ready`. */
  open(task: VerifierTask): Promise<void>;
  /** Fixes the anchor; before slot time 0. */
  anchor(anchor: Anchor): void;
  /**
   * Everything was sent and the `sent` file is complete. Resolves when `seen` is complete too, after at most about `graceUs`; again,
   * with less grace, it hurries. `cutShort`: this is less than the grace that was asked for, and what is still outstanding at its end
   * becomes a doubt. Rejects with an IotloadError when the verifier failed or died, or gives no answer within
   * a minute after its grace; `seen` then holds what it knew.
   */
  finish(graceUs: Micros, cutShort?: boolean): Promise<VerifierDone>;
  /** Ends the process, whatever it is doing; resolves when it is gone. Idempotent. */
  close(): Promise<void>;
}

/** Longest wait for a verifier to close its files after its channel was closed. */
const CLOSE_MS = 5_000;
/** A verifier that has not answered this long after its grace is stuck. */
const ANSWER_MS = 60_000;

/** Starts a verifier as a process of its own. */
export function startVerifier(events: VerifierEvents = {}, clock: Clock = systemClock()): VerifierHandle {
  return new VerifierProcess(forkSibling(import.meta.url, 'process'), events, clock);
}

/** The last message of a verifier that finished. */
export type VerifierDone = Extract<FromVerifier, { kind: 'done' }>;

class VerifierProcess implements VerifierHandle {
  readonly #child: ChildProcess;
  readonly #events: VerifierEvents;
  readonly #clock: Clock;
  readonly #ready = new Pending<void>();
  readonly #done = new Pending<VerifierDone>();
  readonly #exited: Promise<void>;
  gone = false;
  #isReady = false;
  #closing = false;
  #cancelWatchdog = (): void => {};

  constructor(child: ChildProcess, events: VerifierEvents, clock: Clock) {
    this.#child = child;
    this.#events = events;
    this.#clock = clock;
    this.#exited = new Promise((resolve) => {
      child.once('exit', (status, signal) => {
        this.gone = true;
        resolve();
        const code = this.#isReady ? 'verifier-died' : 'verifier-not-ready';
        this.#fail(new IotloadError(code, `the verifier died (${signal ?? `exit ${status}`})`));
      });
      child.once('error', (cause) => {
        if (child.pid === undefined) resolve();
        this.#fail(
          new IotloadError('verifier-not-ready', `the verifier cannot be started: ${cause.message}`, { cause }),
        );
      });
    });
    child.on('message', (message) => this.#take(message as FromVerifier));
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  open(task: VerifierTask): Promise<void> {
    this.#send({ kind: 'open', task });
    return this.#ready.promise;
  }

  anchor(anchor: Anchor): void {
    this.#send({ kind: 'anchor', anchor });
  }

  finish(graceUs: Micros, cutShort = false): Promise<VerifierDone> {
    this.#send({ kind: 'finish', graceUs, cutShort });
    this.#watch(graceUs);
    return this.#done.promise;
  }

  async close(): Promise<void> {
    const child = this.#child;
    this.#closing = true;
    if (child.connected) child.disconnect();
    const cancel = this.#clock.after(CLOSE_MS, () => child.kill('SIGKILL'));
    await this.#exited;
    cancel();
  }

  /** Counts from the last call: whoever shortens the grace shortens the patience too. */
  #watch(graceUs: Micros): void {
    this.#cancelWatchdog();
    if (this.#done.settled) return;
    this.#cancelWatchdog = this.#clock.after(graceUs / 1000 + ANSWER_MS, () => {
      const message = `the verifier gave no answer within ${ANSWER_MS / 1000} s after its grace was over`;
      this.#fail(new IotloadError('verifier-died', message));
    });
  }

  #send(message: ToVerifier): void {
    // A channel that is gone has already failed whoever waits.
    if (this.#child.connected) this.#child.send(message, () => {});
  }

  #take(message: FromVerifier): void {
    switch (message.kind) {
      case 'ready':
        this.#isReady = true;
        this.#ready.resolve();
        break;
      case 'probe':
        this.#events.probe?.(message.count);
        break;
      case 'progress':
        this.#events.progress?.(message.progress);
        break;
      case 'notice':
        this.#events.notice?.(message.notice, message.detail);
        break;
      case 'done':
        this.#cancelWatchdog();
        this.#done.resolve(message);
        break;
      case 'failed':
        this.#fail(fromPlainError(message.error));
        break;
    }
  }

  /** After `done` the process may end as it likes; one that is told to end has not failed, but answers nobody any more. */
  #fail(error: IotloadError): void {
    if (this.#done.settled) return;
    this.#cancelWatchdog();
    this.#ready.reject(error);
    this.#done.reject(error);
    if (this.#isReady && !this.#closing) this.#events.failed?.(error);
  }
}

/** A promise to be settled from outside, once. A rejection that nobody waits for is no second failure. */
class Pending<T> {
  readonly promise: Promise<T>;
  settled = false;
  #resolve: (value: T) => void = () => {};
  #reject: (error: unknown) => void = () => {};

  constructor() {
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.promise.catch(() => {});
  }

  resolve(value: T): void {
    this.settled = true;
    this.#resolve(value);
  }

  reject(error: unknown): void {
    this.settled = true;
    this.#reject(error);
  }
}
