/**
 * The board: one shared memory block per worker. The head but for `begun` is the main thread's, everything else is written by that worker alone and read
 * by the main thread at any time, so that progress costs no messages and a worker that dies leaves its figures behind.
 *
 * Layout, per worker: [command: Int32, 4 bytes unused, promise: Float64, begun: Float64, padding to 64 bytes] [counters: Float64 × COUNTERS per fleet] [recorders: RECORDER_BYTES × 4
 * per fleet]. Plain stores are enough: each cell has one writer, aligned stores do not tear, and a reader may see a value that is a moment old.
 */
import { createRecorder, RECORDER_BYTES, type Recorder } from '../metrics/recorder.ts';
import { type SentCounter, sentCounters } from '../wire/sent-counters.ts';

/** What the main thread asks of a worker; never goes back to a lower number. */
export const Command = { run: 0, stop: 1 } as const;

/** Index of each counter. */
export const Counter = Object.fromEntries(sentCounters.map((name, index) => [name, index])) as Readonly<
  Record<SentCounter, number>
>;

/** The counter of each outcome. */
export const counterOf: readonly number[] = [
  Counter.acked,
  Counter.rejected,
  Counter.unknown,
  Counter.noAck,
  Counter.notSent,
] as number[];

export function add(counters: Float64Array, index: number, amount: number): void {
  counters[index] = (counters[index] as number) + amount;
}

/** The four intervals a sender can measure, in the order of their recorders. */
export const senderIntervals = ['scheduleLag', 'clientWait', 'serviceTime', 'responseTime'] as const;
export type SenderInterval = (typeof senderIntervals)[number];

const COMMAND_BYTES = 64;
const PROMISE_AT = 8;
const BEGUN_AT = 16;
const COUNTER_BYTES = sentCounters.length * 8;

export interface Board {
  readonly command: Int32Array;
  /** One cell: slot time in µs before which slots may be sent, because the record on the disk promises them. */
  readonly promise: Float64Array;
  /** One cell, the worker's: slot time in µs from the start of sending to when it was ready to, negative where it was before; 0 until then. */
  readonly begun: Float64Array;
  readonly fleets: readonly BoardFleet[];
}

export interface BoardFleet {
  readonly counters: Float64Array;
  readonly recorders: Readonly<Record<SenderInterval, Recorder>>;
}

/** Bytes of one worker's board. */
export function boardBytes(fleets: number): number {
  return COMMAND_BYTES + fleets * (COUNTER_BYTES + senderIntervals.length * RECORDER_BYTES);
}

/** Views over a worker's board; both sides build them from the same buffer. */
export function openBoard(buffer: SharedArrayBuffer, fleets: number): Board {
  const recordersAt = COMMAND_BYTES + fleets * COUNTER_BYTES;
  return {
    command: new Int32Array(buffer, 0, 1),
    promise: new Float64Array(buffer, PROMISE_AT, 1),
    begun: new Float64Array(buffer, BEGUN_AT, 1),
    fleets: Array.from({ length: fleets }, (_, fleet) => {
      const recorder = (interval: number): Recorder =>
        createRecorder(buffer, recordersAt + (fleet * senderIntervals.length + interval) * RECORDER_BYTES);
      return {
        counters: new Float64Array(buffer, COMMAND_BYTES + fleet * COUNTER_BYTES, sentCounters.length),
        recorders: {
          scheduleLag: recorder(0),
          clientWait: recorder(1),
          serviceTime: recorder(2),
          responseTime: recorder(3),
        },
      };
    }),
  };
}
