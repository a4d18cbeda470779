import { describe, expect, it } from 'vitest';
import { PartitionReading } from '../../../src/targets/kafka/partition-reading.ts';
import { RecordDelivery } from '../../../src/targets/kafka/record-delivery.ts';
import { type CompressionCodec, type CompressionName, loadCodec } from '../../../src/wire/kafka/compression.ts';
import { crc32cInJs } from '../../../src/wire/kafka/crc32c.ts';
import type { FetchedPartition } from '../../../src/wire/kafka/fetch.ts';
import { RecordBatchReader } from '../../../src/wire/kafka/record-batch-reader.ts';
import { controlBatch, sealed } from '../../wire/kafka/record-batches.ts';
import { Arrived, eventBatch, events } from './reading-world.ts';

async function setting(position = 0) {
  const codecs = new Map<CompressionName, CompressionCodec>([['none', await loadCodec('none')]]);
  const arrived = new Arrived();
  const told: string[] = [];
  const tools = {
    topic: 't',
    reader: new RecordBatchReader(crc32cInJs, codecs),
    delivery: new RecordDelivery((batch) => arrived.delivered(batch)),
    gap: (detail: string) => void told.push(`gap: ${detail}`),
    notice: (detail: string) => void told.push(`notice: ${detail}`),
    hole: (partition: number, from: number, to: number) => void told.push(`hole: ${partition} ${from}-${to}`),
  };
  const reading = new PartitionReading(3, 0, position, tools);
  /** An answer with these batches. */
  const take = (batches: readonly Buffer[], more: Partial<FetchedPartition> = {}, committed = false) => {
    // They do not begin where the frame does.
    const frame = Buffer.concat([Buffer.alloc(9, 0xff), ...batches, Buffer.alloc(5, 0xff)]);
    const answer = { partition: 3, errorCode: 0, highWatermark: -1, lastStable: -1, logStart: -1, aborted: [] };
    return reading.take(frame, { ...answer, start: 9, end: frame.length - 5, ...more }, committed, 77);
  };
  return { reading, take, arrived, told, codecs };
}

it('delivers what it was given from its position on, each with its offset', async () => {
  const { reading, take, arrived, told } = await setting(2);
  expect([reading.from, reading.position, reading.answered]).toEqual([0, 2, false]);
  expect(take([await eventBatch(0, 4), await eventBatch(4, 6)], { highWatermark: 9 })).toBe('fetch');
  expect(arrived.values).toEqual(events(2, 6));
  expect(arrived.at).toEqual(['3/2', '3/3', '3/4', '3/5']);
  expect([reading.position, reading.readable, reading.behind, reading.answered]).toEqual([6, 9, true, true]);
  // Nothing new: it waits like everybody.
  expect(take([], { highWatermark: 9 })).toBe('fetch');
  expect([reading.position, reading.behind]).toEqual([6, false]);
  expect(told).toEqual([]);
});

it('reads up to the last transaction that is over, without those that were aborted', async () => {
  const { reading, take, arrived } = await setting();
  const transaction = { transactional: true, producerId: 7 };
  const batches = [await eventBatch(0, 2, transaction), await controlBatch(2, 7, 0), await eventBatch(3, 4)];
  const more = { highWatermark: 10, lastStable: 4, aborted: [{ producerId: 7, firstOffset: 0 }] };
  expect(take(batches, more, true)).toBe('fetch');
  expect([arrived.values, reading.position, reading.readable]).toEqual([['e3'], 4, 4]);
});

describe('an error', () => {
  it('of the position asks for the bounds of the log', async () => {
    const { reading, take, told } = await setting(5);
    expect(take([], { errorCode: 1 })).toBe('bounds');
    expect([reading.answered, reading.refusal, told]).toEqual([true, 0, []]);
  });

  it.each([3, 5, 6, 9, 74, 75, 78, 100, 103])(
    'that passes with a change of leaders says nothing: %i',
    async (errorCode) => {
      const { reading, take, told } = await setting();
      expect(take([], { errorCode })).toBe('leader');
      expect([reading.refusal, told]).toEqual([0, []]);
    },
  );

  it('that does not pass is kept and told', async () => {
    const { reading, take, told } = await setting();
    expect(take([], { errorCode: 29 })).toBe('leader');
    expect([reading.refusal, told]).toEqual([
      29,
      ['notice: partition 3 of t cannot be read: topic authorization failed'],
    ]);
  });
});

it('misses what was deleted before it was read', async () => {
  const { reading, take, arrived, told } = await setting(1);
  expect(take([await eventBatch(4, 5)], { logStart: 4 })).toBe('fetch');
  expect([reading.position, arrived.values]).toEqual([5, ['e4']]);
  expect(told).toEqual(['gap: partition 3 of t: offsets 1 to 3 were deleted before they were read (retention)']);
});

it.each([
  [9, 20, 9, ['gap: partition 3 of t: offsets 5 to 8 were deleted before they were read (retention)']],
  [0, 3, 3, ['gap: partition 3 of t was cut back from offset 5 to 3']],
  [0, 5, 5, []],
  [0, 9, 5, []],
])('goes to where the log is, from %i to %i', async (start, end, position, gaps) => {
  const { reading, told } = await setting(5);
  reading.bounded(start, end);
  expect([reading.position, told]).toEqual([position, gaps]);
});

it('has a codec loaded, and goes on with it', async () => {
  const { reading, take, arrived, codecs } = await setting();
  const packed = await eventBatch(1, 30, { gzip: true });
  expect(take([await eventBatch(0, 1), packed])).toBe('codec');
  expect([reading.codec, reading.position]).toEqual(['gzip', 1]);
  codecs.set('gzip', await loadCodec('gzip'));
  expect(take([packed])).toBe('fetch');
  expect(arrived.values).toEqual(events(0, 30));
});

describe('a checksum that does not match', () => {
  const wrong = async () => {
    const batch = await eventBatch(0, 3);
    batch.writeInt32BE(batch.readInt32BE(17) ^ 1, 17);
    return batch;
  };

  it('is asked for once more, and was the way’s fault if it is whole then', async () => {
    const { take, arrived, told } = await setting();
    expect(take([await wrong()])).toBe('again');
    expect([arrived.values, told]).toEqual([[], []]);
    expect(take([await eventBatch(0, 3)])).toBe('fetch');
    expect([arrived.values, told]).toEqual([
      events(0, 3),
      ['notice: partition 3 of t: a batch did not match its checksum and was whole when it was read again'],
    ]);
  });

  it('is read as it is if it is the same again: a gap', async () => {
    const { take, arrived, told } = await setting();
    expect([take([await wrong()]), take([await wrong()])]).toEqual(['again', 'fetch']);
    expect([arrived.values, told]).toEqual([
      events(0, 3),
      ['gap: partition 3 of t: the batch of offsets 0 to 2 does not match its checksum'],
    ]);
  });
});

it('passes over what cannot be read: a gap, with what follows read', async () => {
  const { reading, take, arrived, told } = await setting();
  const old = await eventBatch(0, 2);
  old.writeInt8(1, 16);
  const broken = await eventBatch(2, 5);
  // A record that is longer than its batch.
  broken[61] = 0x7e;
  expect(take([sealed(broken), await eventBatch(5, 6)])).toBe('fetch');
  expect([arrived.values, reading.position]).toEqual([['e5'], 6]);
  expect(told).toContain('gap: partition 3 of t: the records of offsets 2 to 4 cannot be read');
  const other = await setting();
  other.take([old, await eventBatch(2, 3)]);
  expect(other.told).toContainEqual(expect.stringMatching(/^gap: .* format of before Kafka 0\.11/));
});

it('stops before what is no batch', async () => {
  const { reading, take, told } = await setting();
  const garbled = await eventBatch(1, 2);
  garbled.writeInt32BE(-5, 8);
  expect(take([await eventBatch(0, 1), garbled])).toBe('again');
  expect([reading.position, told]).toEqual([1, ['gap: partition 3 of t: what follows offset 1 is no record batch']]);
});

it('tells of offsets without a record', async () => {
  const { take, told } = await setting();
  take([await eventBatch(0, 2, { lastOffset: 4 })]);
  expect(told).toEqual(['hole: 3 2-5']);
});

describe('seams', () => {
  const ledBy = async (epoch: number, from: number, to: number) => {
    const batch = await eventBatch(from, to);
    batch.writeInt32BE(epoch, 12);
    return batch;
  };

  it('are where leaders’ terms changed, and the end of what was read', async () => {
    const { reading, take } = await setting();
    take([await ledBy(0, 0, 2)]);
    expect(reading.seams).toEqual([]);
    take([await ledBy(0, 2, 3), await ledBy(4, 3, 5)]);
    expect(reading.seams).toEqual([
      { partition: 3, epoch: 0, at: 3 },
      { partition: 3, epoch: 4, at: 5 },
    ]);
  });

  it('are there too where another broker is asked, before it has written anything', async () => {
    const { reading, take } = await setting();
    reading.readAt(1);
    reading.readAt(2);
    expect(reading.seams).toEqual([]);
    take([await ledBy(0, 0, 2)]);
    expect(reading.seams).toEqual([{ partition: 3, epoch: 0, at: 2 }]);
    const same = await setting();
    same.reading.readAt(1);
    same.reading.readAt(1);
    same.take([await ledBy(0, 0, 2)]);
    expect(same.reading.seams).toEqual([]);
  });

  it('are kept, the first hundred', async () => {
    const { reading, take } = await setting();
    for (let i = 0; i < 130; i++) take([await ledBy(i, i, i + 1)]);
    expect(reading.seams).toHaveLength(101);
    expect(reading.seams.at(-1)).toEqual({ partition: 3, epoch: 129, at: 130 });
  });
});
