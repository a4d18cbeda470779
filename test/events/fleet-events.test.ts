import { describe, expect, it } from 'vitest';
import type { Part } from '../../src/core/anchor.ts';
import { clearBatch, createEventBatch } from '../../src/core/event-batch.ts';
import { xxh32OfText } from '../../src/core/xxh32.ts';
import { createFleetEvents } from '../../src/events/fleet-events.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { PartSlots } from '../../src/schedule/part-slots.ts';
import { PartOrdinals } from '../../src/wire/part-ordinals.ts';
import { anchor, eventsOf, phones, planOf } from './plans.ts';

const SLOTS = 3_000;

/** The events of one part, by slot, made in batches as a worker makes them. */
function eventsOfPart(plan: Plan, part: Part): Map<number, string> {
  const events = createFleetEvents(plan, 0, anchor);
  const batch = createEventBatch(64, 4 * events.maxEventBytes);
  const found = new Map<number, string>();
  const take = (): void => {
    for (let i = 0; i < batch.count; i++) {
      const text = Buffer.from(batch.bytes.subarray(batch.starts[i], batch.ends[i])).toString();
      found.set(batch.slots[i] as number, `${batch.seats[i]} ${text}`);
    }
    clearBatch(batch, 0);
  };
  const slots = new PartSlots(part, events.devices);
  const own = new PartOrdinals(part, events.devices).below(SLOTS);
  for (let i = 0; i < own; i++, slots.advance()) {
    const dueUs = events.profile.timeOf(slots.slot);
    if (events.append(slots.slot, dueUs, batch)) continue;
    take();
    expect(events.append(slots.slot, dueUs, batch)).toBe(true);
  }
  take();
  return found;
}

function union(plan: Plan, parts: Part[]): Map<number, string> {
  const all = new Map<number, string>();
  for (const part of parts) {
    for (const [slot, text] of eventsOfPart(plan, part)) {
      expect(all.has(slot)).toBe(false);
      all.set(slot, text);
    }
  }
  return new Map([...all].sort(([a], [b]) => a - b));
}

function partsOf(count: number): Part[] {
  return Array.from({ length: count }, (_, index) => ({ index, count }));
}

describe.each(['seismograph', 'raw'])('events of %s', (profile) => {
  const plan = planOf([phones(profile)]);

  it('are the same from 1, 2 and 7 workers and from three shards of two', () => {
    const whole = union(plan, partsOf(1));
    expect([...whole.keys()]).toEqual(Array.from({ length: SLOTS }, (_, slot) => slot));
    for (const count of [2, 7]) expect(union(plan, partsOf(count))).toEqual(whole);
    // Worker j of m in shard i of n is part i + n·j of n·m.
    const shards = [0, 1, 2].flatMap((i) => [0, 1].map((j) => ({ index: i + 3 * j, count: 6 })));
    expect(union(plan, shards)).toEqual(whole);
  });

  it('match themselves and nothing else', () => {
    const events = createFleetEvents(plan, 0, anchor);
    const payload = new TextEncoder().encode(eventsOf(plan, 0, [1_234])[0]?.payload);
    const bytes = new Uint8Array(payload.length + 8);
    bytes.set(payload, 3);
    expect(events.matches(1_234, bytes, 3, 3 + payload.length)).toBe(true);
    expect(events.matches(1_234, bytes, 3, 4 + payload.length)).toBe(false);
    expect(events.matches(1_235, bytes, 3, 3 + payload.length)).toBe(false);
    for (let i = 3; i < 3 + payload.length; i++) {
      bytes[i] = (bytes[i] as number) ^ 1;
      expect(events.matches(1_234, bytes, 3, 3 + payload.length)).toBe(false);
      bytes[i] = (bytes[i] as number) ^ 1;
    }
  });
});

describe('bytes', () => {
  it('are the same for ever', () => {
    for (const profile of ['seismograph', 'seismograph-traced', 'raw']) {
      const plan = planOf([phones(profile)]);
      expect(eventsOf(plan, 0, [0, 129, 77_777])).toMatchSnapshot();
      const all = eventsOf(
        plan,
        0,
        Array.from({ length: 20_000 }, (_, i) => i * 5),
      );
      expect([
        profile,
        xxh32OfText(all.map(({ address, payload }) => `${address} ${payload}\n`).join(''), 0) >>> 0,
      ]).toMatchSnapshot();
    }
  });

  it('of the seismograph are those of the original page', () => {
    const lines = eventsOf(planOf([phones('seismograph', { address: 'partition-<device>' })]), 0, [0, 1, 5_000]);
    for (const { address, payload } of lines) {
      expect(payload).toMatch(
        /^\{"magnitude":\d{1,3},"time":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z","device":"client-[0-9a-f]{12}"\}$/,
      );
      expect(address).toBe(`partition-${(JSON.parse(payload) as { device: string }).device}`);
    }
  });

  it('depend on seed, fleet and run as they should, and not on the plan around', () => {
    const plan = planOf([phones('raw')]);
    const base = eventsOf(plan, 0, [9]);
    expect(eventsOf({ ...plan, seed: 43 }, 0, [9])).not.toEqual(base);
    expect(eventsOf({ ...plan, seed: 42 + 2 ** 33 }, 0, [9])).not.toEqual(base);
    expect(eventsOf({ ...plan, name: 'other', run: { warmUpUs: 0, durationUs: 1, drainUs: 0 } }, 0, [9])).toEqual(base);
    const derived = planOf([phones('seismograph')]);
    expect(eventsOf(derived, 0, [9], { ...anchor, runId: 'run-b', startMonoUs: 7 })).toEqual(eventsOf(derived, 0, [9]));
    const second = planOf([phones('seismograph', { name: 'first' }), phones('seismograph')]);
    expect(eventsOf(second, 1, [9])).toEqual(eventsOf(derived, 0, [9]));
    expect(eventsOf(second, 0, [9])).not.toEqual(eventsOf(derived, 0, [9]));
  });

  it('tell device time from send time', () => {
    const clock = { startUs: Date.UTC(2023, 4, 24, 18) * 1000, speed: { numerator: 1, denominator: 1 } };
    const [line] = eventsOf(planOf([phones('seismograph-traced')], { clock }), 0, [590]);
    const event = JSON.parse(line?.payload as string) as { time: string; _id: string };
    expect(event.time).toMatch(/^2023-05-24T18:00:0[01]\.\d{3}Z$/);
    expect(Number.parseInt(event._id.slice(27, 41), 16)).toBeGreaterThan(anchor.startWallUs);
  });
});

describe('append', () => {
  it('refuses, and leaves the batch as it was, when events or bytes run out', () => {
    const events = createFleetEvents(planOf([phones('raw')]), 0, anchor);
    const narrow = createEventBatch(10, 2 * events.maxEventBytes - 1);
    while (events.append(narrow.count, 0, narrow));
    expect(narrow.count).toBeGreaterThan(0);
    expect(narrow.end).toBe(narrow.ends[narrow.count - 1]);
    expect(narrow.end).toBeGreaterThan(narrow.bytes.length - events.maxEventBytes);
    const few = createEventBatch(3, 1_000_000);
    while (events.append(few.count, 0, few));
    expect(few.count).toBe(3);
  });

  it('never touches more than the bound', () => {
    const events = createFleetEvents(planOf([phones('raw')]), 0, anchor);
    const batch = createEventBatch(1, events.maxEventBytes);
    for (let slot = 0; slot < 2_000; slot++) {
      clearBatch(batch, 0);
      expect(events.append(slot * 49, events.profile.timeOf(slot * 49), batch)).toBe(true);
    }
  });
});

describe('a plan that no event can hold', () => {
  it.each([
    ['an unknown field', phones('raw', { address: '<nonsense>' }), /not known/],
    ['ids that collide', phones('raw', { id: 'x' }), /share an id/],
    ['an enormous text', phones('raw', { address: 'x'.repeat(70_000) }), /bytes/],
  ])('%s is refused', (_, fleet, problem) => {
    expect(() => createFleetEvents(planOf([fleet]), 0, anchor)).toThrow(problem);
  });

  it('so is a clock beyond 2255', () => {
    const plan = planOf([phones('raw')], {
      clock: { startUs: Number.MAX_SAFE_INTEGER - 10_000_000, speed: { numerator: 1, denominator: 1 } },
    });
    expect(() => createFleetEvents(plan, 0, anchor)).toThrow(/2254/);
  });
});
