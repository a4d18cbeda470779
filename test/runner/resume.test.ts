import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Outcome } from '../../src/core/outcome.ts';
import { planDocument } from '../../src/runner/plan-document.ts';
import {
  type BegunRun,
  describeResumption,
  type EarlierRun,
  findEarlierRun,
  resumedAnchor,
  slotsFrom,
} from '../../src/runner/resume.ts';
import { OutcomeJournal } from '../../src/wire/outcome-journal.ts';
import { SentWriter } from '../../src/wire/sent-file.ts';
import { VirtualClock } from '../simulation/virtual-clock.ts';
import { testPlan } from '../verify/test-plan.ts';

const whole = { index: 0, count: 1 };
// 1 000 events a second.
const plan = testPlan([{ devices: 2, slots: 60_000 }]);
const anchor = { runId: 'r1', startWallUs: 1_700_000_002_000_000, startMonoUs: 2_000_000 };
let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'iotload-earlier-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

async function ran(end: 'cut off' | 'interrupted' | 'completed'): Promise<void> {
  writeFileSync(join(dir, 'plan.json'), planDocument(plan, anchor, whole, 3, {}));
  const fleets = [{ name: 'fleet0', devices: 2, slots: 60_000 }];
  const writer = await SentWriter.open(join(dir, 'sent'), { runId: 'r1', shard: whole, fleets });
  writer.promise([4_000]);
  const journal = new OutcomeJournal(plan.fleets, whole);
  for (let slot = 0; slot < 100; slot++) journal.settle(0, slot, Outcome.acked);
  writer.append(journal.takeFrame());
  await (end === 'cut off' ? writer.close() : writer.end({ ended: end }));
}

describe('findEarlierRun', () => {
  it('finds a run that was cut off, with what it knew', async () => {
    await ran('cut off');
    const earlier = await findEarlierRun(dir, plan, whole, null);
    expect(earlier).toMatchObject({ dir, workers: 3, begun: { anchor, sent: { end: null } } });
    expect(describeResumption(earlier as NonNullable<typeof earlier>)).toBe(
      'resuming run r1, which was cut off: 100 events with a known outcome, 3900 unknown',
    );
  });

  it('finds a run that was stopped', async () => {
    await ran('interrupted');
    const earlier = await findEarlierRun(dir, plan, whole, 'r1');
    expect(describeResumption(earlier as NonNullable<typeof earlier>)).toMatch(/which was stopped: 100 .* 0 unknown$/);
  });

  it('finds none where none is, or only a claim', async () => {
    expect(await findEarlierRun(join(dir, 'nothing'), plan, whole, null)).toBeNull();
    expect(await findEarlierRun(dir, plan, whole, null)).toBeNull();
    writeFileSync(join(dir, 'plan.json'), '');
    expect(await findEarlierRun(dir, plan, whole, null)).toBeNull();
  });

  it('finds one that was cut off before it could send anything, which is begun anew', async () => {
    writeFileSync(join(dir, 'plan.json'), planDocument(plan, null, whole, 3, {}));
    expect(await findEarlierRun(dir, plan, whole, 'any')).toEqual({ dir, workers: 3, begun: null });
    await ran('cut off');
    writeFileSync(join(dir, 'sent'), 'iotl');
    const earlier = await findEarlierRun(dir, plan, whole, null);
    expect(earlier).toEqual({ dir, workers: 3, begun: null });
    expect(describeResumption(earlier as NonNullable<typeof earlier>)).toContain('before anything was sent');
  });

  it.each([
    ['a complete one', () => findEarlierRun(dir, plan, whole, null), 'completed', 'the run there is complete'],
    [
      'one of another plan',
      () => findEarlierRun(dir, { ...plan, seed: 2 }, whole, null),
      'cut off',
      'the run there was made from another plan',
    ],
    [
      'one of another shard',
      () => findEarlierRun(dir, plan, { index: 1, count: 2 }, null),
      'cut off',
      'the run there is shard 0/1',
    ],
    ['one of another id', () => findEarlierRun(dir, plan, whole, 'r2'), 'cut off', 'the run there is r1'],
  ] as const)('refuses %s', async (_, find, end, message) => {
    await ran(end);
    await expect(find()).rejects.toMatchObject({ code: 'bad-arguments', where: '--resume', message });
  });
});

describe('resumedAnchor', () => {
  it('is the same one on a machine that has run on', () => {
    const clock = new VirtualClock(60_000_000);
    expect(resumedAnchor(clock, anchor)).toBe(anchor);
  });

  it('follows the wall clock where the monotonic one began anew', () => {
    const clock = { ...new VirtualClock(), nowUs: () => 5_000_000, wallUs: () => anchor.startWallUs + 30_000_000 };
    expect(resumedAnchor(clock as VirtualClock, anchor)).toEqual({ ...anchor, startMonoUs: -25_000_000 });
  });
});

describe('slotsFrom', () => {
  it('leaves out what fell due while nobody ran, and what was promised before', async () => {
    await ran('cut off');
    const earlier = (await findEarlierRun(dir, plan, whole, null)) as EarlierRun;
    const { sent } = earlier.begun as BegunRun;
    expect(slotsFrom(plan, sent, 30_000_000)).toEqual([30_000]);
    expect(slotsFrom(plan, sent, 2_000_000)).toEqual([4_000]);
    expect(slotsFrom(plan, sent, -5)).toEqual([4_000]);
    expect(slotsFrom(plan, sent, 1e12)).toEqual([60_000]);
    expect(slotsFrom({ ...plan, clock: { ...plan.clock, speed: 'max' } }, sent, 30_000_000)).toEqual([4_000]);
  });
});
