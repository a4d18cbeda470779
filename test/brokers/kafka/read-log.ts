import { compressionNames, loadCodec } from '../../../src/wire/kafka/compression.ts';
import { loadCrc32c } from '../../../src/wire/kafka/crc32c.ts';
import { RecordBatchReader } from '../../../src/wire/kafka/record-batch-reader.ts';
import { createRecordPlaces } from '../../../src/wire/kafka/record-cursor.ts';
import { fetchFrom, type RawClient } from './raw-client.ts';

export interface StoredRecord {
  offset: number;
  key: string;
  value: string;
}

/** Everything that a partition holds, through the code that the verifier reads with, checksums included. */
export async function readLog(client: RawClient, topic: string, partition: number): Promise<StoredRecord[]> {
  const codecs = new Map(
    await Promise.all(compressionNames.map(async (name) => [name, await loadCodec(name)] as const)),
  );
  const reader = new RecordBatchReader(await loadCrc32c(), codecs);
  const places = createRecordPlaces(100_000);
  const found: StoredRecord[] = [];
  for (let next = 0; ; ) {
    const { records, highWatermark } = await fetchFrom(client, topic, partition, next);
    if (next === highWatermark) return found;
    reader.open(records, 0, records.length, next);
    for (let stop = 'more'; stop === 'more'; ) {
      places.count = 0;
      stop = reader.read(places);
      if (stop !== 'more' && stop !== 'end') throw new Error(`reading stopped: ${stop}`);
      const text = (starts: Uint32Array, ends: Uint32Array, i: number) =>
        Buffer.from(places.bytes.buffer, places.bytes.byteOffset).toString('utf8', starts[i], ends[i]);
      for (let i = 0; i < places.count; i++) {
        found.push({
          offset: places.offsets[i] as number,
          key: text(places.keyStarts, places.keyEnds, i),
          value: text(places.valueStarts, places.valueEnds, i),
        });
      }
    }
    next = reader.position;
  }
}
