import type { Socket } from 'node:net';
import type { Clock } from '../../../core/clock.ts';
import { PacketType } from '../../../wire/mqtt-frames.ts';
import type { FaultRecord } from './fault-plan.ts';

interface Late {
  frame: Buffer;
  record: FaultRecord<unknown>;
  cancel: () => void;
}

/** Passes PUBLISHes on long after they were acknowledged, over a connection of its own where their client's is gone by then. */
export class LateDeliveries {
  readonly #clock: Clock;
  readonly #dial: () => Socket;
  readonly #waiting = new Map<string, Set<Late>>();
  /** Frames until the broker has answered CONNECT. */
  #queued: Buffer[] = [];
  #socket: Socket | null = null;
  #welcome = false;
  readonly #passed: () => void;

  /** `dial` connects to the broker; `passed` is told of each frame that goes there. */
  constructor(clock: Clock, dial: () => Socket, passed: () => void) {
    this.#clock = clock;
    this.#dial = dial;
    this.#passed = passed;
  }

  /** Topics of which some wait. */
  get size(): number {
    return this.#waiting.size;
  }

  /**
   * Passes `frame`, a PUBLISH, on in `ms`, and notes in `record` that it did. `pass` does so on the connection that it came on,
   * where it keeps its place among the others of its topic; false where that is gone.
   */
  add(frame: Buffer, record: FaultRecord<unknown>, ms: number, pass: (frame: Buffer) => boolean): void {
    const late: Late = {
      frame,
      record,
      cancel: this.#clock.after(ms, () => {
        this.#forget(late);
        record.delivered = true;
        this.#passed();
        if (!pass(frame)) this.#send(frame);
      }),
    };
    const others = this.#waiting.get(record.topic);
    if (others === undefined) this.#waiting.set(record.topic, new Set([late]));
    else others.add(late);
  }

  /** A PUBLISH of this topic passes: those that still wait have been overtaken. */
  overtake(topic: string, ordinal: number): void {
    for (const { record } of this.#waiting.get(topic) ?? []) record.partner ??= ordinal;
  }

  /** Gives up those that still wait. */
  close(): void {
    for (const others of this.#waiting.values()) for (const { cancel } of others) cancel();
    this.#waiting.clear();
    this.#socket?.destroy();
  }

  #forget(late: Late): void {
    const others = this.#waiting.get(late.record.topic);
    others?.delete(late);
    if (others?.size === 0) this.#waiting.delete(late.record.topic);
  }

  #send(frame: Buffer): void {
    if (this.#welcome) this.#socket?.write(frame);
    else this.#queued.push(frame);
    if (this.#socket === null) this.#connect();
  }

  #connect(): void {
    const socket = this.#dial();
    this.#socket = socket;
    socket.write(connectFrame('iotload-fault-proxy'));
    // Without it nothing is late any more, but missing: whoever compares finds out.
    socket.on('error', () => {});
    socket.on('data', (bytes: Buffer) => {
      if (this.#welcome || (bytes[0] as number) >>> 4 !== PacketType.connack) return;
      this.#welcome = true;
      for (const frame of this.#queued.splice(0)) socket.write(frame);
    });
  }
}

/** CONNECT of MQTT 3.1.1 with a clean session and no keep-alive (OASIS mqtt-v3.1.1 §3.1). */
function connectFrame(clientId: string): Buffer {
  const id = Buffer.from(clientId);
  const head = [PacketType.connect << 4, 12 + id.length, 0, 4, 0x4d, 0x51, 0x54, 0x54, 4, 2, 0, 0, 0, id.length];
  return Buffer.concat([Buffer.from(head), id]);
}
