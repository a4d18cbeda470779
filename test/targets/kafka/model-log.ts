import { crc32cInJs } from '../../../src/wire/kafka/crc32c.ts';
import { ErrorCode } from '../../../src/wire/kafka/error-codes.ts';
import { BatchField } from '../../../src/wire/kafka/record-batch.ts';
import { VarintReader } from '../../../src/wire/kafka/varint.ts';

/** A record as the model keeps it, in text. */
export interface ModelRecord {
  key: string | null;
  value: string;
  header: string | null;
  timestamp: number;
}

interface Producer {
  epoch: number;
  /** The last five batches, whose repetition is noticed. */
  last: { first: number; next: number; offset: number }[];
}

const SEQUENCES = 2 ** 31;

/**
 * The log of one partition, with what a Kafka broker does about producers' sequence numbers: it answers a repetition of one of the last five
 * batches like the first time, refuses a gap, and takes any number from a producer that it does not know.
 * Source of the rules: Kafka's `ProducerAppendInfo` and `ProducerStateEntry`.
 */
export class ModelLog {
  readonly records: ModelRecord[] = [];
  readonly #producers = new Map<bigint, Producer>();

  /** Takes a batch, or says why not. Uncompressed ones only. */
  append(batch: Uint8Array): { code: number; offset: number } {
    const view = new DataView(batch.buffer, batch.byteOffset, batch.length);
    if (view.getInt32(BatchField.length) !== batch.length - 12) return refusal(ErrorCode.corruptMessage);
    if (view.getUint32(BatchField.crc) !== crc32cInJs(batch, BatchField.attributes, batch.length))
      return refusal(ErrorCode.corruptMessage);
    const count = view.getInt32(BatchField.count);
    const id = view.getBigInt64(BatchField.producerId);
    const offset = this.records.length;
    if (id >= 0n) {
      const first = view.getInt32(BatchField.baseSequence);
      const epoch = view.getInt16(BatchField.producerEpoch);
      const producer = this.#producers.get(id) ?? { epoch, last: [] };
      if (epoch < producer.epoch) return refusal(ErrorCode.invalidProducerEpoch);
      const next = (first + count) % SEQUENCES;
      const again = producer.last.find((other) => other.first === first && other.next === next);
      if (again !== undefined) return { code: 0, offset: again.offset };
      const newest = producer.last[producer.last.length - 1];
      if (newest !== undefined && newest.next !== first) return refusal(ErrorCode.outOfOrderSequence);
      producer.last.push({ first, next, offset });
      if (producer.last.length > 5) producer.last.shift();
      this.#producers.set(id, producer);
    }
    this.records.push(...recordsOf(batch, count, Number(view.getBigInt64(BatchField.baseTimestamp))));
    return { code: 0, offset };
  }

  /** The producers' state is gone, as after their expiry. */
  forgetProducers(): void {
    this.#producers.clear();
  }
}

function refusal(code: number): { code: number; offset: number } {
  return { code, offset: -1 };
}

/** The records of an uncompressed batch; throws where they are not exactly what the batch holds. */
export function recordsOf(batch: Uint8Array, count: number, baseTimestamp: number): ModelRecord[] {
  const reader = new VarintReader();
  reader.at = BatchField.records;
  const text = (length: number): string => {
    const from = reader.at;
    reader.at += length;
    return new TextDecoder().decode(batch.subarray(from, reader.at));
  };
  const varint = (): number => reader.varint(batch, batch.length);
  const records: ModelRecord[] = [];
  for (let i = 0; i < count; i++) {
    const length = varint();
    const end = reader.at + length;
    reader.at++;
    const timestamp = baseTimestamp + reader.varlong(batch, batch.length);
    if (varint() !== i) throw new Error('records are not numbered from 0');
    const keyLength = varint();
    const key = keyLength < 0 ? null : text(keyLength);
    const value = text(varint());
    let header: string | null = null;
    if (varint() === 1) {
      if (text(varint()) !== 'iotload-id') throw new Error('a header of another name');
      header = text(varint());
    }
    if (reader.at !== end) throw new Error('a record is not as long as it says');
    records.push({ key, value, header, timestamp });
  }
  if (reader.at !== batch.length) throw new Error('a batch is longer than its records');
  return records;
}
