import { describe, expect, it } from 'vitest';
import { createFleetEvents } from '../../src/events/fleet-events.ts';
import { createIdentified, Status } from '../../src/events/identified.ts';
import { createIdentifier } from '../../src/events/identifier.ts';
import type { BehaviorSpec } from '../../src/models/behavior/spec.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { anchor, eventsOf, phones, planOf } from './plans.ts';

const encoder = new TextEncoder();
const SECOND = 1_000_000;

/** 40 phones with an event every second for 100 seconds. */
function planWith(behavior: BehaviorSpec, profile: string, id = 'client-<hex:12>'): Plan {
  const fleet = phones(profile, {
    devices: 40,
    slots: 4_000,
    schedule: { rate: { events: 40, perUs: SECOND }, segments: [] },
    id,
    behavior,
  });
  return planOf([fleet], { run: { warmUpUs: 0, durationUs: 100 * SECOND, drainUs: 0 } });
}

const slots = [...Array(4_000).keys()];
const everything: BehaviorSpec = {
  churn: { everyUs: 20 * SECOND },
  offline: { everyUs: 30 * SECOND, forUs: 5 * SECOND },
  clockSkewUs: 3 * SECOND,
  duplicates: { numerator: 1, denominator: 10 },
  malformed: { numerator: 1, denominator: 10 },
};

describe('events of a fleet with behavior', () => {
  it.each(['seismograph', 'seismograph-traced', 'raw'])(
    '%s: each is found again, with its intended time',
    (profile) => {
      const plan = planWith(everything, profile);
      const events = createFleetEvents(plan, 0, anchor);
      const identifier = createIdentifier(plan, anchor);
      const into = createIdentified();
      let held = 0;
      eventsOf(plan, 0, slots).forEach(({ payload }, slot) => {
        const bytes = encoder.encode(payload);
        const status = identifier.identify(bytes, 0, bytes.length, into);
        const intendedUs = events.intendedOf(slot);
        if (intendedUs > events.profile.timeOf(slot)) held++;
        expect({ status, slot: into.slot, seat: into.seat, intended: into.intendedWallUs }).toEqual({
          status: Status.own,
          slot,
          seat: slot % 40,
          intended: anchor.startWallUs + intendedUs,
        });
        expect(events.matches(slot, bytes, 0, bytes.length)).toBe(true);
      });
      expect(held).toBeGreaterThan(300);
    },
  );

  it.each(['seismograph', 'raw'])('%s: a damaged one is still told apart from those damaged by design', (profile) => {
    const plan = planWith(everything, profile);
    const identifier = createIdentifier(plan, anchor);
    const into = createIdentified();
    let named = 0;
    eventsOf(plan, 0, slots.slice(0, 400)).forEach(({ payload }, slot) => {
      const bytes = encoder.encode(payload);
      bytes[14] = (bytes[14] as number) ^ 1;
      expect(identifier.identify(bytes, 0, bytes.length, into)).toBe(Status.corrupt);
      if (into.slot === slot) named++;
    });
    expect(named).toBeGreaterThan(380);
  });

  it('no payload that is malformed by design is JSON, and all others are; all are as long as they would be', () => {
    const sound = eventsOf(planWith({}, 'raw'), 0, slots);
    const damaged = eventsOf(planWith({ malformed: { numerator: 1, denominator: 4 } }, 'raw'), 0, slots);
    let count = 0;
    damaged.forEach(({ payload }, slot) => {
      const original = sound[slot]?.payload as string;
      expect(payload.length).toBe(original.length);
      if (payload === original) return;
      count++;
      expect(() => JSON.parse(payload)).toThrow();
      expect(payload[0]).not.toBe(original[0]);
    });
    expect(count).toBeGreaterThan(850);
    expect(count).toBeLessThan(1150);
  });

  it.each(['client-<hex:12>', 'phone-<index:06>', '<uuid>', '<fleet>/<index>'])(
    '%s: a reload is a new device with an id that nobody has or had, and the sensor goes on',
    (id) => {
      const still = eventsOf(planWith({}, 'raw', id), 0, slots);
      const owners = new Map<string, number>();
      let reloads = 0;
      eventsOf(planWith({ churn: { everyUs: 20 * SECOND } }, 'raw', id), 0, slots).forEach(
        ({ payload, address }, slot) => {
          const { device, _id, ...readings } = JSON.parse(payload);
          const { device: first, _id: _, ...same } = JSON.parse(still[slot]?.payload as string);
          expect(readings).toEqual(same);
          expect(address).toContain(`phones/${device}/`);
          if (device !== first) reloads++;
          expect(owners.get(device) ?? slot % 40).toBe(slot % 40);
          owners.set(device, slot % 40);
        },
      );
      expect(reloads).toBeGreaterThan(2_500);
      // 40 devices, and one reload of each in 20 of the 100 seconds.
      expect(owners.size).toBeGreaterThan(40 * 5);
      expect(owners.size).toBeLessThan(40 * 7);
    },
  );

  it('tells what is true of each', () => {
    const plan = planWith(everything, 'raw');
    const { facts, deviceId, intendedOf, profile } = createFleetEvents(plan, 0, anchor);
    const seen = { incarnation: 0, held: 0, copies: 0, malformed: 0 };
    eventsOf(plan, 0, slots).forEach(({ payload }, slot) => {
      const told = facts(slot);
      const mended = JSON.parse(`{${payload.slice(1)}`);
      expect(told).toMatchObject({ fleet: 'phones', slot, seat: slot % 40, sequence: mended.sequence });
      expect(told.device).toBe(mended.device);
      expect(told.device).toBe(deviceId(told.seat, told.incarnation));
      expect(Math.floor(told.timeUs / 1000)).toBe(Date.parse(mended.time));
      expect(told.labels['activity']).toBe(mended.activity);
      expect(told.malformed).toBe(payload[0] !== '{');
      expect(told.dueUs).toBe(anchor.startWallUs + profile.timeOf(slot));
      expect(told.intendedUs).toBe(anchor.startWallUs + intendedOf(slot));
      if (told.incarnation > 0) seen.incarnation++;
      if (told.intendedUs > told.dueUs) seen.held++;
      if (told.copies === 2) seen.copies++;
      if (told.malformed) seen.malformed++;
    });
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(300);
  });

  it('counts on where ids are numbers', () => {
    const plan = planWith({ churn: { everyUs: 20 * SECOND } }, 'raw', 'phone-<index:04>');
    const { deviceId } = createFleetEvents(plan, 0, anchor);
    expect([deviceId(7), deviceId(7, 0), deviceId(7, 1), deviceId(7, 3)]).toEqual([
      'phone-0007',
      'phone-0007',
      'phone-0047',
      'phone-0127',
    ]);
  });

  it('writes the time of a clock that is wrong, always by the same', () => {
    const time = (payload: string): number => Date.parse(JSON.parse(payload).time);
    const right = eventsOf(planWith({}, 'seismograph'), 0, slots);
    const skews = new Map<number, Set<number>>();
    eventsOf(planWith({ clockSkewUs: 3 * SECOND }, 'seismograph'), 0, slots).forEach(({ payload }, slot) => {
      const skew = time(payload) - time(right[slot]?.payload as string);
      expect(Math.abs(skew)).toBeLessThanOrEqual(3_000);
      skews.set(slot % 40, (skews.get(slot % 40) ?? new Set()).add(skew));
    });
    // Both times are cut to a millisecond.
    for (const of of skews.values()) expect(Math.max(...of) - Math.min(...of)).toBeLessThanOrEqual(1);
    expect(new Set([...skews.values()].map((of) => [...of][0])).size).toBeGreaterThan(35);
  });
});
