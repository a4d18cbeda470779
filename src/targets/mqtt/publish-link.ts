import type { Micros } from '../../core/clock.ts';
import { IotloadError } from '../../core/errors.ts';
import { Outcome } from '../../core/outcome.ts';
import { type Connack, plainConnack } from '../../wire/mqtt-connack.ts';
import { Answer, type Qos } from '../../wire/mqtt-frames.ts';
import type { ConnectionNotices } from '../connection-notices.ts';
import type { AnswerFrames } from './answer-frames.ts';
import { backoffMs, STABLE_US } from './backoff.ts';
import { connackProblem } from './connack-problem.ts';
import type { ConnectQueue } from './connect-queue.ts';
import { openingError, plainReason, type SessionFailure } from './failure.ts';
import { FIRST_OWN_ID } from './in-flight.ts';
import type { Opening } from './opening.ts';
import type { PublishLane } from './publish-lane.ts';
import { FIRST_FAILURE, NO_SUBSCRIBERS, reasonWords } from './reason-codes.ts';
import { farewell, Session, type SessionHandlers, type SessionIdentity, type SessionSettings } from './session.ts';
import type { Settlements } from './settlements.ts';
import type { Will } from './will.ts';

/** What the links of a sink share. */
export interface LinkCommon {
  settings: SessionSettings;
  queue: ConnectQueue;
  notices: ConnectionNotices;
  settlements: Settlements;
  answers: AnswerFrames;
  /** What all events leave with. */
  sends: { qos: Qos; retain: boolean };
  /** Sends again what is in flight, in a session that the broker has kept. */
  resend(state: PublishLane, session: Session): void;
  /** The will of a connection that calls itself so. */
  willOf(lane: number, clientId: string): Will | null;
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
  #connack = plainConnack();
  /** A session of an earlier run is being ended by a clean one. */
  #purging = false;
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
  /** Room to give back after this read; -1 for none that was settled. */
  #answered = -1;

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

  welcomed(connack: Connack): void {
    this.#connack = connack;
  }

  connected(): void {
    const { settings, notices, sends } = this.#common;
    const session = this.session as Session;
    this.#upSinceUs = settings.clock.nowUs();
    this.#attemptDone();
    if (this.#closed) return;
    const problem = connackProblem(this.#connack, sends);
    if (problem !== null) {
      session.drop(problem);
      return;
    }
    const resumed = this.#connack.sessionPresent && this.#resumable;
    const stale = settings.version === 4 && !settings.cleanStart && this.#connack.sessionPresent && !resumed;
    if (this.#purging || stale) {
      this.#purging = !this.#purging;
      this.#leaving = true;
      void session.close();
      return;
    }
    if (!resumed) this.#loseAll('session lost');
    if (this.#everUp) {
      notices.add(this.#present === this.#wasUpAs ? 'reconnected' : 'connected', settings.endpoint.text);
    }
    this.#wasUpAs = this.#present;
    const limits = {
      receiveMaximum: settings.version === 5 ? this.#connack.receiveMaximum : null,
      maximumPacketSize: this.#connack.maximumPacketSize,
    };
    this.state.connected(limits, resumed);
    if (resumed) this.#common.resend(this.state, session);
    if (this.#present !== this.#incarnation) this.#leave();
    if (this.#everUp) return;
    this.#everUp = true;
    this.#common.opening.connected(this.#givenUp);
  }

  readStarts(): void {
    const { settlements, settings, sends } = this.#common;
    settlements.begin(Outcome.acked, sends.qos === 2 ? 'pubcomp' : 'puback', settings.clock.nowUs());
  }

  frame(bytes: Uint8Array, start: number, body: number, end: number): boolean {
    const answer = bytes[start] as number;
    if (answer < Answer.puback || answer > Answer.pubcomp || end - body < 2) return false;
    const packetId = ((bytes[body] as number) << 8) | (bytes[body + 1] as number);
    if (packetId < FIRST_OWN_ID) return false;
    if (answer === Answer.puback && end - body === 2) this.#settle(packetId);
    else this.#take(answer, packetId, end - body === 2 ? 0 : (bytes[body + 2] as number));
    return true;
  }

  readEnds(): void {
    const { settlements, answers } = this.#common;
    const frames = answers.take();
    const { session } = this;
    if (frames.length > 0 && session?.writable && !session.write(frames)) answers.renew();
    if (this.#answered < 0) return;
    const room = this.#answered;
    this.#answered = -1;
    settlements.flush();
    this.state.giveBack(room);
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
    if (!settings.cleanStart && !left) this.state.suspended();
    else this.#loseAll('connection lost');
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
      const { cleanStart, version } = settings;
      // In MQTT 3.1.1 a clean session cannot be resumed later, so what an earlier run left is found out and ended instead.
      const clean = cleanStart || this.#purging || (version === 5 && !this.#resumable);
      const will = this.#common.willOf(this.state.lane, identity.clientId);
      this.session = new Session(settings, identity, { clean, will }, this);
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

  /** Whether the session under way is one that this link has begun. */
  get #resumable(): boolean {
    return !this.#common.settings.cleanStart && this.#everUp && this.#present === this.#wasUpAs;
  }

  /** The last answer to a PUBLISH. */
  #settle(packetId: number): void {
    this.#answered = Math.max(0, this.#answered) + this.state.acknowledge(packetId, this.#common.settlements);
  }

  /** Any other answer than a plain PUBACK. */
  #take(answer: number, packetId: number, code: number): void {
    const { sends, answers, notices } = this.#common;
    const [first, last] = sends.qos === 2 ? [Answer.pubrec, Answer.pubcomp] : [Answer.puback, Answer.puback];
    if (answer !== first && answer !== last) return;
    if (code === NO_SUBSCRIBERS) notices.add('warning', reasonWords(code));
    if (code >= FIRST_FAILURE && answer === first) this.#refuse(packetId, reasonWords(code));
    // What the broker no longer knows when PUBREL is repeated, it has passed on before.
    else if (answer === last) this.#settle(packetId);
    else {
      this.state.receive(packetId);
      answers.add(Answer.pubrel, packetId);
    }
  }

  /** The broker has refused an event: that much is certain. */
  #refuse(packetId: number, reason: string): void {
    const { settlements, settings } = this.#common;
    settlements.flush();
    settlements.begin(Outcome.rejected, reason, settings.clock.nowUs());
    this.#settle(packetId);
    settlements.flush();
    this.readStarts();
  }

  #loseAll(reason: string): void {
    const { settlements, settings } = this.#common;
    settlements.begin(Outcome.unknown, reason, settings.clock.nowUs());
    this.state.lost(settlements);
    settlements.flush();
  }
}
