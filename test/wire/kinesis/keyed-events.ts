import { createEventBatch, type EventBatch } from '../../../src/core/event-batch.ts';

/** A partition key and its data. */
export interface KeyedEvent {
  key: string;
  data: Uint8Array;
}

/** Their keys as addresses, their data as payloads. */
export function batchOf(events: readonly KeyedEvent[]): EventBatch {
  const bytes = events.reduce((sum, { key, data }) => sum + Buffer.byteLength(key) + data.length, 0);
  const batch = createEventBatch(events.length, bytes);
  for (const { key, data } of events) {
    const i = batch.count++;
    const address = Buffer.from(key);
    batch.starts[i] = batch.end;
    batch.bytes.set(address, batch.end);
    batch.identities[i] = batch.payloads[i] = batch.end += address.length;
    batch.bytes.set(data, batch.end);
    batch.ends[i] = batch.end += data.length;
  }
  return batch;
}
