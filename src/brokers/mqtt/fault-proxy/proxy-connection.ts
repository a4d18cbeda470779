import type { Socket } from 'node:net';
import type { Micros } from '../../../core/clock.ts';
import { PacketType } from '../../../wire/mqtt-frames.ts';
import { FrameSplitter } from '../../../wire/mqtt-splitter.ts';
import type { AckHold } from './ack-filter.ts';
import { connectLevel, downgraded, upgraded } from './mqtt5-translator.ts';
import type { ProxyState } from './proxy-state.ts';
import { PublishFaults, type Versions, type Way } from './publish-faults.ts';

/** One client's connection through the proxy. Frames queue in `up` and `down` while something holds them; reading pauses meanwhile. */
export class ProxyConnection implements Way {
  readonly #state: ProxyState;
  readonly #client: Socket;
  readonly #broker: Socket;
  readonly #up: Buffer[] = [];
  readonly #down: Buffer[] = [];
  readonly #faults: PublishFaults;
  /** Frames whose delay or hold was over within a stall: the first to go after it. */
  readonly #overdue: Buffer[] = [];
  readonly #versions: Versions = { client: 4, broker: 4 };
  #cancelDelay: (() => void) | null = null;
  #clientEnded = false;
  #brokerEnded = false;

  constructor(state: ProxyState, client: Socket, broker: Socket) {
    this.#state = state;
    this.#client = client;
    this.#broker = broker;
    this.#faults = new PublishFaults(state, this);
    this.#relay(client, this.#up, () => this.#pumpUp());
    this.#relay(broker, this.#down, () => this.#pumpDown());
    client.on('end', () => {
      this.#clientEnded = true;
      this.#pumpUp();
    });
    broker.on('end', () => {
      this.#brokerEnded = true;
      this.#pumpDown();
    });
    client.on('close', () => {
      if (!broker.writableEnded) this.cut();
    });
    broker.on('close', () => {
      if (!this.#brokerEnded) this.cut();
    });
  }

  /** Ends both sides at once. */
  cut(): void {
    this.#cancelDelay?.();
    this.#faults.forget();
    this.#overdue.length = 0;
    if (!this.#client.destroyed) this.#client.resetAndDestroy();
    if (!this.#broker.destroyed) this.#broker.destroy();
  }

  /** A stall has begun or ended. */
  stallChanged(): void {
    this.#pumpUp();
    this.#pumpDown();
  }

  get isOpen(): boolean {
    return this.#broker.writable && !this.#broker.writableEnded;
  }

  answer(frame: Buffer): void {
    this.#client.write(frame);
  }

  release(frame: Buffer): void {
    if (this.#state.stalled) this.#overdue.push(frame);
    else this.#broker.write(frame);
  }

  delay(frame: Buffer): void {
    this.#cancelDelay = this.#state.clock.after(this.#state.plan.delay?.ms ?? 0, () => {
      this.#cancelDelay = null;
      this.release(frame);
      this.#pumpUp();
    });
  }

  reset(out: Buffer[]): void {
    if (out.length > 0) this.#broker.write(Buffer.concat(out));
    out.length = 0;
    this.#faults.forget();
    this.#client.resetAndDestroy();
    this.#broker.end();
  }

  #relay(from: Socket, queue: Buffer[], pump: () => void): void {
    const splitter = new FrameSplitter();
    from.on('error', () => this.cut());
    from.on('data', (chunk: Buffer) => {
      try {
        splitter.push(chunk, chunk.length, (bytes, start, _body, end) => {
          queue.push(Buffer.from(bytes.subarray(start, end)));
        });
      } catch {
        // What is not MQTT cannot be relayed frame by frame; the peer sees a reset, as from a strict broker.
        this.cut();
        return;
      }
      pump();
    });
    from.on('drain', () => {
      this.#pumpUp();
      this.#pumpDown();
    });
  }

  /** Passes frames towards the broker until something holds them. */
  #pumpUp(): void {
    const out = this.#state.stalled ? [] : this.#overdue.splice(0);
    let taken = 0;
    while (taken < this.#up.length && !this.#state.stalled && this.#cancelDelay === null && !this.#client.destroyed) {
      try {
        this.#frameUp(this.#up[taken++] as Buffer, out);
      } catch {
        this.cut();
        return;
      }
    }
    this.#up.splice(0, taken);
    if (out.length > 0) this.#broker.write(Buffer.concat(out));
    const blocked = this.#state.stalled || this.#cancelDelay !== null || this.#broker.writableNeedDrain;
    if (blocked) this.#client.pause();
    else this.#client.resume();
    if (!this.#clientEnded || this.#up.length > 0 || this.#state.stalled || this.#cancelDelay !== null) return;
    const held = this.#faults.takeHeld();
    if (held.length > 0) this.#broker.write(Buffer.concat(held));
    this.#broker.end();
  }

  #frameUp(original: Buffer, out: Buffer[]): void {
    const type = (original[0] as number) >>> 4;
    if (type === PacketType.connect) this.#greet(original);
    const frame = this.#isTranslated ? downgraded(original) : original;
    if (type === PacketType.publish) this.#faults.publish(frame, this.#versions, out);
    else if (type === PacketType.disconnect) out.push(...this.#faults.takeHeld(), frame);
    else if (type !== PacketType.pubrel || !this.#faults.released(frame.readUInt16BE(2))) out.push(frame);
  }

  #greet(connect: Buffer): void {
    this.#versions.client = connectLevel(connect) === 5 ? 5 : 4;
    this.#versions.broker = this.#state.translates ? 4 : this.#versions.client;
  }

  get #isTranslated(): boolean {
    return this.#versions.client !== this.#versions.broker;
  }

  #pumpDown(): void {
    if (!this.#state.stalled && this.#down.length > 0) {
      const passed = this.#down.filter((frame) => this.#passesDown(frame));
      this.#down.length = 0;
      if (passed.length > 0) this.#client.write(Buffer.concat(this.#isTranslated ? passed.map(upgraded) : passed));
    }
    if (this.#state.stalled || this.#client.writableNeedDrain) this.#broker.pause();
    else this.#broker.resume();
    if (this.#brokerEnded && this.#down.length === 0) this.#client.end();
  }

  #passesDown(frame: Buffer): boolean {
    const fate = this.#faults.fateOf(frame);
    if (typeof fate !== 'object') return fate === 'pass';
    const nowUs = this.#state.clock.nowUs();
    if (nowUs < fate.untilUs) this.#holdAck(frame, fate, nowUs);
    else this.#state.answered({ ...fate, atUs: nowUs });
    return nowUs >= fate.untilUs;
  }

  #holdAck(frame: Buffer, hold: AckHold, nowUs: Micros): void {
    const { clock } = this.#state;
    clock.after((hold.untilUs - nowUs) / 1000, () => {
      if (this.#client.destroyed || this.#client.writableEnded) return;
      this.#client.write(frame);
      this.#state.answered({ ...hold, atUs: clock.nowUs() });
    });
  }
}
