import { describe, expect, it } from 'vitest';
import { type TruthLine, truthOf } from '../../src/answers/truth.ts';
import type { Part } from '../../src/core/anchor.ts';
import { createFleetEvents } from '../../src/events/fleet-events.ts';
import { readyPlan } from '../../src/events/ready-plan.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { planned } from '../plan/request.ts';

const anchor = { runId: 'r1', startWallUs: 1_700_000_000_000_000, startMonoUs: 0 };
type DeviceLine = Extract<TruthLine, { device: string }>;

async function planOf(fleets: string, more = ''): Promise<Plan> {
  const target = 'target: { protocol: file }';
  const text = `iotload: 1\nclock: { start: 2026-01-01T12:00:00Z }\nrun: { duration: 20s }\nfleets:\n${fleets}\n${more.includes('targets:') ? '' : target}\n${more}`;
  const { plan } = await planned({ text });
  await readyPlan(plan);
  return plan;
}

const phones = `  phones: { model: phone-motion, devices: 10, rate: 50/s, payload: seismograph-traced, BEHAVIOR }`;
const shaken =
  'timeline: [{ at: 5s, shake: 50%, for: 5s }, { at: 12s, quake: { magnitude: 7, depth: 9km, distance: 1km } }, { at: 13s, note: x }]';

function linesOf(plan: Plan, shard: Part = { index: 0, count: 1 }, until: readonly number[] = []): TruthLine[] {
  return [...truthOf({ plan, anchor, shard, until })].filter((line) => line !== null);
}

function isOfDevice(line: TruthLine): line is DeviceLine {
  return 'device' in line;
}

describe('truthOf', () => {
  it('tells what the timeline brings about, in device time', async () => {
    const plan = await planOf(phones.replace(', BEHAVIOR', ''), shaken);
    const [shake, quake, ...others] = linesOf(plan).filter((line) => !isOfDevice(line));
    expect(shake).toEqual({
      kind: 'shake',
      fleets: ['phones'],
      from: '2026-01-01T12:00:05.000Z',
      to: '2026-01-01T12:00:10.000Z',
      share: 0.5,
    });
    expect(quake).toMatchObject({ kind: 'quake', from: '2026-01-01T12:00:12.000Z', magnitude: 7 });
    expect(others).toEqual([]);
  });

  it('names every event with a mark, and no other, in lines of one device each', async () => {
    const behavior = 'behavior: { duplicates: 5%, malformed: 5%, offline: { share: 20%, for: 1s }, churn: 50%/h }';
    const plan = await planOf(phones.replace('BEHAVIOR', behavior), shaken);
    const events = createFleetEvents(plan, 0, anchor);
    const lines = linesOf(plan).filter(isOfDevice);
    const expected = new Map<string, number>();
    const count = (kind: string): void => void expected.set(kind, (expected.get(kind) ?? 0) + 1);
    for (let slot = 0; slot < events.slots; slot++) {
      const { labels, copies, malformed, dueUs, intendedUs, device } = events.facts(slot);
      const covered = (kind: string): DeviceLine | undefined =>
        lines.find(
          (line) => line.kind === kind && line.device === device && line.slots[0] <= slot && slot <= line.slots[1],
        );
      for (const kind of ['activity', 'shaking'] as const) {
        const value = labels[kind];
        const line = covered(kind);
        if (value === 'rest' || value === 'none') expect(line).toBeUndefined();
        else {
          expect(line?.value).toBe(value);
          count(kind);
        }
      }
      if (copies > 1) count('duplicate');
      if (malformed) count('malformed');
      if (intendedUs > dueUs) count('offline');
    }
    for (const kind of ['activity', 'shaking', 'duplicate', 'malformed', 'offline']) {
      const told = lines.filter((line) => line.kind === kind).reduce((sum, line) => sum + line.events, 0);
      expect([kind, told]).toEqual([kind, expected.get(kind)]);
      expect(told).toBeGreaterThan(0);
    }
  });

  it('is the truth of the shards together, and ends where the run did', async () => {
    const plan = await planOf(phones.replace(', BEHAVIOR', ''), shaken);
    const texts = (lines: readonly TruthLine[]): string[] =>
      lines.filter(isOfDevice).map((line) => JSON.stringify(line));
    const shards = [0, 1, 2].flatMap((index) => texts(linesOf(plan, { index, count: 3 })));
    expect(shards.sort()).toEqual(texts(linesOf(plan)).sort());
    for (const { slots } of linesOf(plan, undefined, [400]).filter(isOfDevice)) expect(slots[1]).toBeLessThan(400);
  });

  it('tells of a fleet once, to however many targets it sends', async () => {
    const one = await planOf(phones.replace(', BEHAVIOR', ''), shaken);
    const targets = 'targets: { a: { protocol: file, path: a }, b: { protocol: file, path: b } }';
    const both = await planOf(phones.replace('BEHAVIOR', 'to: [a, b]'), `${shaken}\n${targets}`);
    expect(linesOf(both)).toEqual(linesOf(one));
  });

  it('knows the amount of a fault, and is silent about labels that only measure better', async () => {
    const sensors = '  sensors: { model: environment-sensor, devices: 50, rate: 50/s, payload: PAYLOAD }';
    const fields = '{ fields: { d: <device>, t: <time.iso> } }';
    const plan = await planOf(sensors.replace('PAYLOAD', fields));
    const kinds = new Set(linesOf(plan).map(({ kind }) => kind));
    for (const kind of kinds) expect(['overheated_by', 'is_critical']).toContain(kind);
    expect(kinds).not.toContain('true_temperature');
  });
});
