import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VarintReader, varintBytes, varlongBytes, writeVarint, writeVarlong } from '../../../src/wire/kafka/varint.ts';
import { KafkajsEncoder } from './kafkajs-internals.ts';

const out = new Uint8Array(32);
const long = fc.integer({ min: -(2 ** 51), max: 2 ** 51 });
const edges = [0, -1, 1, 63, 64, -64, -65, 8191, 8192, 2 ** 20 - 1, 2 ** 27, 2 ** 30, 2 ** 31 - 1, -(2 ** 31)];

function kafkajs(kind: 'writeVarInt' | 'writeVarLong', value: number): string {
  return new KafkajsEncoder()[kind](value).buffer.toString('hex');
}

function written(end: number): string {
  return Buffer.from(out.subarray(0, end)).toString('hex');
}

function read(kind: 'varint' | 'varlong', bytes: Uint8Array, end = bytes.length): [number, number] {
  const reader = new VarintReader();
  return [reader[kind](bytes, end), reader.at];
}

describe('varints', () => {
  it.each(edges)('writes %d as kafkajs does', (value) => {
    expect(written(writeVarint(out, 0, value))).toBe(kafkajs('writeVarInt', value));
    expect(written(writeVarlong(out, 0, value))).toBe(kafkajs('writeVarLong', value));
  });

  it('has its length, its bytes and its way back for any number', () => {
    fc.assert(
      fc.property(fc.integer(), (value) => {
        const end = writeVarint(out, 0, value);
        expect(varintBytes(value)).toBe(end);
        expect(written(end)).toBe(kafkajs('writeVarInt', value));
        expect(read('varint', out, end)).toEqual([value, end]);
        expect(read('varint', out, end - 1)[1]).toBe(-1);
      }),
    );
  });

  it('has them for longs', () => {
    fc.assert(
      fc.property(long, (value) => {
        const end = writeVarlong(out, 0, value);
        expect(varlongBytes(value)).toBe(end);
        expect(written(end)).toBe(kafkajs('writeVarLong', value));
        expect(read('varlong', out, end)).toEqual([value, end]);
        expect(read('varlong', out, end - 1)[1]).toBe(-1);
      }),
    );
  });

  it('refuses what goes on for ever or does not fit', () => {
    expect(read('varint', new Uint8Array(9).fill(0xff))[1]).toBe(-1);
    expect(read('varint', Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x1f))[1]).toBe(-1);
    expect(read('varint', Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x0f))).toEqual([-(2 ** 31), 5]);
    expect(read('varlong', new Uint8Array(12).fill(0x80))[1]).toBe(-1);
    expect(read('varlong', new Uint8Array(9).fill(0xff))[1]).toBe(-1);
    const reader = new VarintReader();
    reader.at = -1;
    expect(reader.varint(Uint8Array.of(2), 1)).toBe(0);
    expect(reader.at).toBe(-1);
  });
});
