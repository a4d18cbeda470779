import type { Clock } from '../../../src/core/clock.ts';
import { createEventBatch } from '../../../src/core/event-batch.ts';
import type { Sink } from '../../../src/targets/target.ts';

/** Hands payloads to a writer as the engine does, a batch a call; slots count on from 0. */
export function lineSender(writer: Pick<Sink, 'room' | 'send'>, clock: Clock): (payloads: readonly string[]) => void {
  let slot = 0;
  return (payloads) => {
    const batch = createEventBatch(payloads.length, Buffer.byteLength(payloads.join('')));
    for (const payload of payloads) {
      const i = batch.count++;
      batch.starts[i] = batch.end;
      batch.identities[i] = batch.end;
      batch.payloads[i] = batch.end;
      batch.end += Buffer.from(batch.bytes.buffer).write(payload, batch.end);
      batch.ends[i] = batch.end;
      batch.slots[i] = slot++;
      writer.room[0] = (writer.room[0] as number) - 1;
    }
    writer.send(batch, clock.nowUs());
  };
}
