import { describe, expect, it } from 'vitest';
import type { Plan } from '../../../src/plan/plan.ts';
import { type ComparedRun, compareRuns } from '../../../src/report/compare/compare.ts';
import { comparisonPage } from '../../../src/report/compare/comparison-page.ts';
import { comparisonText } from '../../../src/report/compare/comparison-text.ts';
import { difference, studentQuantile } from '../../../src/report/compare/difference.ts';
import { noEvidence } from '../../../src/report/evidence.ts';
import type { Stretch, Timeline } from '../../../src/report/timeline/timeline.ts';
import { hostile, stored } from '../hostile.ts';

const SECONDS = 180;
const SEEDS = 20;

/** Uniform in [0, 1), by seed. */
function generator(seed: number): () => number {
  let state = Math.imul(seed, 0x9e3779b1) >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return ((state ^ (state >>> 15)) >>> 0) / 2 ** 32;
  };
}

/**
 * Three minutes of a target that takes about 4 ms for an event, `slower` times as long: a slow wander that lasts for seconds, the scatter of each
 * second, and now and then a bad one.
 */
function run(seed: number, slower = 1, acked = 1): ComparedRun {
  const random = generator(seed);
  const normal = (): number => Array.from({ length: 12 }, random).reduce((sum, one) => sum + one, -6);
  let wander = 0;
  const stretches = Array.from({ length: SECONDS }, (_, second): Stretch => {
    wander = 0.7 * wander + 0.02 * normal();
    const us = 4000 * slower * Math.exp(wander + 0.03 * normal()) * (random() < 0.03 ? 1.3 : 1);
    const latency = { count: 1000, p50: us, p99: us * 3 * Math.exp(0.04 * normal()), max: us * 9 };
    const none = { count: 0, p50: null, p99: null, max: null };
    return {
      ...{ fromUs: second * 1e6, toUs: (second + 1) * 1e6, due: 1000, sent: 1000, acked: 1000 * acked },
      ...{ rejected: 0, unknown: 0, noAck: 0, notSent: 0, waiting: 0, received: 1000, seen: 1000, throttled: 0 },
      ...{ disconnected: 0, cpu: 0.3, verifierCpu: 0.1, busy: 0.3, rssBytes: 1, verifierRssBytes: 1, descriptors: 9 },
      latency: { responseTime: latency, serviceTime: latency, endToEnd: latency, scheduleLag: none, clientWait: none },
    };
  });
  const timeline = { stretches } as unknown as Timeline;
  const plan = { run: { warmUpUs: 0, durationUs: SECONDS * 1e6 } } as unknown as Plan;
  return { result: stored('clean'), evidence: { ...noEvidence, timeline, plan } };
}

const settings = { tolerance: 0.05 };

describe('the comparison of two runs', () => {
  it('finds nothing between two that are alike, in 19 of 20', () => {
    const found = Array.from({ length: SEEDS }, (_, i) => compareRuns(run(2 * i + 1), run(2 * i + 2), settings));
    expect(found.filter(({ regressions }) => regressions.length > 0).length).toBeLessThanOrEqual(1);
  });

  it('finds a target that is a tenth slower, in 19 of 20', () => {
    const found = Array.from({ length: SEEDS }, (_, i) => compareRuns(run(2 * i + 1), run(2 * i + 2, 1.1), settings));
    const caught = found.filter(({ regressions }) => regressions.some((name) => name.startsWith('response time')));
    expect(caught.length).toBeGreaterThanOrEqual(19);
  });

  it('says better of what is faster, and counts what is lost whatever the tolerance', () => {
    const faster = compareRuns(run(1), run(2, 0.7), settings);
    expect(faster.metrics.find(({ name }) => name === 'response time p50')?.verdict).toBe('better');
    expect(faster.regressions).toEqual([]);
    const losing = run(2);
    losing.result = { ...losing.result, delivery: { ...losing.result.delivery, lost: 1 } };
    expect(compareRuns(run(1), losing, settings).regressions).toEqual(['lost']);
    expect(compareRuns(run(1), run(2, 1, 0.8), settings).regressions).toEqual(['acknowledged rate']);
  });

  it('refuses runs of different plans, unless it is told to', () => {
    const other = run(2);
    other.result = { ...other.result, run: { ...other.result.run, planDigest: 'f00' } };
    expect(() => compareRuns(run(1), other, settings)).toThrow(expect.objectContaining({ code: 'bad-arguments' }));
    expect(compareRuns(run(1), other, { ...settings, anyway: true }).regressions).toEqual([]);
  });

  it('says so where there is too little to compare', () => {
    const bare = { result: stored('clean'), evidence: noEvidence };
    const comparison = compareRuns(bare, bare, settings);
    expect(comparison.metrics.every(({ verdict }) => verdict === 'unknown' || verdict === 'same')).toBe(true);
    expect(comparison.metrics.map(({ name }) => name)).toContain('lost');
  });

  it('is told as a table and as a page, with the change and its interval', () => {
    const comparison = compareRuns(run(1), run(2, 1.3), settings);
    expect(comparisonText(comparison)).toMatch(/^REGRESSION {2}response time p50.* worse by more than 5 %\n/);
    expect(comparisonText(comparison)).toMatch(
      /response time p50 +\S+ \S+ +\S+ \S+ +\+\d+\.\d % \(\+\d+\.\d % … \+\d+\.\d %\) +regression/,
    );
    const page = [...comparisonPage(comparison)].join('');
    expect(page).toContain('id="verdict">REGRESSION<');
    expect(page).not.toMatch(/ (src|href)=/);
  });

  it('tells the figures of each of several targets that both runs have, and judges by none of them', () => {
    const [one, other] = [run(1), run(2)];
    const { targets } = stored('breached');
    one.result = { ...one.result, targets };
    other.result = {
      ...other.result,
      targets: targets.map((target) => ({ ...target, rate: { targetPerSecond: 600, achievedPerSecond: 300 } })),
    };
    const comparison = compareRuns(one, other, settings);
    const told = comparison.metrics.filter(({ verdict }) => verdict === 'told');
    expect(told.map(({ name }) => name)).toEqual([
      ...['broker: rate', 'broker: response time p99', 'broker: end to end p99', 'lake: rate'],
      'lake: response time p99',
    ]);
    expect(told[0]).toMatchObject({ after: 300, low: null, high: null });
    expect(comparison.regressions).toEqual([]);
    expect(comparisonText(comparison)).toMatch(/lake: rate +588\.6\/s +300\/s +−49\.0 % +told/);
    other.result = { ...other.result, targets: targets.slice(1) };
    expect(compareRuns(one, other, settings).metrics.some(({ name }) => name.startsWith('broker'))).toBe(false);
  });

  it.each(hostile)('keeps %j a text', (text) => {
    const [one, other] = [run(1), run(2)];
    for (const each of [one, other])
      each.result = { ...each.result, run: { ...each.result.run, id: text, scenario: text } };
    const comparison = compareRuns(one, other, settings);
    expect(comparisonText(comparison).split('\n')).toHaveLength(comparison.metrics.length + 5);
    // It draws nothing, so nothing runs.
    expect([...comparisonPage(comparison)].join('')).not.toMatch(/<script/);
  });
});

describe('a difference of two series', () => {
  it('has Student’s quantiles', () => {
    for (const [freedom, quantile] of [
      [5, 4.032],
      [10, 3.169],
      [22, 2.819],
      [100, 2.626],
    ] as const)
      expect(Math.abs(studentQuantile(freedom) / quantile - 1)).toBeLessThan(0.01);
  });

  it('is none where nothing scatters and nothing differs', () => {
    const flat = Array(20).fill(5) as number[];
    expect(difference(flat, flat)).toEqual({ before: 5, after: 5, change: 0, low: 0, high: 0 });
    expect(difference([1, 2], flat)).toBeNull();
    expect(difference(Array(20).fill(0) as number[], flat)).toBeNull();
  });
});
