import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { FleetView, SeatKey } from '../../../src/models/model.ts';
import { ROW_US, Timetable } from '../../../src/models/physics/timetable.ts';
import { turbine } from '../../../src/models/turbine.ts';
import { defaultParams } from '../../contracts/model.ts';

const START_US = 1_672_531_200_000_000;
const DAY_US = 86_400_000_000;
const channels = { length: 0, start: 1 };

/** A fleet of one device whose rows are due so far apart, the gaps taken in turn. */
function fleetOf(gapsUs: readonly number[], life: number): FleetView {
  const round = gapsUs.reduce((sum, gap) => sum + gap, 0);
  return {
    params: { ...defaultParams(turbine), life },
    devices: 1,
    key: { k0: 9, k1: 9 },
    keyOf: () => {},
    dueOf(_seat, n) {
      const place = n % gapsUs.length;
      const part = gapsUs.slice(0, place).reduce((sum, gap) => sum + gap, 0);
      return START_US + Math.floor(n / gapsUs.length) * round + part;
    },
  };
}

const gap = fc.oneof(
  fc.integer({ min: 1, max: 1_000 }),
  fc.integer({ min: 1_000_000, max: 120_000_000 }),
  fc.constantFrom(ROW_US - 1, ROW_US, ROW_US + 1),
  fc.integer({ min: ROW_US, max: 10 * DAY_US }),
);
const gaps = fc.oneof(
  gap.map((one) => [one]),
  fc.array(gap, { minLength: 1, maxLength: 30 }),
);
const keys = fc
  .record({ k0: fc.integer(), k1: fc.integer() })
  .map((key): SeatKey => ({ seat: 0, k0: key.k0 | 0, k1: key.k1 | 0 }));

it('never takes a row after it is due, nor two closer than rows are due or 57 s, whatever the schedule', () => {
  fc.assert(
    fc.property(gaps, keys, fc.integer({ min: 100, max: 900 }), (gapsUs, key, life) => {
      const own = fleetOf(gapsUs, life);
      const device = turbine.create(own.params, [], 1, { own, named: () => undefined });
      let before = Number.NEGATIVE_INFINITY;
      const least = Math.min(...gapsUs, turbine.leastGapUs ?? 0);
      for (let n = 0; n < 2 * life + 10; n++) {
        const dueUs = own.dueOf(0, n);
        const atUs = device.sampledAt(key, n, dueUs);
        const isRight = atUs <= dueUs && atUs > dueUs - turbine.maxSamplingDelayUs && atUs - before >= least;
        if (!isRight || !Number.isInteger(atUs)) expect({ n, atUs, dueUs, before, least }).toBe('in order and in time');
        before = atUs;
      }
    }),
    { numRuns: 200 },
  );
});

it('cuts a life into trips of one day each, without a gap', () => {
  fc.assert(
    fc.property(fc.integer({ min: ROW_US, max: 5 * 3_600_000_000 }), keys, (gapUs, key) => {
      const timetable = new Timetable(fleetOf([gapUs], 2_000), key, 0, 2_000, channels);
      const { trips, tripsUs } = timetable;
      expect([trips[0], trips.at(-1)]).toEqual([0, 2_000]);
      expect(trips).toHaveLength(tripsUs.length + 1);
      for (let row = 0; row < 2_000; row++) {
        const trip = timetable.tripOf(row);
        const isIn = (trips[trip] as number) <= row && row < (trips[trip + 1] as number);
        const day = Math.floor(timetable.takenAt(row) / DAY_US);
        if (!isIn || day !== Math.floor((tripsUs[trip] as number) / DAY_US))
          expect({ row, trip, day }).toBe('of its day');
      }
      const days = tripsUs.map((atUs) => Math.floor(atUs / DAY_US));
      expect(new Set(days).size).toBe(days.length);
    }),
    { numRuns: 100 },
  );
});
