import type { IClientSubscribeOptions, ISubscriptionGrant } from 'mqtt';
import type { Connack } from '../../wire/mqtt-connack.ts';
import { Answer, PacketType } from '../../wire/mqtt-frames.ts';
import type { CountedAt, Source, SourceContext, SourceHealth, TargetOptions } from '../target.ts';
import { Arrivals, type SystemListener } from './arrivals.ts';
import { backoffMs, STABLE_US } from './backoff.ts';
import { openingError, plainReason, type SessionFailure } from './failure.ts';
import { readerIdentity } from './identities.ts';
import { mergedSource } from './merged-source.ts';
import type { MqttOptions } from './options.ts';
import { FIRST_FAILURE } from './reason-codes.ts';
import { Session, type SessionHandlers, type SessionIdentity, type SessionSettings } from './session.ts';
import { sessionSettings } from './settings.ts';
import { SystemCounts } from './system-counts.ts';
import { topicFilters } from './topic-filters.ts';

/** Acknowledgements the broker has not taken; more mean that it reads nothing any more. */
const MAX_BACKLOG_BYTES = 4 * 1024 * 1024;

/**
 * Subscribes to everything the fleets' addresses can be and resolves when the broker has granted it: on one connection, or on several
 * among which the broker shares the events.
 * @throws IotloadError `target-unreachable`, `target-refused`, `bad-scenario`, `file-unreadable`
 */
export async function openSource(options: TargetOptions, context: SourceContext): Promise<Source> {
  const mqtt = options as unknown as MqttOptions;
  const settings = await sessionSettings(mqtt, context, 'source');
  // A broker ends the older of two sessions with one name, and a run may have several readers: its shards', and one by hand. Each
  // of them reads everything, so the name of a group is its own too.
  const own = Math.floor(context.random() * 2 ** 32).toString(16);
  const name = `iotload-${context.runId}-read-${own}`;
  const sources: MqttSource[] = [];
  for (let reader = 0; reader < (mqtt.share ?? 1); reader++) {
    const identity = await readerIdentity(mqtt, context, mqtt.share === null ? name : `${name}-${reader}`, reader);
    const group = mqtt.share === null ? '' : `$share/iotload-${context.runId}-${own}/`;
    sources.push(new MqttSource(mqtt, settings, identity, context, group));
  }
  const source = mergedSource(sources);
  try {
    await Promise.all(sources.map(({ opened }) => opened));
  } catch (error) {
    await source.close();
    throw error;
  }
  return source;
}

class MqttSource implements Source, SessionHandlers {
  /** Resolves with the first granted subscription. */
  readonly opened: Promise<void>;
  readonly #context: SourceContext;
  readonly #settings: SessionSettings;
  readonly #options: MqttOptions;
  readonly #identity: SessionIdentity;
  readonly #filters: string[];
  readonly #arrivals: Arrivals;
  readonly #system = new SystemCounts();
  readonly #onSystem: SystemListener = (...told) => this.#system.take(...told);
  #session: Session | null = null;
  #resolveOpened: () => void = () => {};
  #rejectOpened: (error: unknown) => void = () => {};
  #closed = false;
  #everUp = false;
  #failures = 0;
  #upSinceUs = 0;
  #startUs = 0;
  #cancelPause: () => void = () => {};
  #cancelGrant: () => void = () => {};
  #gaps = 0;
  /** Nobody reads at present. */
  #away = false;
  /** The broker has kept the session, with our subscriptions and what has arrived meanwhile. */
  #resumed = false;
  #fullReads = 0;

  /** `group` stands before every filter: empty, or the name of those who share what they match. */
  constructor(
    options: MqttOptions,
    settings: SessionSettings,
    identity: SessionIdentity,
    context: SourceContext,
    group: string,
  ) {
    const { fleets, events } = context;
    this.#context = context;
    this.#settings = settings;
    this.#identity = identity;
    this.#options = options;
    this.#filters = topicFilters(
      fleets.map(({ address }) => address),
      fleets.map((fleet) => fleet.deviceId(0)),
    ).map((filter) => `${group}${filter}`);
    this.#arrivals = new Arrivals(options.version, (batch) => {
      if (!this.#closed) events.delivered(batch);
    });
    this.opened = new Promise((resolve, reject) => {
      this.#resolveOpened = resolve;
      this.#rejectOpened = reject;
    });
    this.#startUs = context.clock.nowUs();
    this.#connect();
  }

  health(): SourceHealth {
    // One that may still end without a loss counts until then.
    return { gaps: this.#gaps + (this.#away ? 1 : 0), fullReads: this.#fullReads, brokerDropped: this.#system.dropped };
  }

  counted(): CountedAt | null {
    return this.#system.received;
  }

  /** MQTT has no positions: what has not come may still come. */
  readToEnd(): Promise<{ complete: boolean }> {
    return Promise.resolve({ complete: false });
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#cancelPause();
    this.#cancelGrant();
    await this.#session?.close();
  }

  welcomed({ sessionPresent }: Connack): void {
    this.#resumed = sessionPresent && this.#everUp;
    this.#away = false;
    if (this.#resumed) return;
    this.#arrivals.newSession();
    // What the broker has stored since we were last there may be an event of ours.
    this.#arrivals.takesStored = this.#options.retain && this.#everUp;
    if (this.#everUp) this.#gaps++;
  }

  connected(): void {
    const { clock } = this.#context;
    this.#upSinceUs = clock.nowUs();
    const session = this.#session as Session;
    if (this.#resumed) {
      this.#subscribed(session);
      return;
    }
    // Keep-alive does not notice a broker that answers everything but SUBSCRIBE.
    const { connectTimeoutUs } = this.#settings;
    this.#cancelGrant = clock.after(connectTimeoutUs / 1000, () => {
      session.drop({ code: 'target-unreachable', reason: `no SUBACK within ${connectTimeoutUs / 1e6} s` });
    });
    session.client.subscribe(this.#filters, this.#subscription(), (error, granted) => {
      if (this.#closed || session !== this.#session) return;
      this.#cancelGrant();
      const refused = refusedFilters(this.#filters, error, granted);
      if (refused === null) this.#subscribed(session);
      else session.drop({ code: 'target-refused', reason: refused, hint: 'May this user read these topics?' });
    });
  }

  readStarts(_length: number, full: boolean): void {
    if (full) this.#fullReads++;
    this.#arrivals.begin(this.#context.clock.nowUs());
  }

  frame(bytes: Uint8Array, start: number, body: number, end: number): boolean {
    const first = bytes[start] as number;
    if (first >>> 4 === PacketType.publish) this.#arrivals.add(bytes, start, body, end, this.#onSystem);
    else if (first === Answer.pubrel && end - body >= 2) {
      this.#arrivals.release(((bytes[body] as number) << 8) | (bytes[body + 1] as number));
    } else return false;
    return true;
  }

  readEnds(): void {
    const acks = this.#arrivals.finish();
    const session = this.#session;
    if (acks.length === 0 || session === null || !session.writable) return;
    if (!session.write(acks)) this.#arrivals.keepAnswers();
    if (session.backlogBytes > MAX_BACKLOG_BYTES) {
      session.drop({ code: 'target-unreachable', reason: 'the broker no longer takes acknowledgements' });
    }
  }

  drained(): void {}

  ended(failure: SessionFailure): void {
    const { clock, events, random } = this.#context;
    const nowUs = clock.nowUs();
    this.#session = null;
    this.#cancelGrant();
    if (this.#closed) return;
    if (!this.#everUp) {
      const tried = `reading, 1 attempt in ${((nowUs - this.#startUs) / 1e6).toFixed(1)} s`;
      this.#rejectOpened(openingError(this.#settings.endpoint, failure, tried));
      return;
    }
    this.#away = true;
    if (nowUs - this.#upSinceUs > STABLE_US) this.#failures = 0;
    events.notice('disconnected', `${this.#settings.endpoint.text}: ${plainReason(failure)} (reader)`, 1);
    this.#cancelPause = clock.after(backoffMs(this.#failures++, random()), () => this.#connect());
  }

  #connect(): void {
    if (this.#closed) return;
    const { cleanStart, version } = this.#settings;
    // The name is new, so there is nothing to be resumed the first time; in MQTT 3.1.1 it must be said all the same.
    const clean = cleanStart || (version === 5 && !this.#everUp);
    this.#session = new Session(this.#settings, this.#identity, { clean, will: null }, this);
  }

  /** In MQTT 5, what was stored before stays away unless it may be an event of ours that went by unseen. */
  #subscription(): IClientSubscribeOptions {
    const { version, qos } = this.#options;
    return version === 4 ? { qos } : { qos, nl: false, rap: false, rh: this.#arrivals.takesStored ? 0 : 2 };
  }

  #subscribed(session: Session): void {
    const { events } = this.#context;
    // Only some brokers have them and only some users may read them; without them the counts stay unknown.
    if (!this.#resumed) session.client.subscribe(SystemCounts.topics, { qos: 0 }, () => {});
    if (this.#everUp) events.notice('reconnected', `${this.#settings.endpoint.text} (reader)`, 1);
    this.#everUp = true;
    this.#resolveOpened();
  }
}

/** Why the subscription is not good, or null. */
function refusedFilters(
  filters: readonly string[],
  error: Error | null,
  granted: ISubscriptionGrant[] | undefined,
): string | null {
  const refused = granted?.filter(({ qos }) => qos >= FIRST_FAILURE).map(({ topic }) => topic) ?? [];
  if (refused.length > 0) return `subscription to ${refused.join(', ')} not granted`;
  return error === null ? null : `subscription to ${filters.join(', ')} failed: ${error.message}`;
}
