import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  type CompressionCodec,
  type CompressionName,
  compressionNames,
  loadCodec,
} from '../../../src/wire/kafka/compression.ts';
import { type Crc32c, loadCrc32c } from '../../../src/wire/kafka/crc32c.ts';
import { RecordBatchReader } from '../../../src/wire/kafka/record-batch-reader.ts';
import { createRecordPlaces } from '../../../src/wire/kafka/record-cursor.ts';
import { controlBatch, kafkajsBatch, type PlainRecord, readAll, sealed } from './record-batches.ts';

interface Golden {
  by: string;
  batches: { codec: CompressionName; bytes: string }[];
}
const golden = JSON.parse(readFileSync('test/fixtures/kafka/python-batches.json', 'utf8')) as Golden;
/** Also a transaction of producer 4001 that is aborted and one that is committed, and messages of magic 0 and 1. */
const java = JSON.parse(readFileSync('test/fixtures/kafka/java-batches.json', 'utf8')) as Golden & {
  transactions: string;
  old: string[];
};
const codecs = new Map<CompressionName, CompressionCodec>();
let crc: Crc32c;

beforeAll(async () => {
  crc = await loadCrc32c();
  for (const name of compressionNames) codecs.set(name, await loadCodec(name));
});

function readerOf(bytes: Uint8Array, position = 0, aborted: { producerId: number; firstOffset: number }[] = []) {
  const reader = new RecordBatchReader(crc, codecs);
  reader.open(bytes, 0, bytes.length, position, aborted);
  return reader;
}

/** What kafka-python was given, by the same formulas. */
function goldenRecords(): PlainRecord[] {
  return Array.from({ length: 40 }, (_, i) => ({
    offset: i,
    key: i % 10 === 9 ? '' : `dev-${`${(i * 37) % 1000}`.padStart(4, '0')}`,
    identity: i % 4 === 3 ? '' : `id-${i}`,
    value: i === 13 ? '' : `{"seq":${i},"v":${i * i}}`.repeat(1 + (i % 5)),
  }));
}

function plain(offset: number, width = 8): PlainRecord {
  return { offset, key: `dev-${offset % 5}`, identity: `id-${offset}`, value: `${offset}`.padStart(width, 'v') };
}

function batchOf(
  records: readonly PlainRecord[],
  rest: Partial<Parameters<typeof kafkajsBatch>[0]> = {},
): Promise<Buffer> {
  return kafkajsBatch({
    records: records.map(({ offset, key, identity, value }) => ({
      offset,
      key,
      value,
      headers: { other: 'x', 'iotload-id': identity },
    })),
    ...rest,
  });
}

function run(from: number, to: number, width?: number): PlainRecord[] {
  return Array.from({ length: to - from }, (_, i) => plain(from + i, width));
}

describe('record batches', () => {
  it.each([golden, java].flatMap(({ by, batches }) => batches.map((batch) => ({ by, ...batch }))))(
    'reads what $by wrote: $codec',
    ({ bytes }) => {
      const reader = readerOf(Buffer.from(bytes, 'base64'));
      expect(readAll(reader)).toEqual({ records: goldenRecords(), stops: ['end'] });
      expect(reader.position).toBe(40);
    },
  );

  it('reads transactions and their marks, and old messages, as the Java client writes them', () => {
    const offsets = (aborted: { producerId: number; firstOffset: number }[]) =>
      readAll(readerOf(Buffer.from(java.transactions, 'base64'), 0, aborted)).records.map(({ offset }) => offset);
    expect(offsets([])).toEqual([0, 1, 2, 4, 5]);
    expect(offsets([{ producerId: 4001, firstOffset: 0 }])).toEqual([4, 5]);
    for (const bytes of java.old) {
      const reader = readerOf(Buffer.from(bytes, 'base64'), 5);
      expect(readAll(reader)).toEqual({ records: [], stops: ['old'] });
      reader.skip();
      expect(reader.position).toBe(6);
    }
  });

  it('reads what kafkajs wrote, several batches in a row, plain and compressed', async () => {
    const batches = [
      await batchOf(run(100, 120)),
      await batchOf(run(120, 121, 5000), { gzip: true }),
      await batchOf(run(121, 150), { gzip: true }),
      await batchOf(run(150, 151)),
    ];
    const reader = readerOf(Buffer.concat(batches), 100);
    const { records } = readAll(reader);
    expect(records.map(({ offset }) => offset)).toEqual(run(100, 151).map(({ offset }) => offset));
    expect(records.slice(0, 20)).toEqual(run(100, 120));
    expect(records.slice(21)).toEqual(run(121, 151));
    expect(reader.position).toBe(151);
  });

  it('leaves out records before the position, and keeps offsets that compaction has made sparse', async () => {
    const sparse = await batchOf([plain(10), plain(12), plain(17)], { lastOffset: 30 });
    const reader = readerOf(Buffer.concat([sparse, await batchOf(run(31, 33))]), 12);
    expect(readAll(reader).records.map(({ offset }) => offset)).toEqual([12, 17, 31, 32]);
    expect(reader.position).toBe(33);
    expect(reader.holes).toEqual([
      [13, 17],
      [18, 31],
    ]);
    const whole = readerOf(Buffer.concat([await batchOf(run(5, 9)), await batchOf(run(9, 12))]), 7);
    expect([readAll(whole).records.length, whole.holes]).toEqual([5, []]);
    const torn = readerOf(Buffer.concat([await batchOf(run(5, 9)), await batchOf(run(12, 13))]), 5);
    expect([readAll(torn).records.length, torn.holes]).toEqual([5, [[9, 12]]]);
    expect(readAll(readerOf(sparse, 31)).records).toEqual([]);
    const empty = readerOf(await batchOf([], { lastOffset: 4 }), 2);
    expect([readAll(empty).stops, empty.position, empty.holes]).toEqual([['end'], 5, [[2, 5]]]);
  });

  it('takes a batch that is cut off at the end for the end, wherever it is cut', async () => {
    const [first, second] = [await batchOf(run(0, 3)), await batchOf(run(3, 6))];
    const both = Buffer.concat([first, second]);
    for (let length = 0; length < both.length; length++) {
      const reader = readerOf(both.subarray(0, length));
      const whole = length >= first.length ? 3 : 0;
      expect(readAll(reader)).toEqual({ records: run(0, whole), stops: ['end'] });
      expect(reader.position).toBe(whole);
    }
  });

  it('notices every altered byte that the checksum covers, and goes on behind the batch', async () => {
    const [first, second] = [await batchOf(run(0, 2)), await batchOf(run(2, 4))];
    for (let at = 17; at < first.length; at++) {
      const bytes = Buffer.concat([first, second]);
      bytes[at] = (bytes[at] as number) ^ 0x10;
      const reader = readerOf(bytes);
      const { records, stops } = readAll(reader, (stop) => {
        if (stop === 'checksum') reader.skip();
        return stop === 'checksum';
      });
      const malformed = stops[0] === 'malformed';
      expect(stops).toEqual(malformed ? ['malformed'] : ['checksum', 'end']);
      if (!malformed) expect(records).toEqual(run(2, 4));
    }
  });

  it('reads a batch with a wrong checksum all the same when it is told to, and checks the next one again', async () => {
    const bytes = Buffer.concat([await batchOf(run(0, 3)), await batchOf(run(3, 5))]);
    const value = bytes.indexOf('vvvvvvv1');
    bytes[value] = 'w'.charCodeAt(0);
    const reader = readerOf(bytes);
    const { records, stops } = readAll(reader, (stop) => {
      return stop === 'checksum';
    });
    expect(stops).toEqual(['checksum', 'end']);
    expect(reader.position).toBe(5);
    expect(records).toEqual(run(0, 5).map((one) => (one.offset === 1 ? { ...one, value: 'wvvvvvv1' } : one)));
    bytes[bytes.length - 1] = (bytes[bytes.length - 1] as number) ^ 1;
    const again = readerOf(bytes);
    let checksums = 0;
    const twice = readAll(again, (stop) => stop === 'checksum' && checksums++ === 0);
    expect(twice.stops).toEqual(['checksum', 'checksum']);
  });

  it('asks for a codec that is not loaded, and goes on when it is', async () => {
    const some = new Map<CompressionName, CompressionCodec>();
    const reader = new RecordBatchReader(crc, some);
    const bytes = Buffer.concat([await batchOf(run(0, 3)), await batchOf(run(3, 6), { gzip: true })]);
    reader.open(bytes, 0, bytes.length, 0);
    const { records, stops } = readAll(reader, (stop) => {
      if (stop === 'codec') some.set(reader.codec, codecs.get(reader.codec) as CompressionCodec);
      return stop === 'codec';
    });
    expect([records, stops]).toEqual([run(0, 6), ['codec', 'end']]);
  });

  it('leaves out the marks of transactions, and the records of those that were aborted', async () => {
    const transactional = (producerId: number) => ({ producerId, transactional: true });
    const bytes = Buffer.concat([
      await batchOf(run(0, 2), transactional(7)),
      await batchOf(run(2, 4), transactional(8)),
      await batchOf(run(4, 6)),
      await controlBatch(6, 7, 0),
      await batchOf(run(7, 9), transactional(7)),
      await controlBatch(9, 7, 1),
      await controlBatch(10, 8, 1),
      await batchOf(run(11, 12), transactional(8)),
      await controlBatch(12, 8, 0),
      await batchOf(run(13, 14), { producerId: 7 }),
    ]);
    const aborted = [
      { producerId: 7, firstOffset: 0 },
      { producerId: 8, firstOffset: 11 },
    ];
    const committed = readerOf(bytes, 0, aborted);
    expect(readAll(committed).records.map(({ offset }) => offset)).toEqual([2, 3, 4, 5, 7, 8, 13]);
    expect(committed.position).toBe(14);
    const all = readAll(readerOf(bytes)).records.map(({ offset }) => offset);
    expect(all).toEqual([0, 1, 2, 3, 4, 5, 7, 8, 11, 13]);
  });

  it('tells a message of before Kafka 0.11 from a batch, and goes on behind it', async () => {
    // offset:i64 length:i32 crc:u32 magic:i8 attributes:i8 timestamp:i64 key:i32 value:i32
    const old = Buffer.alloc(12 + 22);
    old.writeBigInt64BE(4n, 0);
    old.writeInt32BE(22, 8);
    old.writeInt8(1, 16);
    const reader = readerOf(Buffer.concat([old, await batchOf(run(5, 7))]), 4);
    const { records, stops } = readAll(reader, (stop) => {
      if (stop === 'old') reader.skip();
      return stop === 'old';
    });
    expect([records, stops, reader.position]).toEqual([run(5, 7), ['old', 'end'], 7]);
  });

  it('refuses records that a whole checksum does not make good', async () => {
    const good = await batchOf(run(0, 3));
    const change = (edit: (batch: Buffer) => void) => {
      const batch = Buffer.from(good);
      edit(batch);
      return readAll(readerOf(sealed(batch))).stops;
    };
    expect(change((batch) => batch.writeInt32BE(2, 57))).toEqual(['records']);
    expect(change((batch) => batch.writeInt32BE(4, 57))).toEqual(['records']);
    expect(change((batch) => batch.writeInt32BE(0x7fffffff, 57))).toEqual(['records']);
    expect(change((batch) => batch.writeInt32BE(1, 23))).toEqual(['records']);
    expect(change((batch) => batch.writeInt16BE(5, 21))).toEqual(['records']);
    expect(change((batch) => batch.writeInt16BE(4, 21))).toEqual(['records']);
    expect(change((batch) => batch.writeInt32BE(-1, 57))).toEqual(['malformed']);
    expect(change((batch) => batch.writeInt32BE(-1, 23))).toEqual(['malformed']);
    expect(change((batch) => batch.writeInt32BE(13, 8))).toEqual(['malformed']);
    expect(change((batch) => batch.writeInt8(3, 16))).toEqual(['malformed']);
    expect(change((batch) => batch.writeInt32BE(0x7fffffff, 8))).toEqual(['end']);
  });

  it('never reads outside, hangs or takes much memory, whatever the bytes are', async () => {
    const samples = [
      await batchOf(run(0, 4)),
      await batchOf(run(0, 30), { gzip: true }),
      ...golden.batches.map(({ bytes }) => Buffer.from(bytes, 'base64')),
    ];
    const places = createRecordPlaces(16);
    const survive = (bytes: Uint8Array, unchecked: boolean): void => {
      // Surrounded by other bytes, of which none may be part of a record.
      const around = Buffer.concat([Buffer.alloc(64, 0x02), bytes, Buffer.alloc(64, 0x02)]);
      const reader = new RecordBatchReader(unchecked ? (b, from, to) => ownCrc(b, from, to) : crc, codecs);
      reader.open(around, 64, 64 + bytes.length, 0);
      for (let turns = 0; turns <= bytes.length + 2; turns++) {
        const stop = reader.read(places);
        for (let i = 0; i < places.count; i++) {
          const [low, high] = places.bytes === around ? [64, 64 + bytes.length] : [0, places.bytes.length];
          for (const at of [places.keyStarts, places.keyEnds, places.valueStarts, places.valueEnds]) {
            if ((at[i] as number) < low || (at[i] as number) > high) throw new Error('outside');
          }
          if ((places.identityEnds[i] as number) > high) throw new Error('outside');
        }
        places.count = 0;
        if (stop === 'more') continue;
        if (stop === 'records' || stop === 'old') reader.skip();
        else if (stop !== 'checksum') return;
      }
      throw new Error('it does not end');
    };
    /** Makes every checksum good: what the batch says is what it has. */
    const ownCrc = (bytes: Uint8Array, from: number, _to: number): number =>
      new DataView(bytes.buffer, bytes.byteOffset).getUint32(from - 4);
    for (const sample of samples.slice(0, 2)) {
      for (let at = 0; at < sample.length; at++) {
        for (const flip of [0x01, 0x40, 0x80, 0xff]) {
          const bytes = Buffer.from(sample);
          bytes[at] = (bytes[at] as number) ^ flip;
          survive(bytes, true);
          survive(bytes, false);
        }
      }
    }
    fc.assert(
      fc.property(
        fc.constantFrom(...samples),
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 6 }),
        fc.nat(),
        fc.boolean(),
        (sample, edits, cut, unchecked) => {
          const bytes = Buffer.from(sample);
          for (const [at, value] of edits) bytes[at % bytes.length] = value;
          survive(bytes.subarray(0, cut % 3 === 0 ? cut % bytes.length : bytes.length), unchecked);
        },
      ),
      { numRuns: 1500 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => survive(bytes, true)),
      { numRuns: 1000 },
    );
  });

  it('reads any records back', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ key: fc.string(), value: fc.string({ maxLength: 300 }), id: fc.string() }), {
          minLength: 1,
          maxLength: 40,
        }),
        fc.integer({ min: 0, max: 2 ** 52 }),
        fc.boolean(),
        fc.integer({ min: 1, max: 50 }),
        async (entries, base, gzip, capacity) => {
          const records = entries.map(({ key, value, id }, i) => ({ offset: base + i, key, value, identity: id }));
          const reader = readerOf(await batchOf(records, { gzip }), base);
          expect(readAll(reader, undefined, capacity).records).toEqual(records);
          expect(reader.position).toBe(base + records.length);
        },
      ),
      { numRuns: 80 },
    );
  });
});
