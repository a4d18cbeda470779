import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Behavior, createBehavior, deviceNumbers } from '../../../src/models/behavior/behavior.ts';
import { mostIncarnations } from '../../../src/models/behavior/churn.ts';
import type { BehaviorSpec } from '../../../src/models/behavior/spec.ts';

const HOUR = 3_600_000_000;
const YEAR = 366 * 24 * HOUR;

function behavior(spec: BehaviorSpec, seed = 42, endUs = YEAR): Behavior {
  const compiled = createBehavior(spec, { seed, fleet: 'meters', endUs });
  if (compiled === null) throw new Error('an empty spec');
  return compiled;
}

/** A share measured in n independent trials lies this close to the true one, but for one case in 10⁹. */
function tolerance(share: number, n: number): number {
  return 6 * Math.sqrt((share * (1 - share)) / n);
}

describe('behavior', () => {
  it('is nothing where nothing is asked', () => {
    const context = { seed: 1, fleet: 'a', endUs: HOUR };
    expect(createBehavior(undefined, context)).toBeNull();
    expect(createBehavior({}, context)).toBeNull();
  });

  it('leaves alone what is not asked', () => {
    const only = behavior({ duplicates: { numerator: 1, denominator: 1 } });
    expect([only.churns, only.holds, only.doubles, only.damages]).toEqual([false, false, true, false]);
    expect([only.incarnationAt(3, HOUR), only.releaseAt(3, HOUR), only.skewOf(3), only.isMalformed(3)]).toEqual([
      0,
      HOUR,
      0,
      false,
    ]);
    expect(behavior({ clockSkewUs: 5 }).copiesOf(3)).toBe(1);
  });

  it('follows seed and fleet, and nothing that was asked before', () => {
    const spec: BehaviorSpec = {
      churn: { everyUs: HOUR },
      offline: { everyUs: HOUR, forUs: HOUR / 4 },
      clockSkewUs: 2_000_000,
      duplicates: { numerator: 1, denominator: 10 },
      malformed: { numerator: 1, denominator: 10 },
    };
    const row = (of: Behavior, seat: number): number[] => [
      of.incarnationAt(seat, 7 * HOUR),
      of.releaseAt(seat, 7 * HOUR),
      of.skewOf(seat),
      of.copiesOf(seat),
      Number(of.isMalformed(seat)),
    ];
    const seats = [...Array(50).keys()];
    const [a, b, other] = [behavior(spec), behavior(spec), behavior(spec, 43)];
    expect(seats.map((seat) => row(a, seat))).toEqual(
      seats
        .reverse()
        .map((seat) => row(b, seat))
        .reverse(),
    );
    expect(seats.map((seat) => row(a, seat))).not.toEqual(seats.map((seat) => row(other, seat)));
  });
});

describe('churn', () => {
  it('begins with incarnation 0, never goes back, and counts one by one', () => {
    const { incarnationAt } = behavior({ churn: { everyUs: HOUR } });
    fc.assert(
      fc.property(fc.nat(1e6), fc.array(fc.nat(10 * HOUR), { minLength: 2 }), (seat, times) => {
        expect(incarnationAt(seat, 0)).toBe(0);
        const sorted = times.sort((a, b) => a - b).map((t) => incarnationAt(seat, t));
        expect(sorted).toEqual([...sorted].sort((a, b) => a - b));
      }),
    );
    let before = 0;
    for (let t = 0; t < 20 * HOUR; t += HOUR / 1000) {
      const now = incarnationAt(5, t);
      if (now !== before) before++;
      if (now !== before) expect(`${now} at ${t}`).toBe(`${before}`);
    }
    expect(before).toBeGreaterThanOrEqual(19);
  });

  it.each([
    [1, 'at the start'],
    [300_000, 'after a long time'],
  ])('reloads at its rate from %i h on, %s', (fromHours) => {
    const { incarnationAt } = behavior({ churn: { everyUs: 50 * HOUR } });
    const seats = 100_000;
    let reloads = 0;
    for (let seat = 0; seat < seats; seat++) {
      reloads += incarnationAt(seat, (fromHours + 5) * HOUR) - incarnationAt(seat, fromHours * HOUR);
    }
    expect(Math.abs(reloads / seats - 0.1)).toBeLessThan(tolerance(0.1, seats));
  });

  it('stays within the numbers that ids are made for', () => {
    fc.assert(
      fc.property(fc.nat(1e6), fc.integer({ min: 1, max: 3 * HOUR }), fc.nat(100 * HOUR), (seat, everyUs, endUs) => {
        const last = behavior({ churn: { everyUs } }).incarnationAt(seat, endUs);
        expect(last).toBeLessThan(mostIncarnations(everyUs, endUs));
        expect(last).toBeGreaterThanOrEqual(Math.floor(endUs / everyUs) - 1);
      }),
    );
    expect(deviceNumbers({ churn: { everyUs: HOUR } }, 100, 2 * HOUR)).toBe(500);
    expect(deviceNumbers({ clockSkewUs: 1 }, 100, 2 * HOUR)).toBe(100);
  });
});

describe('offline', () => {
  const spec: BehaviorSpec = { offline: { everyUs: 10 * HOUR, forUs: HOUR } };

  it('cuts off its share of the devices at any time', () => {
    const { releaseAt } = behavior(spec);
    const seats = 50_000;
    for (const t of [0, 1, HOUR, 10 * HOUR, 7777 * HOUR + 13]) {
      let offline = 0;
      for (let seat = 0; seat < seats; seat++) if (releaseAt(seat, t) > t) offline++;
      expect(Math.abs(offline / seats - 0.1)).toBeLessThan(tolerance(0.1, seats));
    }
  });

  it('lasts as long as it is said to, with one end for all that was held, and keeps the order', () => {
    const { releaseAt } = behavior(spec);
    for (let seat = 0; seat < 30; seat++) {
      let heldUs = 0;
      let last = 0;
      for (let t = 0; t < 1000 * HOUR; t += HOUR / 10) {
        const release = releaseAt(seat, t);
        if (release < Math.max(t, last) || release > t + HOUR) expect(`${release} at ${t}`).toBe('in order');
        if (release > t) {
          heldUs += HOUR / 10;
          if (releaseAt(seat, release - 1) !== release) expect(`${release - 1}`).toBe('held as well');
        }
        last = release;
      }
      expect(Math.abs(heldUs / HOUR - 100)).toBeLessThan(12);
    }
  });

  it('ends with the run', () => {
    const { releaseAt } = behavior(spec, 42, 5 * HOUR);
    let cut = 0;
    for (let seat = 0; seat < 1000; seat++) {
      const release = releaseAt(seat, 5 * HOUR - 1);
      expect(release).toBeLessThanOrEqual(5 * HOUR);
      if (release === 5 * HOUR) cut++;
    }
    expect(cut).toBeGreaterThan(50);
  });

  it('can be all of the time: a device that sends in bundles', () => {
    const { releaseAt } = behavior({ offline: { everyUs: HOUR, forUs: HOUR } });
    const ends = new Set<number>();
    for (let t = 0; t < 10 * HOUR; t += HOUR / 60) ends.add(releaseAt(9, t));
    expect(ends.size).toBeGreaterThanOrEqual(10);
    expect(ends.size).toBeLessThanOrEqual(11);
  });
});

describe('clock skew', () => {
  it('is spread evenly within its bound', () => {
    const { skewOf } = behavior({ clockSkewUs: 2_000_000 });
    const skews = Array.from({ length: 20_000 }, (_, seat) => skewOf(seat));
    expect(Math.max(...skews)).toBeLessThanOrEqual(2_000_000);
    expect(Math.min(...skews)).toBeGreaterThanOrEqual(-2_000_000);
    for (const quarter of [-1_500_000, -500_000, 500_000, 1_500_000]) {
      const share = skews.filter((skew) => Math.abs(skew - quarter) <= 500_000).length / skews.length;
      expect(Math.abs(share - 0.25)).toBeLessThan(tolerance(0.25, skews.length));
    }
  });
});

describe('duplicates and malformed events', () => {
  it.each([0, 2 ** 32 + 17, 2 ** 45])('are their share of the slots from %d on, each drawn for itself', (from) => {
    const { copiesOf, isMalformed } = behavior({
      duplicates: { numerator: 1, denominator: 50 },
      malformed: { numerator: 1, denominator: 10 },
    });
    const slots = 200_000;
    let doubled = 0;
    let damaged = 0;
    let both = 0;
    for (let slot = from; slot < from + slots; slot++) {
      if (copiesOf(slot) === 2) doubled++;
      if (isMalformed(slot)) damaged++;
      if (copiesOf(slot) === 2 && isMalformed(slot)) both++;
    }
    expect(Math.abs(doubled / slots - 0.02)).toBeLessThan(tolerance(0.02, slots));
    expect(Math.abs(damaged / slots - 0.1)).toBeLessThan(tolerance(0.1, slots));
    expect(Math.abs(both / slots - 0.002)).toBeLessThan(tolerance(0.002, slots));
  });

  it('are all of them at 100 %', () => {
    const all = behavior({ duplicates: { numerator: 1, denominator: 1 }, malformed: { numerator: 1, denominator: 1 } });
    for (let slot = 0; slot < 10_000; slot++) {
      if (all.copiesOf(slot) !== 2 || !all.isMalformed(slot)) expect(slot).toBe('in the share');
    }
  });
});
