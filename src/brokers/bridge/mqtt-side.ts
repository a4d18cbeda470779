import { connect as connectTcp } from 'node:net';
import type { MqttClient } from 'mqtt';
import type { Clock } from '../../core/clock.ts';
import { withDeadline } from '../../core/deadline.ts';
import { IotloadError } from '../../core/errors.ts';
import { xxh32 } from '../../core/xxh32.ts';
import { createPublishLayout, readPublish } from '../../wire/mqtt-publish.ts';
import type { BridgePlan } from './bridge-plan.ts';
import type { BridgeMessage } from './forwarder.ts';
import { MqttStream } from './mqtt-stream.ts';

export interface MqttSideSettings {
  clock: Clock;
  plan: Pick<BridgePlan, 'id' | 'from' | 'routes'>;
  take(message: BridgeMessage): void;
  /** Nothing more may be taken for now. */
  isFull(): boolean;
  notice(text: string): void;
}

/** The side of a bridge that reads. */
export interface MqttSide {
  /** Messages that came again and were not handed on again. */
  readonly redelivered: number;
  /** There is room again. */
  resume(): void;
  /** No more messages come; those that came can still be acknowledged. */
  unsubscribe(): Promise<void>;
  /** Ends the connection, and its session with it. */
  close(): Promise<void>;
}

/** A message at QoS 1, to be known again when it comes a second time. */
interface Receipt {
  hash: number;
  settled: boolean;
  /** Acknowledged on a connection that was there. */
  acked: boolean;
  /** The connection on which it came last. */
  via: MqttStream;
}

const RECONNECT_MS = 200;
const START_MS = 10_000;
const FAREWELL_MS = 2_000;
/** First return code of SUBACK that is a failure. */
const FIRST_FAILURE = 0x80;
const port = 1883;

/**
 * Subscribes at QoS 1 under a session that outlives a lost connection; resolves when the broker has granted it. Each message is acknowledged
 * when it is settled.
 * @throws IotloadError `target-unreachable`, `target-refused`
 */
export async function openMqttSide(settings: MqttSideSettings): Promise<MqttSide> {
  const { default: mqtt } = await import('mqtt');
  const subscriber = new Subscriber(settings, mqtt.MqttClient);
  try {
    await withDeadline(settings.clock, START_MS, subscriber.subscribe(), () => {
      throw unreachable(settings.plan.from, 'no answer');
    });
  } catch (error) {
    await subscriber.close();
    throw error;
  }
  return subscriber;
}

class Subscriber implements MqttSide {
  readonly #settings: MqttSideSettings;
  readonly #Client: typeof MqttClient;
  readonly #client: MqttClient;
  readonly #layout = createPublishLayout();
  /** By packet identifier, of which there are 65 535. */
  readonly #receipts = new Map<number, Receipt>();
  #stream: MqttStream | null = null;
  #established = false;
  #closing = false;
  redelivered = 0;

  constructor(settings: MqttSideSettings, Client: typeof MqttClient) {
    this.#settings = settings;
    this.#Client = Client;
    this.#client = this.#open(false, RECONNECT_MS);
    this.#client.on('close', () => {
      if (this.#established && !this.#closing) settings.notice(`the bridge has lost ${settings.plan.from}`);
      this.#established = false;
    });
  }

  subscribe(): Promise<void> {
    const { from, routes } = this.#settings.plan;
    return new Promise((resolve, reject) => {
      this.#client.on('error', (error) => reject(unreachable(from, error.message)));
      this.#client.on('connect', () => {
        this.#established = true;
      });
      this.#client.once('connect', () => {
        const wanted = Object.fromEntries(routes.map(({ filter }) => [filter, { qos: 1 as const }]));
        this.#client.subscribe(wanted, (error, granted) => {
          const refused = granted?.find(({ qos }) => qos >= FIRST_FAILURE);
          if (error !== null) reject(refusal(from, error.message));
          else if (refused !== undefined) reject(refusal(from, `the subscription to ${refused.topic} is refused`));
          else resolve();
        });
      });
    });
  }

  resume(): void {
    this.#stream?.resumeReading();
  }

  async unsubscribe(): Promise<void> {
    const filters = this.#settings.plan.routes.map(({ filter }) => filter);
    const said = new Promise<void>((resolve) => {
      this.#client.unsubscribe(filters, () => resolve());
    });
    this.resume();
    await withDeadline(this.#settings.clock, FAREWELL_MS, said, () => {});
  }

  async close(): Promise<void> {
    const { clock } = this.#settings;
    this.#closing = true;
    const wasEstablished = this.#established;
    await withDeadline(clock, FAREWELL_MS, farewell(this.#client), () => {});
    if (!wasEstablished) return;
    // A clean session of the same name takes the old one's place, and leaves nothing.
    const last = this.#open(true, 0);
    const connected = new Promise<void>((resolve) => {
      last.once('connect', () => resolve());
      last.once('close', () => resolve());
    });
    await withDeadline(clock, FAREWELL_MS, connected, () => {});
    await withDeadline(clock, FAREWELL_MS, farewell(last), () => {});
  }

  #open(clean: boolean, reconnectPeriod: number): MqttClient {
    const { id } = this.#settings.plan;
    const client = new this.#Client(() => this.#dial(), {
      clientId: id,
      clean,
      protocolVersion: 4,
      reconnectPeriod,
      // While nothing is read no answer to a ping is seen either.
      keepalive: 0,
      log: () => {},
    });
    client.on('error', () => {});
    return client;
  }

  #dial(): MqttStream {
    const { hostname, port: asked } = new URL(this.#settings.plan.from);
    const socket = connectTcp({
      host: hostname.replace(/^\[(.*)\]$/, '$1'),
      port: asked === '' ? port : Number(asked),
      noDelay: true,
      keepAlive: true,
    });
    const stream = new MqttStream(
      socket,
      (bytes, start, body, end) => this.#publish(stream, bytes, start, body, end),
      () => {
        if (this.#settings.isFull()) stream.pauseReading();
      },
    );
    this.#stream = stream;
    return stream;
  }

  #publish(via: MqttStream, bytes: Uint8Array, start: number, body: number, end: number): void {
    const layout = this.#layout;
    readPublish(bytes, start, body, end, layout);
    const { packetId, qos, retain, dup } = layout;
    if (qos === 0) {
      this.#take(bytes, end, { qos, retain, dup }, () => {});
      return;
    }
    const hash = xxh32(new DataView(bytes.buffer, bytes.byteOffset, bytes.length), body, end, 0);
    const known = this.#receipts.get(packetId);
    if (known?.hash === hash && comesAgain(known, dup, via)) {
      this.redelivered++;
      known.via = via;
      if (known.settled) known.acked = via.acknowledge(packetId);
      return;
    }
    const receipt: Receipt = { hash, settled: false, acked: false, via };
    this.#receipts.set(packetId, receipt);
    this.#take(bytes, end, { qos, retain, dup }, () => {
      receipt.settled = true;
      receipt.acked = receipt.via.acknowledge(packetId);
    });
  }

  #take(
    bytes: Uint8Array,
    end: number,
    flags: Pick<BridgeMessage, 'qos' | 'retain' | 'dup'>,
    settled: () => void,
  ): void {
    const { topicStart, topicEnd, payloadStart } = this.#layout;
    const topic = Buffer.from(bytes.buffer, bytes.byteOffset + topicStart, topicEnd - topicStart).toString('utf8');
    const payload = Buffer.from(bytes.subarray(payloadStart, end));
    this.#settings.take({ topic, payload, ...flags, settled });
  }
}

/**
 * Whether what equals an earlier message, its identifier included, is that message. A broker has to flag it (MQTT 3.1.1 §3.3.1.1); aedes does
 * not, but until a message is acknowledged its identifier belongs to nothing else.
 */
function comesAgain(known: Receipt, dup: boolean, via: MqttStream): boolean {
  return dup || (known.via !== via && !known.acked);
}

function farewell(client: MqttClient): Promise<void> {
  return new Promise((resolve) => {
    client.end(!client.connected, {}, () => resolve());
  });
}

function unreachable(from: string, reason: string): IotloadError {
  return new IotloadError('target-unreachable', `the bridge cannot read from ${from}: ${reason}`, {
    where: 'bridge.from',
    value: from,
    hint: 'Is an MQTT broker listening there, without TLS and login?',
  });
}

function refusal(from: string, reason: string): IotloadError {
  return new IotloadError('target-refused', `the bridge cannot read from ${from}: ${reason}`, {
    where: 'bridge.from',
    value: from,
    hint: 'May anyone subscribe there?',
  });
}
