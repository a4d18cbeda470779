import fc from 'fast-check';
import { expect, it } from 'vitest';
import { timeUuid, uuidDigits } from '../../src/core/time-uuid.ts';

function uuid(timeUs: number, n: number, node = { high: 0x12345678, low: 0x9abcdef0 | 0 }): string {
  const out = new Float64Array(7).fill(-1);
  timeUuid(timeUs, n, node, out, 1);
  expect([out[0], out[6]]).toEqual([-1, -1]);
  return uuidDigits.map((digits, i) => (out[i + 1] as number).toString(16).padStart(digits, '0')).join('-');
}

it('counts steps of 100 ns from 1582-10-15', () => {
  // As RFC 9562 has it in its appendix A.1: 2022-02-22T19:22:22Z.
  expect(uuid(Date.UTC(2022, 1, 22, 19, 22, 22) * 1000, 0)).toMatch(/^c232ab00-9414-11ec-8000-/);
  fc.assert(
    fc.property(fc.maxSafeNat(), fc.nat(1e9), (timeUs, n) => {
      const steps = BigInt(timeUs) * 10n + 0x01b21dd213814000n + BigInt(n % 10);
      const hex = steps.toString(16).padStart(16, '0').slice(-15);
      const sequence = (0x8000 | (Math.floor(n / 10) % 0x4000)).toString(16);
      const [low, mid, high] = [hex.slice(7), hex.slice(3, 7), hex.slice(0, 3)];
      expect(uuid(timeUs, n)).toBe(`${low}-${mid}-1${high}-${sequence}-57789abcdef0`);
    }),
  );
});

it('gives none twice at one time', () => {
  expect(new Set(Array.from({ length: 5_000 }, (_, n) => uuid(1_700_000_000_000_000, n))).size).toBe(5_000);
});
