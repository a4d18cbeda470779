import fc from 'fast-check';
import { expect, it } from 'vitest';
import { IsoSeconds } from '../../src/codecs/iso-time.ts';

it('IsoSeconds tells every second, in whatever order they are asked for', () => {
  const iso = new IsoSeconds();
  const bytes = new DataView(new ArrayBuffer(24));
  const near = fc.integer({ min: 1_700_000_000, max: 1_700_000_003 });
  fc.assert(
    fc.property(fc.oneof(near, fc.integer({ min: 0, max: 253_402_300_799 })), (second) => {
      const chunk = iso.at(second);
      for (let i = 0; i < 3; i++) bytes.setFloat64(8 * i, iso.chunks[chunk + i] as number, true);
      const text = new TextDecoder().decode(bytes.buffer.slice(0, 20));
      expect(`${text}000Z`).toBe(new Date(second * 1000).toISOString());
    }),
    { numRuns: 500 },
  );
});
