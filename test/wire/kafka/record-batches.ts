import { createRequire } from 'node:module';
import { crc32cInJs } from '../../../src/wire/kafka/crc32c.ts';
import type { ReadStop, RecordBatchReader } from '../../../src/wire/kafka/record-batch-reader.ts';
import { createRecordPlaces } from '../../../src/wire/kafka/record-cursor.ts';

/** A record as a test writes and reads it. */
export interface PlainRecord {
  offset: number;
  key: string;
  identity: string;
  value: string;
}

interface Encoder {
  buffer: Buffer;
}
const load = createRequire(import.meta.url);
const { RecordBatch } = load('kafkajs/src/protocol/recordBatch/v0') as {
  RecordBatch(batch: Record<string, unknown>): Promise<Encoder>;
};
const encodeRecord = load('kafkajs/src/protocol/recordBatch/record/v0') as (record: unknown) => Encoder;
const Long = load('kafkajs/src/utils/long') as { fromValue(value: string): unknown };

export interface KafkajsBatch {
  records: readonly {
    offset: number;
    key: string | null;
    value: string | null;
    headers?: Record<string, string | null>;
  }[];
  gzip?: boolean;
  transactional?: boolean;
  producerId?: number;
  /** Beyond the last record's, as compaction leaves it. */
  lastOffset?: number;
}

/** A batch as kafkajs encodes it. */
export async function kafkajsBatch({ records, ...batch }: KafkajsBatch): Promise<Buffer> {
  const first = records[0]?.offset ?? 0;
  const { buffer } = await RecordBatch({
    compression: batch.gzip === true ? 1 : 0,
    firstOffset: Long.fromValue(`${first}`),
    firstTimestamp: 1_700_000_000_000,
    maxTimestamp: 1_700_000_000_000,
    lastOffsetDelta: (batch.lastOffset ?? records.at(-1)?.offset ?? 0) - first,
    transactional: batch.transactional ?? false,
    producerId: Long.fromValue(`${batch.producerId ?? -1}`),
    records: records.map(({ offset, key, value, headers }) =>
      encodeRecord({ offsetDelta: offset - first, timestampDelta: 1000 + offset, key, value, headers: headers ?? {} }),
    ),
  });
  return buffer;
}

/** A mark that a transaction was committed (`kind` 1) or aborted (0). */
export async function controlBatch(offset: number, producerId: number, kind: 0 | 1): Promise<Buffer> {
  const key = String.fromCharCode(0, 0, 0, kind);
  const batch = await kafkajsBatch({
    records: [{ offset, key, value: '\0\0\0\0\0\0' }],
    transactional: true,
    producerId,
  });
  batch.writeInt16BE(batch.readInt16BE(21) | 0x20, 21);
  return sealed(batch);
}

/** The same batch with a checksum that fits. */
export function sealed(batch: Buffer): Buffer {
  batch.writeUInt32BE(crc32cInJs(batch, 21, batch.length), 17);
  return batch;
}

/** Reads until the reader stops for another reason than that the places are full; then, by `after`, it may go on. */
export function readAll(
  reader: RecordBatchReader,
  after: (stop: ReadStop) => boolean = () => false,
  capacity = 7,
): { records: PlainRecord[]; stops: ReadStop[] } {
  const places = createRecordPlaces(capacity);
  const records: PlainRecord[] = [];
  const stops: ReadStop[] = [];
  for (;;) {
    const stop = reader.read(places);
    const text = (from: number, to: number): string => Buffer.from(places.bytes.subarray(from, to)).toString();
    for (let i = 0; i < places.count; i++) {
      const [offset, keyStart, keyEnd, idStart, idEnd, valueStart, valueEnd] = [
        places.offsets,
        places.keyStarts,
        places.keyEnds,
        places.identityStarts,
        places.identityEnds,
        places.valueStarts,
        places.valueEnds,
      ].map((array) => array[i] as number) as [number, number, number, number, number, number, number];
      const ends = [keyStart, keyEnd, idStart, idEnd, valueStart, valueEnd];
      if (
        ends.some((at) => at > places.bytes.length) ||
        keyStart > keyEnd ||
        idStart > idEnd ||
        valueStart > valueEnd
      ) {
        throw new Error(`record ${offset} lies outside`);
      }
      records.push({
        offset,
        key: text(keyStart, keyEnd),
        identity: text(idStart, idEnd),
        value: text(valueStart, valueEnd),
      });
    }
    places.count = 0;
    if (stop === 'more') continue;
    stops.push(stop);
    if (!after(stop)) return { records, stops };
  }
}
