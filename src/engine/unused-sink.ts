import type { Sink } from '../targets/target.ts';

/** Stands in the place of a target to which nobody sends, such as one that is only read back. */
export function unusedSink(): Sink {
  return {
    lanes: 0,
    laneOf: () => 0,
    room: new Int32Array(0),
    send: () => {},
    flush: () => Promise.resolve(),
    close: () => Promise.resolve(),
    publish: () => Promise.resolve(),
  };
}
