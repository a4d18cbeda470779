import type { EventBatch } from '../../core/event-batch.ts';
import { Outcome } from '../../core/outcome.ts';
import type { Sink, SinkContext, TargetOptions } from '../target.ts';

/** More than a batch can hold, so that the engine never waits for this target. */
const ROOM = 65_536;

/** A sink that settles every event as `no_ack` within `send`. */
export function openSink(_options: TargetOptions, { clock, events }: SinkContext): Promise<Sink> {
  const room = new Int32Array([ROOM]);
  let sentAtUs = new Float64Array(0);

  return Promise.resolve({
    lanes: 1,
    room,
    laneOf: () => 0,
    send(batch: EventBatch, atUs: number): void {
      const { count } = batch;
      if (count > sentAtUs.length) sentAtUs = new Float64Array(batch.capacity);
      sentAtUs.fill(atUs, 0, count);
      const wasFull = room[0] === 0;
      room[0] = (room[0] as number) + count;
      events.settled(batch.fleet, batch.slots, sentAtUs, count, Outcome.noAck, 'discarded', clock.nowUs());
      if (wasFull && count > 0) events.drained(0);
    },
    flush: () => Promise.resolve(),
    close: () => Promise.resolve(),
    publish: () => Promise.resolve(),
  });
}
