import type { Micros } from '../../core/clock.ts';
import { IotloadError } from '../../core/errors.ts';
import { Outcome } from '../../core/outcome.ts';
import { PacketType } from '../../wire/mqtt-frames.ts';
import { backoffMs, STABLE_US } from './backoff.ts';
import type { ConnectQueue } from './connect-queue.ts';
import type { ConnectionNotices } from './connection-notices.ts';
import { openingError, plainReason, type SessionFailure } from './failure.ts';
import { FIRST_OWN_ID } from './in-flight.ts';
import type { Opening } from './opening.ts';
import type { PublishLane } from './publish-lane.ts';
import { farewell, Session, type SessionHandlers, type SessionIdentity, type SessionSettings } from './session.ts';
import type { Settlements } from './settlements.ts';

/** What the links of a sink share. */
export interface LinkCommon {
  settings: SessionSettings;
  queue: ConnectQueue;
  notices: ConnectionNotices;
  settlements: Settlements;
  random(): number;
  opening: Opening;
}

const cutOnPurpose: SessionFailure = { code: 'target-unreachable', reason: 'cut on purpose' };

/** A publishing connection over its sessions: connects, ties the state to the socket, reconnects until closed. */
export class PublishLink implements SessionHandlers {
  readonly state: PublishLane;
  /** The session under way or up; null between two. */
  session: Session | null = null;
  readonly #common: LinkCommon;
  readonly #identityOf: (incarnation: number) => SessionIdentity;
  /** Which incarnation of its device the next session is; a pool's have but one. */
  #incarnation = 0;
  /** Which one the session under way or up is. */
  #present = 0;
  /** Which one the last session was that was up. */
  #wasUpAs = 0;
  /** The session is ending with a farewell, for another one to follow. */
  #leaving = false;
  /** Cut on purpose until then. */
  #downUntilUs = 0;
  #queued = false;
  #attemptDone: () => void = () => {};
  #cancelPause: () => void = () => {};
  #everUp = false;
  /** The sink was, or will be, opened without it. */
  #givenUp = false;
  #closed = false;
  #failures = 0;
  #firstTryUs = 0;
  #upSinceUs = 0;
  #acknowledged = 0;

  constructor(common: LinkCommon, state: PublishLane, identityOf: (incarnation: number) => SessionIdentity) {
    this.#common = common;
    this.state = state;
    this.#identityOf = identityOf;
    this.#connect();
  }

  /** It has been up at least once. */
  get everUp(): boolean {
    return this.#everUp;
  }

  /** Gives up what was sent before `sentBeforeUs`. */
  expire(sentBeforeUs: Micros, reason: string): void {
    const { settlements, settings } = this.#common;
    settlements.begin(Outcome.unknown, reason, settings.clock.nowUs());
    const count = this.state.expire(sentBeforeUs, settlements);
    settlements.flush();
    this.state.giveBack(count);
    if (this.state.idsExhausted) {
      this.session?.drop({ code: 'target-unreachable', reason: 'too many acknowledgements missing' });
    }
  }

  /** Ends the session, or the attempt, without a farewell; the next one is tried in `forMs`. */
  cut(forMs: number): void {
    if (this.#closed) return;
    this.#downUntilUs = this.#common.settings.clock.nowUs() + forMs * 1000;
    this.#failures = 0;
    if (this.session === null) this.#pause();
    else this.session.drop(cutOnPurpose);
  }

  /** Goes on as another device, as soon as what was sent as the old one is settled. */
  reload(incarnation: number): void {
    this.#incarnation = incarnation;
    if (this.state.up && !this.#leaving) this.#leave();
  }

  /** Settles what is open as unknown and says farewell. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#cancelPause();
    this.#loseAll('closed');
    await this.session?.close();
  }

  connected(): void {
    const { settings, notices } = this.#common;
    this.#upSinceUs = settings.clock.nowUs();
    this.#attemptDone();
    if (this.#closed) return;
    if (this.#everUp) {
      notices.add(this.#present === this.#wasUpAs ? 'reconnected' : 'connected', settings.endpoint.text);
    }
    this.#wasUpAs = this.#present;
    this.state.connected();
    if (this.#present !== this.#incarnation) this.#leave();
    if (this.#everUp) return;
    this.#everUp = true;
    this.#common.opening.connected(this.#givenUp);
  }

  readStarts(): void {
    this.#common.settlements.begin(Outcome.acked, 'puback', this.#common.settings.clock.nowUs());
  }

  frame(bytes: Uint8Array, start: number, body: number, end: number): boolean {
    if (bytes[start] !== PacketType.puback << 4 || end - body !== 2) return false;
    const packetId = ((bytes[body] as number) << 8) | (bytes[body + 1] as number);
    if (packetId < FIRST_OWN_ID) return false;
    if (this.state.acknowledge(packetId, this.#common.settlements)) this.#acknowledged++;
    return true;
  }

  readEnds(): void {
    if (this.#acknowledged === 0) return;
    const count = this.#acknowledged;
    this.#acknowledged = 0;
    this.#common.settlements.flush();
    this.state.giveBack(count);
  }

  drained(): void {
    this.state.emptied();
  }

  ended(failure: SessionFailure): void {
    const { settings, notices, random } = this.#common;
    const wasUp = this.state.up;
    const left = this.#leaving;
    const nowUs = settings.clock.nowUs();
    this.session = null;
    this.#leaving = false;
    this.#attemptDone();
    this.#loseAll('connection lost');
    if (this.#closed) return;
    if (left && failure === farewell && nowUs >= this.#downUntilUs) {
      this.#connect();
      return;
    }
    if (wasUp) {
      notices.add('disconnected', `${settings.endpoint.text}: ${plainReason(failure)}`);
      if (nowUs - this.#upSinceUs > STABLE_US) this.#failures = 0;
    } else if (!this.#everUp && !this.#givenUp && failure !== cutOnPurpose && this.#givesUp(failure, nowUs)) {
      return;
    }
    if (nowUs < this.#downUntilUs) this.#pause();
    else this.#pause(backoffMs(this.#failures++, random()));
  }

  /** Tries again in `ms`, and not before a cut is over. */
  #pause(ms = 0): void {
    const { clock } = this.#common.settings;
    const downMs = (this.#downUntilUs - clock.nowUs()) / 1000;
    this.#cancelPause();
    this.#cancelPause = clock.after(Math.max(ms, downMs), () => this.#connect());
  }

  /** Says farewell once nothing is open. An acknowledgement that never comes delays it by the sink's timeout. */
  #leave(): void {
    const { session } = this;
    this.#leaving = true;
    this.state.hold(() => void session?.close());
  }

  /**
   * Before anything is up, the first failure tells the user what is wrong. Later ones may be the price of many connections at once
   * and are tried again, as long as one attempt may take; after that too where the sink can do without this connection.
   */
  #givesUp(failure: SessionFailure, nowUs: Micros): boolean {
    const { settings, notices, opening } = this.#common;
    const { progress } = opening;
    const triedUs = nowUs - this.#firstTryUs;
    if (progress !== '' && failure.code === 'target-unreachable' && triedUs < settings.connectTimeoutUs) return false;
    const times = this.#failures + 1;
    const attempts = `${times} ${times === 1 ? 'attempt' : 'attempts'} in ${(triedUs / 1e6).toFixed(1)} s`;
    const tried = `CONNECT as "${this.#identityOf(this.#present).clientId}", ${attempts}${progress}`;
    this.#givenUp = true;
    if (!opening.giveUp(openingError(settings.endpoint, failure, tried))) return true;
    notices.add('warning', `not connected at the start: ${plainReason(failure)}`);
    return false;
  }

  #connect(): void {
    if (this.#queued) return;
    this.#queued = true;
    this.#common.queue.add((done) => {
      const { settings } = this.#common;
      this.#queued = false;
      if (this.#closed) return done();
      // It was cut while it waited here, and is to come back later.
      if (settings.clock.nowUs() < this.#downUntilUs) {
        this.#pause();
        return done();
      }
      if (this.#firstTryUs === 0) this.#firstTryUs = settings.clock.nowUs();
      this.#present = this.#incarnation;
      const identity = this.#identify();
      if (identity === null) return done();
      this.#attemptDone = done;
      this.session = new Session(settings, identity, this);
    });
  }

  /** Who the next session is; null, and another look later, where nobody knows it: a device that came after the start. */
  #identify(): SessionIdentity | null {
    const { notices, random } = this.#common;
    try {
      return this.#identityOf(this.#present);
    } catch (error) {
      if (!(error instanceof IotloadError)) throw error;
      notices.add('warning', 'no credentials for a device that came after the start');
      this.#pause(backoffMs(this.#failures++, random()));
      return null;
    }
  }

  #loseAll(reason: string): void {
    const { settlements, settings } = this.#common;
    settlements.begin(Outcome.unknown, reason, settings.clock.nowUs());
    this.state.lost(settlements);
    settlements.flush();
  }
}
