import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evenRatios, loadText, roundLoad } from '../../src/plan/loads.ts';

describe('loads', () => {
  it('are whole devices, or rates of four digits', () => {
    expect([roundLoad('devices', 1234.5), roundLoad('rate', 1234.5), roundLoad('rate', 0.123456)]).toEqual([
      1235, 1235, 0.1235,
    ]);
  });

  it('rise in equal ratios from one bound to the other', () => {
    expect(evenRatios('rate', 100, 10_000, 4)).toEqual([100, 316.2, 1000, 3162, 10_000]);
    expect(evenRatios('rate', 0.5, 3, 1)).toEqual([0.5, 3]);
    // There are no more than three numbers of devices.
    expect(evenRatios('devices', 2, 4, 8)).toEqual([2, 3, 4]);
  });

  it('rise without a repetition, within their bounds, however they are rounded', () => {
    const bounds = fc.tuple(fc.integer({ min: 1, max: 100_000 }), fc.integer({ min: 1, max: 1_000_000 }));
    fc.assert(
      fc.property(
        fc.constantFrom('rate', 'devices'),
        bounds,
        fc.double({ noNaN: true }),
        (unit, [from, more], share) => {
          const to = from + more;
          // Nearer to each other than four digits can tell no loads are asked for.
          const most = Math.floor(Math.log(to / from) / Math.log1p(0.001));
          const levels = evenRatios(unit, from, to, Math.max(1, Math.min(24, Math.round(Math.abs(share) % most) || 1)));
          expect([levels[0], levels.at(-1)]).toEqual([from, to]);
          for (const [i, level] of levels.slice(1).entries()) expect(level).toBeGreaterThan(levels[i] as number);
        },
      ),
    );
  });

  it('are told in their unit', () => {
    expect([loadText({ vary: 'rate' }, 5000), loadText({ vary: 'devices' }, 20_000)]).toEqual([
      '5k/s',
      '20,000 devices',
    ]);
    expect(loadText({ vary: 'devices' }, 1)).toBe('1 device');
  });
});
