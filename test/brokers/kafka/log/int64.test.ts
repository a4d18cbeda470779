import { expect, it } from 'vitest';
import { int64At, setInt64At } from '../../../../src/brokers/kafka/log/int64.ts';

it.each([0, 1, -1, 2 ** 31, -(2 ** 31), 2 ** 32 - 1, 2 ** 32, -(2 ** 32), -(2 ** 32) - 1, 2 ** 53 - 1, 1 - 2 ** 53])(
  'a 64-bit number has the bytes that Node gives it: %d',
  (value) => {
    const bytes = Buffer.alloc(16, 0xaa);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    setInt64At(view, 3, value);
    expect(bytes.readBigInt64BE(3)).toBe(BigInt(value));
    expect(int64At(view, 3)).toBe(value);
    expect([bytes[2], bytes[11]]).toEqual([0xaa, 0xaa]);
  },
);
