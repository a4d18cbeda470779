import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProtocolReader } from '../../../src/wire/kafka/protocol-reader.ts';
import { ProtocolWriter } from '../../../src/wire/kafka/protocol-writer.ts';

const text = fc.string({ unit: 'grapheme', maxLength: 60 });
const item = fc.oneof(
  fc.record({ kind: fc.constant('int8' as const), value: fc.integer({ min: -128, max: 127 }) }),
  fc.record({ kind: fc.constant('int16' as const), value: fc.integer({ min: -32_768, max: 32_767 }) }),
  fc.record({ kind: fc.constant('int32' as const), value: fc.integer() }),
  fc.record({ kind: fc.constant('int64' as const), value: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }) }),
  fc.record({ kind: fc.constant('boolean' as const), value: fc.boolean() }),
  fc.record({ kind: fc.constant('string' as const), value: text }),
  fc.record({ kind: fc.constant('bytes' as const), value: fc.uint8Array({ maxLength: 100 }) }),
);

const refused = expect.objectContaining({ code: 'target-refused' });

describe('ProtocolWriter and ProtocolReader', () => {
  it('are each other’s inverse, and a cut frame is refused', () => {
    fc.assert(
      fc.property(fc.array(item), fc.nat(), (items, cut) => {
        const writer = new ProtocolWriter(1);
        for (const { kind, value } of items) (writer[kind] as (value: unknown) => void)(value);
        expect(writer.length).toBeLessThan(100_000);
        const bytes = writer.take();
        expect(writer.length).toBe(0);
        const reader = new ProtocolReader(bytes);
        for (const { kind, value } of items) expect(reader[kind]()).toEqual(value);
        expect(reader.remaining).toBe(0);
        if (bytes.length === 0) return;
        const short = new ProtocolReader(bytes, 0, cut % bytes.length);
        expect(() => {
          for (const { kind } of items) short[kind]();
        }).toThrow(refused);
      }),
    );
  });

  it('writes the bytes that the protocol guide describes', () => {
    const writer = new ProtocolWriter();
    writer.int16(18).int16(-1).string('é').string(null).bytes(null).bytes(Uint8Array.of(9)).boolean(true);
    writer.array([1, 2], (value, to) => to.int8(value)).array(null, () => {});
    expect(Buffer.from(writer.takeFrame()).toString('hex')).toBe(
      '0000001e' + '0012ffff' + '0002c3a9' + 'ffff' + 'ffffffff' + '0000000109' + '01' + '000000020102' + 'ffffffff',
    );
    writer.int32(0).int64(-2);
    writer.patchInt32(0, 7);
    expect(Buffer.from(writer.take()).toString('hex')).toBe('00000007fffffffffffffffe');
  });

  it('tells null from empty, and keeps inside its bounds', () => {
    const bytes = new ProtocolWriter().string(null).string('').bytes(null).bytes(new Uint8Array(0)).int32(-1).take();
    const reader = new ProtocolReader(bytes);
    expect([reader.nullableString(), reader.nullableString()]).toEqual([null, '']);
    expect([reader.nullableBytes(), reader.nullableBytes()?.length]).toEqual([null, 0]);
    expect(reader.array(() => 1)).toEqual([]);
    expect(() => new ProtocolReader(bytes).string()).toThrow(refused);
    expect(() => new ProtocolReader(bytes, 4).bytes()).toThrow(refused);
    expect(() => new ProtocolReader(bytes, 0, bytes.length + 1)).toThrow(refused);
    expect(() => new ProtocolReader(bytes).skip(-1)).toThrow(refused);
  });

  it('refuses a count that its bytes cannot hold, before anything is made for it', () => {
    expect(() => new ProtocolReader(Uint8Array.of(0x7f, 0xff, 0xff, 0xff, 0)).array(() => 0)).toThrow(refused);
    expect(() => new ProtocolReader(Uint8Array.of(0xff, 0xff, 0xff, 0xfe)).array(() => 0)).toThrow(refused);
    expect(() => new ProtocolReader(Uint8Array.of(0xff, 0xfe)).nullableString()).toThrow(refused);
  });

  it.each([0, -1, 1, 2 ** 32, -(2 ** 40), Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER])(
    'reads %d as a number',
    (value) => {
      expect(new ProtocolReader(new ProtocolWriter().int64(value).take()).safeInt64()).toBe(value);
    },
  );

  it('refuses an int64 that no number holds', () => {
    expect(() => new ProtocolReader(new ProtocolWriter().int64(2n ** 53n).take()).safeInt64()).toThrow(refused);
  });
});
