import type { Micros } from '../../core/clock.ts';
import type { EventBatch } from '../../core/event-batch.ts';
import type { Sink } from '../target.ts';

/** How long `close` waits for what is under way. */
const CLOSE_TIMEOUT_MS = 5000;

/** What writes the events of a part, one after the other. */
export interface EventWriter {
  readonly room: Int32Array;
  send(batch: EventBatch, atUs: Micros): void;
  flush(timeoutMs: number): Promise<void>;
  close(): Promise<void>;
}

/** A sink of one lane on a writer. `release` takes away what the part has beside its file, once. */
export function writerSink(writer: EventWriter, publish: Sink['publish'], release: () => Promise<void>): Sink {
  let closed: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    await writer.flush(CLOSE_TIMEOUT_MS);
    await writer.close();
    await release();
  };
  return {
    lanes: 1,
    room: writer.room,
    laneOf: () => 0,
    send: (batch, atUs) => writer.send(batch, atUs),
    flush: (timeoutMs) => writer.flush(timeoutMs),
    close(): Promise<void> {
      closed ??= close();
      return closed;
    },
    publish,
  };
}
