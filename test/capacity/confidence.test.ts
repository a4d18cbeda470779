import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { credibleInterval } from '../../src/capacity/confidence.ts';

const agreed = (trials: number) => [
  { level: 1000, holds: trials, breaks: 0 },
  { level: 1050, holds: 0, breaks: trials },
];

describe('a credible interval', () => {
  it('is never narrower than the two loads, nor wider than a factor of e around them', () => {
    const tally = fc.record({
      level: fc.double({ min: 1, max: 1e6, noNaN: true }),
      holds: fc.integer({ min: 0, max: 20 }),
      breaks: fc.integer({ min: 0, max: 20 }),
    });
    fc.assert(
      fc.property(fc.array(tally, { maxLength: 8 }), fc.double({ min: 1, max: 1e6, noNaN: true }), (tallies, held) => {
        const [low, high] = credibleInterval(tallies, held, 1.05 * held);
        expect(low).toBeLessThanOrEqual(held);
        expect(high).toBeGreaterThanOrEqual(1.05 * held);
        expect(low).toBeGreaterThanOrEqual((held / Math.E) * (1 - 1e-9));
        expect(high).toBeLessThanOrEqual(1.05 * held * Math.E * (1 + 1e-9));
      }),
    );
  });

  it('gets narrower with trials that agree, down to the two loads', () => {
    const widths = [1, 3, 10].map((trials) => {
      const [low, high] = credibleInterval(agreed(trials), 1000, 1050);
      return high / low;
    });
    for (const [i, width] of widths.slice(1).entries()) expect(width).toBeLessThan(widths[i] as number);
    expect(widths[2]).toBeLessThan(1.1);
  });

  it('reaches to where trials disagree, whatever the unit of the loads', () => {
    const odd = [...agreed(3), { level: 800, holds: 2, breaks: 2 }];
    const [low] = credibleInterval(odd, 1000, 1050);
    expect(low).toBeLessThan(credibleInterval(agreed(3), 1000, 1050)[0]);
    const inThousands = odd.map((tally) => ({ ...tally, level: tally.level * 1000 }));
    expect(credibleInterval(inThousands, 1e6, 1.05e6)[0] / 1000).toBeCloseTo(low, 6);
  });
});
