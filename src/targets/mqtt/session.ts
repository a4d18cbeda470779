import type { MqttClient } from 'mqtt';
import type { Clock, Micros } from '../../core/clock.ts';
import { type Connack, readConnack } from '../../wire/mqtt-connack.ts';
import { PacketType } from '../../wire/mqtt-frames.ts';
import { FrameSplitter } from '../../wire/mqtt-splitter.ts';
import { socketFailure } from '../socket-failure.ts';
import type { Channel, ChannelOrigin, Dial } from './channel.ts';
import { ControlStream } from './control-stream.ts';
import type { Endpoint } from './endpoint.ts';
import { connackFailure, disconnectFailure, type SessionFailure } from './failure.ts';
import type { Version } from './publish-encoder.ts';
import { ReservedIds } from './reserved-ids.ts';
import type { Will } from './will.ts';

/** What all sessions of a target have in common. */
export interface SessionSettings {
  clock: Clock;
  /** The class that the caller loaded. */
  Client: typeof MqttClient;
  endpoint: Endpoint;
  dial: Dial;
  /** 0: no keep-alive. */
  keepAliveUs: Micros;
  connectTimeoutUs: Micros;
  version: Version;
  /** false: a session that was cut off is resumed. */
  cleanStart: boolean;
  /** How long the broker keeps it; null where that is not said. */
  sessionExpiryS: number | null;
  /** A longer inbound frame ends the session. */
  maxFrameBytes: number;
}

/** Who a session is for the broker, and where it comes from. */
export interface SessionIdentity extends ChannelOrigin {
  clientId: string;
  username: string | undefined;
  password: string | undefined;
}

/** What CONNECT says besides who we are. */
export interface Greeting {
  /** Begin a new session, whatever the broker has kept. */
  clean: boolean;
  will: Will | null;
}

/** The other side of a session. */
export interface SessionHandlers {
  /** CONNACK accepted us; frames may follow at once. */
  welcomed(connack: Connack): void;
  /** MQTT.js has taken note of it and may be used. */
  connected(): void;
  /** Frames follow that arrived together, `length` bytes of them; `full` when they filled the read buffer. */
  readStarts(length: number, full: boolean): void;
  /** An inbound frame, see `OnFrame`; false leaves it to MQTT.js. */
  frame(bytes: Uint8Array, start: number, body: number, end: number): boolean;
  /** The frames of this read have been handed out. */
  readEnds(): void;
  /** The channel has handed on all that was written to it. */
  drained(): void;
  /** Exactly once, the last call. */
  ended(failure: SessionFailure): void;
}

/** How long an orderly farewell may take. */
const FAREWELL_MS = 1000;

/**
 * One network connection to a broker, from the attempt to its end. MQTT.js does CONNECT, keep-alive, subscriptions and DISCONNECT
 * over a stream of ours; PUBLISH and PUBACK pass it by. Never reconnects: whoever wants that opens another session.
 */
export class Session {
  readonly #handlers: SessionHandlers;
  readonly #settings: SessionSettings;
  readonly #channel: Channel;
  readonly #control: ControlStream;
  readonly #splitter: FrameSplitter;
  readonly #onFrame: (bytes: Uint8Array, start: number, body: number, end: number) => void;
  readonly #client: MqttClient;
  readonly #whenEnded: Promise<void>;
  #resolveEnded: () => void = () => {};
  #cancelTimeout: () => void;
  #failure: SessionFailure | null = null;
  #established = false;
  #reading = false;
  #over = false;

  constructor(settings: SessionSettings, identity: SessionIdentity, greeting: Greeting, handlers: SessionHandlers) {
    this.#settings = settings;
    this.#handlers = handlers;
    this.#splitter = new FrameSplitter(settings.maxFrameBytes);
    this.#onFrame = (bytes, start, body, end) => this.#frame(bytes, start, body, end);
    this.#whenEnded = new Promise((resolve) => {
      this.#resolveEnded = resolve;
    });
    this.#channel = settings.dial(identity, {
      read: (bytes, length, full) => this.#read(bytes, length, full),
      drained: () => handlers.drained(),
      failed: (error) => this.drop(socketFailure(error)),
      ended: () => this.#hangUp(),
      closed: () => {
        this.#hangUp();
        this.#resolveEnded();
      },
    });
    this.#control = new ControlStream(this.#channel);
    const { connectTimeoutUs, clock } = settings;
    this.#cancelTimeout = clock.after(connectTimeoutUs / 1000, () => {
      const waited = this.#channel.connecting ? 'no answer' : 'connected, but no CONNACK came';
      this.drop({ code: 'target-unreachable', reason: `${waited} within ${connectTimeoutUs / 1e6} s` });
    });
    this.#client = this.#startClient(identity, greeting);
  }

  /** Bytes written and not yet taken by the kernel. */
  get backlogBytes(): number {
    return this.#channel.backlogBytes;
  }

  /** MQTT.js's client, for what is not the hot path. */
  get client(): MqttClient {
    return this.#client;
  }

  /** False once nothing written can arrive any more. */
  get writable(): boolean {
    return this.#established && this.#channel.writable;
  }

  /** Writes whole frames. The bytes may be used again if the result is true; otherwise the channel still needs them. */
  write(frames: Buffer): boolean {
    return this.#channel.write(frames);
  }

  /** Ends the session without a farewell. */
  drop(failure: SessionFailure): void {
    this.#fail(failure);
    this.#hangUp();
  }

  /**
   * Says DISCONNECT where there is somebody to say it to, and that the session need not be kept where the protocol can say that; resolves
   * when the channel is closed.
   */
  close(): Promise<void> {
    if (this.#over) return this.#whenEnded;
    this.#fail(farewell);
    if (!this.#established) {
      this.#hangUp();
      return this.#whenEnded;
    }
    const cancel = this.#settings.clock.after(FAREWELL_MS, () => this.#channel.destroy());
    const forget = this.#settings.sessionExpiryS === null ? {} : { properties: { sessionExpiryInterval: 0 } };
    this.#client.end(false, forget);
    return this.#whenEnded.then(cancel);
  }

  #startClient({ clientId, username, password }: SessionIdentity, { clean, will }: Greeting): MqttClient {
    const { Client, keepAliveUs, version, sessionExpiryS } = this.#settings;
    const client = new Client(() => this.#control, {
      manualConnect: true,
      reconnectPeriod: 0,
      // Longer than ours, so that ours decides.
      connectTimeout: this.#settings.connectTimeoutUs / 1000 + 60_000,
      resubscribe: false,
      queueQoSZero: false,
      // Its default formats every step for a logger that is off: 7 to 15 % of its time.
      log: () => {},
      messageIdProvider: new ReservedIds(),
      clientId,
      clean,
      protocolVersion: version,
      keepalive: Math.ceil(keepAliveUs / 1e6),
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password }),
      ...(sessionExpiryS === null ? {} : { properties: { sessionExpiryInterval: sessionExpiryS } }),
      ...(will === null ? {} : { will: { ...will, payload: Buffer.from(will.payload) } }),
    });
    client.on('error', (error: Error) =>
      this.#fail({ code: 'target-unreachable', reason: error.message, cause: error }),
    );
    client.on('connect', () => {
      this.#cancelTimeout();
      if (!this.#over) this.#handlers.connected();
    });
    client.connect();
    return client;
  }

  #read(bytes: Uint8Array, length: number, full: boolean): void {
    if (this.#over) return;
    this.#reading = true;
    this.#handlers.readStarts(length, full);
    try {
      this.#splitter.push(bytes, length, this.#onFrame);
    } catch (error) {
      this.drop(socketFailure(error as Error));
    }
    this.#reading = false;
    this.#handlers.readEnds();
    if (this.#channel.destroyed) this.#hangUp();
  }

  #frame(bytes: Uint8Array, start: number, body: number, end: number): void {
    if (this.#handlers.frame(bytes, start, body, end)) return;
    const type = (bytes[start] as number) >>> 4;
    if (type === PacketType.connack) {
      const connack = readConnack(bytes, body, end, this.#settings.version);
      if (connack.code !== 0) {
        this.#fail(connackFailure(connack.code));
      } else if (!this.#over) {
        this.#established = true;
        this.#handlers.welcomed(connack);
      }
    } else if (type === PacketType.disconnect) {
      this.drop(disconnectFailure(end > body ? (bytes[body] as number) : 0));
      return;
    }
    this.#control.push(Buffer.from(bytes.subarray(start, end)));
  }

  /** Keeps the first reason; what follows from it says less. */
  #fail(failure: SessionFailure): void {
    this.#failure ??= failure;
  }

  /**
   * Closes the channel and reports the end at once: that it is closed comes a turn of the event loop later, and whatever is sent in
   * between would be lost. Waits only for the frames that are being handed out.
   */
  #hangUp(): void {
    this.#channel.destroy();
    if (this.#over || this.#reading) return;
    this.#over = true;
    this.#cancelTimeout();
    // Ends MQTT.js's timers with it.
    this.#control.destroy();
    const wasEstablished = this.#established;
    this.#established = false;
    this.#handlers.ended(this.#failure ?? (wasEstablished ? closedByBroker : closedEarly));
  }
}

/** How a session ends that was closed by `close`. */
export const farewell: SessionFailure = { code: 'target-unreachable', reason: 'closed' };
const closedByBroker: SessionFailure = { code: 'target-unreachable', reason: 'closed by the broker' };
const closedEarly: SessionFailure = {
  code: 'target-refused',
  reason: 'the connection was closed without an answer to CONNECT',
  hint: 'Does this port speak MQTT, and TLS exactly if the endpoint says mqtts?',
};
