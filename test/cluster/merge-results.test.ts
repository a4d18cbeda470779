import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mergeResults } from '../../src/cluster/merge-results.ts';
import { Outcome } from '../../src/core/outcome.ts';
import type { RunResult } from '../../src/metrics/result.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { readTimeline } from '../../src/report/timeline/read-timeline.ts';
import { planDocument } from '../../src/runner/plan-document.ts';
import { findEarlierRun } from '../../src/runner/resume.ts';
import { settleAgain } from '../../src/runner/settle-again.ts';
import { VirtualClock } from '../simulation/virtual-clock.ts';
import { anchor, resumeShard, type StoredShard, shardedPlan, storeShard } from './stored-shard.ts';

let plan: Plan;
let dir: string;
let notes: string[];
beforeEach(async () => {
  plan = await shardedPlan();
  dir = mkdtempSync(join(tmpdir(), 'iotload-merge-'));
  notes = [];
});
afterEach(() => rmSync(dir, { recursive: true }));

const place = (name: string): string => join(dir, name);
const store = (name: string, index: number, count: number, more: Partial<StoredShard> = {}): Promise<string> =>
  storeShard({ dir: place(name), plan, index, count, ...more });
const merge = (...dirs: string[]): Promise<{ result: RunResult; dir: string }> =>
  mergeResults({
    dirs: dirs.map(place),
    out: place('merged'),
    clock: new VirtualClock(0),
    note: (text) => notes.push(text.replaceAll(`${dir}/`, '')),
  });
/** Why they cannot be merged. */
const refusal = async (...dirs: string[]): Promise<string> => {
  const error = await merge(...dirs).catch((caught: Error & { code?: string }) => caught);
  expect(error).toMatchObject({ code: 'bad-arguments' });
  return (error as Error).message.replaceAll(`${dir}/`, '');
};
/** What is true whoever sent it. */
const told = ({ events, delivery, latency, fleets, targets, checks, verdict, hops }: RunResult): unknown => ({
  ...{ events, delivery, latency, fleets, targets, checks, verdict, hops },
});

/** Some of everything, but for the rates, which nobody is asked for here. */
const mixed: Partial<StoredShard> = {
  outcomeOf: (slot) => (slot % 7 === 3 ? Outcome.unknown : slot % 11 === 5 ? Outcome.rejected : Outcome.acked),
  copiesAt: (_, slot) => (slot % 11 === 5 || slot === 8 ? 0 : slot === 9 ? 2 : 1),
};

describe('a merged directory', () => {
  it.each([1, 2, 3, 8])(
    'of %i shards is that of one run: the same result, also settled again, and over time',
    async (count) => {
      await store('alone/run', 0, 1, mixed);
      const whole = await settleAgain(place('alone/run'), null);
      for (let index = 0; index < count; index++) await store(`shards/${index}`, index, count, mixed);
      const { result } = await merge('shards');
      expect(told(result)).toEqual(told(whole));
      expect(result.shards?.map(({ shard }) => shard)).toEqual(
        Array.from({ length: count }, (_, i) => `${i}/${count}`),
      );
      const again = await settleAgain(place('merged'), null);
      expect(again).toEqual(result);
      expect(readFileSync(place('merged/findings.ndjson'), 'utf8')).toBe(
        readFileSync(place('alone/run/findings.ndjson'), 'utf8'),
      );
      const { stretches, distributions } = await readTimeline(place('merged'), plan, anchor, { index: 0, count: 1 });
      const sum = (of: (stretch: (typeof stretches)[number]) => number | null): number =>
        stretches.reduce((all, stretch) => all + (of(stretch) ?? 0), 0);
      expect(sum(({ acked }) => acked)).toBe(whole.events.acked);
      expect(sum(({ latency }) => latency.responseTime.count)).toBe(whole.latency.responseTime.count);
      expect(distributions.length).toBeGreaterThan(0);
      expect(notes).toEqual([]);
    },
  );

  it('holds every reading of a plan with several targets', async () => {
    const targets = `targets:
  speed: { protocol: mqtt, endpoint: embedded }
  batch: { protocol: mqtt, endpoint: embedded }
verify: { read: [speed, batch] }`;
    plan = await shardedPlan(targets, ', to: [speed, batch]');
    const less: Partial<StoredShard> = { copiesAt: (reading, slot) => (reading === 1 && slot === 6 ? 0 : 1) };
    await store('alone', 0, 1, less);
    const whole = await settleAgain(place('alone'), null);
    for (const index of [0, 1, 2]) await store(`shards/${index}`, index, 3, less);
    const { result } = await merge('shards');
    expect(result.targets.map(({ delivery }) => [delivery.verified, delivery.lost])).toEqual([
      [40, 0],
      [39, 1],
    ]);
    expect(result.files).toMatchObject({ 'seen at speed': 'seen-speed', 'seen at batch': 'seen-batch' });
    expect(told(result)).toEqual(told(whole));
    expect(await settleAgain(place('merged'), null)).toEqual(result);
  });

  it('tells when each shard was ready, and what was promised and never told', async () => {
    const host = (name: string) => ({ version: '1', host: { bootId: name, offsetUs: 0, name }, clockBoundUs: 900 });
    const copiesAt = (_: number, slot: number): number => ((slot % 5) % 2 === 1 && slot >= 20 ? 0 : 1);
    await store('0', 0, 2, { document: host('a'), copiesAt });
    await store('1', 1, 2, {
      document: host('b'),
      begunLateUs: 70_000,
      copiesAt,
      cut: true,
      promised: 30,
      outcomeOf: (slot) => (slot < 20 ? Outcome.acked : null),
    });
    const { result } = await merge('0', '1');
    expect(result.shards).toMatchObject([
      { host: 'a', startSkewUs: 0, clockBoundUs: 900, ended: 'aborted' },
      { host: 'b', startSkewUs: 70_000, clockBoundUs: 900, events: { acked: 8, unknown: 4, notSent: 4 } },
    ]);
    expect(result).toMatchObject({
      verdict: 'inconclusive',
      events: { intended: 40, acked: 32, unknown: 4, notSent: 4 },
    });
    expect(await settleAgain(place('merged'), null)).toEqual(result);
  });

  it('of shards one of whose readers left nothing accuses nobody', async () => {
    await store('0', 0, 2);
    rmSync(join(await store('1', 1, 2), 'seen'));
    const { result } = await merge('0', '1');
    expect(result).toMatchObject({ verdict: 'inconclusive', delivery: { verified: 24, missing: 16, foreign: 0 } });
    expect(await settleAgain(place('merged'), null)).toEqual(result);
  });

  it('of shards that were not read back holds what was sent', async () => {
    for (const index of [0, 1]) rmSync(join(await store(`${index}`, index, 2, { document: {} }), 'seen'));
    const { result } = await merge('0', '1');
    expect(result.files).not.toHaveProperty('seen');
    expect(result).toMatchObject({ verifier: { status: 'not run' }, events: { acked: 40 } });
    expect(result.shards?.[0]).toMatchObject({ host: null, clockBoundUs: null });
    expect(await settleAgain(place('merged'), null)).toEqual(result);
  });

  it('has a name of its own where none is given, and is gone again where it could not be finished', async () => {
    for (const index of [0, 1]) await store(`${index}`, index, 2);
    plan.outputs.dir = place('results/<name>-<utc>');
    const options = { dirs: [dir], out: null, clock: new VirtualClock(0), note: () => {} };
    for (const index of [0, 1]) await store(`${index}`, index, 2);
    const failing = mergeResults({ ...options, report: () => Promise.reject(new Error('no room')) });
    await expect(failing).rejects.toThrow('no room');
    expect(existsSync(place('results/sharded-merged-20231114T221320Z'))).toBe(false);
    const named = await mergeResults({
      ...options,
      report: async (_, result) => ({ ...result, files: { ...result.files, mine: 'mine.txt' } }),
    });
    expect(named.result.files).toMatchObject({ mine: 'mine.txt' });
    expect(named.dir).toBe(place('results/sharded-merged-20231114T221320Z'));
  });

  it('keeps how fast processes grew, which its files do not tell one by one', async () => {
    const grows = (perHour: number) => ({ perHour, low: perHour - 1, high: perHour + 1 });
    for (const index of [0, 1]) {
      const summary = await settleAgain(await store(`${index}`, index, 2), null);
      const growth = { rss: grows(index * 1e6), descriptors: null, scheduleLag: null };
      const grown = {
        ...summary,
        generator: { ...summary.generator, growth },
        verifier: { ...summary.verifier, growth },
      };
      writeFileSync(place(`${index}/summary.json`), JSON.stringify(grown));
    }
    const { result } = await merge('0', '1');
    expect(result.generator.growth?.rss).toEqual(grows(1e6));
    expect(result.verifier.growth?.rss).toEqual(grows(1e6));
    expect(await settleAgain(place('merged'), null)).toEqual(result);
  });

  it('is nothing that a run could go on with, or that could be merged once more', async () => {
    for (const index of [0, 1]) await store(`shards/${index}`, index, 2);
    await mergeResults({ dirs: [dir], out: place('shards/merged'), clock: new VirtualClock(0), note: () => {} });
    await expect(findEarlierRun(place('shards/merged'), plan, { index: 0, count: 1 }, null)).rejects.toMatchObject({
      code: 'bad-arguments',
      message: 'what lies there is the merged result of 2 shards',
    });
    await merge('shards');
    expect(notes).toEqual(['shards/merged is left out: it is the merged result of 2 shards']);
    await expect(merge('shards')).rejects.toMatchObject({ code: 'file-unwritable' });
  });
});

describe('shards that are not exactly those of one run', () => {
  it('are refused all at once, by the names of their directories', async () => {
    await store('a', 0, 3);
    await store('twin', 0, 3, { attempt: 'x' });
    await store('old', 1, 3, { document: { version: '0' } });
    mkdirSync(place('empty'));
    expect(await refusal('old', 'a', 'twin', 'empty', 'nowhere')).toBe(
      'these are not exactly the 3 shards of one run: empty holds no run; nowhere is no directory; old is of another version of iotload, 0; ' +
        'a and twin are both shard 0/3, by two attempts that may both have sent; shard 1/3 is missing; shard 2/3 is missing',
    );
    expect(await refusal('empty')).toBe('there is nothing to merge: empty holds no run');
  });

  it('are refused where a record is damaged, which is no fault of the arguments', async () => {
    await store('a', 0, 2);
    const path = join(await store('b', 1, 2), 'sent');
    const bytes = readFileSync(path);
    bytes[20] = (bytes[20] as number) ^ 1;
    writeFileSync(path, bytes);
    await expect(merge('a', 'b')).rejects.toMatchObject({ code: 'file-corrupt', where: path });
  });

  it('are looked for four folders deep, behind links too, and in no hidden ones', async () => {
    await store('r/s/t/u/a', 0, 2);
    await store('elsewhere/b', 1, 2);
    symlinkSync(place('elsewhere'), place('r/link'));
    symlinkSync(place('nowhere'), place('r/broken'));
    await store('r/.hidden', 0, 2, { attempt: 'x' });
    await store('r/1/2/3/4/5', 0, 2, { attempt: 'y' });
    writeFileSync(place('r/notes.txt'), 'a file');
    expect((await merge('r')).result.events.acked).toBe(40);
    expect(notes).toEqual([]);
  });

  it('are refused where one has lost its record, or is still at it', async () => {
    await store('a', 0, 2);
    await store('b', 1, 2);
    rmSync(place('b/sent'));
    expect(await refusal('a', 'b')).toMatch(/run: b lacks its record, sent; shard 1\/2 is missing$/);
    await store('b', 1, 2);
    writeFileSync(
      place('b/owner'),
      JSON.stringify({ pid: 1, host: (await import('node:os')).hostname(), since: null }),
    );
    expect(await refusal('a', 'b')).toMatch(/run: b is still being written; shard 1\/2 is missing$/);
  });
});

describe('several attempts at one shard', () => {
  beforeEach(() => store('a', 0, 2, { attempt: 'a' }));

  it('count once where all but one did nothing', async () => {
    await store('begun', 1, 2, { attempt: 'b', promised: 0, cut: true });
    writeFileSync(join(await store('claimed', 1, 2), 'plan.json'), '');
    writeFileSync(
      join(await store('unready', 1, 2), 'plan.json'),
      planDocument(plan, null, { index: 1, count: 2 }, 1, {}),
    );
    truncateSync(join(await store('torn', 1, 2), 'sent'), 12);
    writeFileSync(
      join(await store('read', 1, 2), 'plan.json'),
      planDocument(plan, null, { index: 1, count: 2 }, 0, {}),
    );
    expect(await refusal('a', 'claimed', 'unready', 'torn')).toMatch(/run: shard 1\/2 is missing$/);
    notes = [];
    await store('b', 1, 2, { attempt: 'c' });
    const { result } = await merge('.');
    expect(result.events).toMatchObject({ intended: 40, acked: 40 });
    const nothing = 'is left out: it was cut off before it could send anything';
    expect(notes.sort()).toEqual([
      'begun is left out: that attempt sent nothing',
      `claimed ${nothing}`,
      'read is left out: it holds what a verifier has seen',
      `torn ${nothing}`,
      `unready ${nothing}`,
    ]);
  });

  it('one that did nothing stands for its shard where there is no other', async () => {
    await store('b', 1, 2, { attempt: 'b', promised: 0 });
    await store('c', 1, 2, { attempt: 'c', promised: 0 });
    const { result } = await merge('a', 'b', 'c');
    expect(result.events).toMatchObject({ intended: 40, sent: 24, notSent: 16 });
    expect(notes).toEqual(['c is left out: that attempt sent nothing']);
  });

  it.each([
    ['before', ['early', 'b']],
    ['behind', ['b', 'early']],
  ])('an earlier copy is no second one, %s the whole', async (_, order) => {
    const first: Partial<StoredShard> = { attempt: 'b', promised: 20, cut: true };
    await store('b', 1, 2, first);
    cpSync(place('b'), place('early'), { recursive: true });
    await resumeShard({ dir: place('b'), plan, index: 1, count: 2, attempt: 'c' }, 20);
    const { result } = await merge('a', ...order);
    expect(notes).toEqual(['early is left out: b holds all of it']);
    expect(result.events).toMatchObject({ intended: 40, acked: 40, unknown: 0 });
    expect(result.shards?.map(({ attempts }) => attempts)).toEqual([1, 2]);
  });

  it('a copy of the same attempt is none either', async () => {
    await store('b', 1, 2, { attempt: 'b' });
    cpSync(place('b'), place('copy'), { recursive: true });
    expect((await merge('a', 'b', 'copy', 'a')).result.events).toMatchObject({ intended: 40, acked: 40 });
    expect(notes).toEqual(['copy is left out: b holds all of it']);
  });

  it('one that went on while another had taken its copy over is a second one', async () => {
    await store('b', 1, 2, { attempt: 'b', promised: 20, cut: true });
    await resumeShard({ dir: place('b'), plan, index: 1, count: 2, attempt: 'c' }, 20);
    await store('zombie', 1, 2, { attempt: 'b', promised: 25, cut: true });
    expect(await refusal('a', 'b', 'zombie')).toMatch(
      /run: b and zombie are both shard 1\/2, by two attempts that may both have sent$/,
    );
  });
});
