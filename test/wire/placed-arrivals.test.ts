import { describe, expect, it } from 'vitest';
import { ByteReader } from '../../src/wire/byte-reader.ts';
import { ByteWriter } from '../../src/wire/byte-writer.ts';
import {
  type PlacedArrival,
  partitionName,
  placedKinds,
  readPlaced,
  writePlaced,
} from '../../src/wire/placed-arrivals.ts';

const placed: PlacedArrival[] = [
  { kind: 'duplicate', slot: 0, partition: 0, offset: 0 },
  { kind: 'reordered', slot: 300, partition: 2, offset: 127 },
  { kind: 'corrupt', slot: 1, partition: 11, offset: 2 ** 53 - 1 },
];

function written(arrivals: readonly PlacedArrival[]): Uint8Array {
  const writer = new ByteWriter();
  writePlaced(writer, arrivals);
  return writer.take();
}
function read(bytes: Uint8Array, into: PlacedArrival[] = []): PlacedArrival[] {
  readPlaced(new ByteReader(bytes), into);
  return into;
}

describe('arrivals with their places', () => {
  it('are written as they stand in files: a kind from 1, slot, partition, offset, and a zero at the end', () => {
    expect(Buffer.from(written(placed)).toString('hex')).toBe(
      ['01000000', '02ac02027f', '03010bffffffffffffff0f', '00'].join(''),
    );
    expect(written([])).toEqual(Uint8Array.of(0));
    expect(placedKinds).toEqual(['duplicate', 'reordered', 'corrupt']);
  });

  it('come back behind what was there, and nothing behind their end is touched', () => {
    const [first, ...rest] = placed as [PlacedArrival, ...PlacedArrival[]];
    const reader = new ByteReader(Uint8Array.from([...written(rest), 7]));
    const into = [first];
    readPlaced(reader, into);
    expect(into).toEqual(placed);
    expect(reader.byte()).toBe(7);
  });

  it('of a kind that nobody knows are damage, as are those cut off anywhere', () => {
    expect(() => read(Uint8Array.of(4, 0, 0, 0, 0))).toThrow(
      expect.objectContaining({ code: 'file-corrupt', value: '4' }),
    );
    const whole = written(placed);
    for (let to = 0; to < whole.length; to++)
      expect(() => read(whole.subarray(0, to))).toThrow(expect.objectContaining({ code: 'file-corrupt' }));
  });
});

it('calls a partition by its number, and among several topics by both', () => {
  expect([0, 17, 1_048_576, 2 * 1_048_576 + 3].map(partitionName)).toEqual(['0', '17', '2:0', '3:3']);
});
