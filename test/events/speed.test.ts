import { describe, expect, it } from 'vitest';
import type { Speed } from '../../src/core/time-scale.ts';
import { createIdentified, Status } from '../../src/events/identified.ts';
import { createIdentifier } from '../../src/events/identifier.ts';
import { models } from '../../src/models/registry.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { createSchedule } from '../../src/schedule/schedule.ts';
import { anchor, eventsOf, phones, planOf } from './plans.ts';

const startUs = Date.UTC(2026, 0, 31, 22) * 1000;
const slots = [0, 1, 127, 128, 4_567, 99_999];

function at(speed: Speed | 'max', profile = 'seismograph-traced'): Plan {
  return planOf([phones(profile)], { clock: { startUs, speed } });
}

/** Milliseconds of a slot's event time after the clock's start. */
function timeOf(plan: Plan, slot: number): number {
  const [event] = eventsOf(plan, 0, [slot]);
  return Date.parse((JSON.parse(event?.payload as string) as { time: string }).time) - startUs / 1000;
}

describe('device time', () => {
  it.each([
    [{ numerator: 1, denominator: 1 }, 1],
    [{ numerator: 1440, denominator: 1 }, 1440],
    [{ numerator: 1, denominator: 2 }, 0.5],
    ['max', 1],
  ] as const)('at %o passes %d times as fast as slot time', (speed, factor) => {
    const plan = at(speed);
    const { timeOf: dueUs } = createSchedule(plan.fleets[0]?.schedule as never);
    for (const slot of slots) {
      const dueMs = Math.floor(dueUs(slot) * factor) / 1000;
      const distanceMs = dueMs - timeOf(plan, slot);
      // A phone samples before it is due, and the time is cut to milliseconds.
      expect(distanceMs).toBeGreaterThanOrEqual(0);
      expect(distanceMs).toBeLessThanOrEqual((models['phone-motion']?.maxSamplingDelayUs as number) / 1000 + 1);
    }
  });

  it('leaves send times and ids as they are', () => {
    const idOf = (speed: Speed): string =>
      (JSON.parse(eventsOf(at(speed), 0, [590])[0]?.payload as string) as { _id: string })._id.slice(27, 41);
    expect(idOf({ numerator: 1440, denominator: 1 })).toBe(idOf({ numerator: 1, denominator: 1 }));
  });
});

describe.each(['seismograph', 'seismograph-traced'])('identity of %s', (profile) => {
  it.each([
    { numerator: 1440, denominator: 1 },
    { numerator: 1, denominator: 2 },
    { numerator: 355, denominator: 113 },
    'max' as const,
  ])('is found and put right at %o', (speed) => {
    const plan = at(speed, profile);
    const identifier = createIdentifier(plan, anchor);
    const { timeOf: dueUs } = createSchedule(plan.fleets[0]?.schedule as never);
    eventsOf(plan, 0, slots).forEach(({ payload }, i) => {
      const bytes = new TextEncoder().encode(payload);
      const into = createIdentified();
      const slot = slots[i] as number;
      expect(identifier.identify(bytes, 0, bytes.length, into)).toBe(Status.own);
      expect(into).toMatchObject({ slot, intendedWallUs: anchor.startWallUs + dueUs(slot) });
      bytes[1] = 0x31;
      expect(identifier.identify(bytes, 0, bytes.length, into)).toBe(Status.corrupt);
      expect(into.slot).toBe(slot);
    });
  });
});
