import { describe, expect, it } from 'vitest';
import type { CapacityResult } from '../../src/capacity/capacity-result.ts';
import { readLadder } from '../../src/capacity/read-ladder.ts';
import type { RunResult } from '../../src/metrics/result.ts';
import { testResult } from '../metrics/test-result.ts';
import { exampleRun } from '../report/example-run.ts';
import { ladderRun } from './ladder-run.ts';

/** What a walk proves whose run, as a whole, came to this. */
async function proved(
  each: Parameters<typeof ladderRun>[0],
  { seconds = 15, thresholds, ...change }: Partial<RunResult> & { seconds?: number; thresholds?: string } = {},
): Promise<CapacityResult> {
  const { dir } = await ladderRun(each, { seconds, ...(thresholds === undefined ? {} : { thresholds }) });
  const of = { fleets: [], targets: [] };
  return (await readLadder(dir, testResult({ ...of, ...change }))) as CapacityResult;
}

const verdictsOf = ({ steps }: CapacityResult): string[] => steps.map(({ verdict }) => verdict);

describe('what a ladder proves', () => {
  it('is nothing where none was walked', async () => {
    const run = await exampleRun(20);
    expect(await readLadder(run.dir, testResult())).toBeNull();
    run.remove();
  });

  it('lies between the loads that held and those that broke, each judged by its own seconds', async () => {
    const result = await proved((due) => ({ responseUs: due < 400 ? 2_000 : 300_000 }));
    expect(verdictsOf(result)).toEqual(['holds', 'holds', 'breaks']);
    expect(result).toMatchObject({
      verdict: 'pass',
      goal: { vary: 'rate', from: 100, to: 400, confirm: 1, provisionFor: 800 },
      finding: {
        ...{ ending: 'found', highestHeld: { level: 200 }, lowestBroke: { level: 400 } },
        limit: { kind: 'threshold', what: 'response_time p90 < 100ms' },
      },
    });
    expect(result.holdsIf).toContain('response_time p90 < 100ms');
    expect(result.steps.map(({ level, dir, startedAt, seconds }) => [level, dir, startedAt, seconds])).toEqual([
      [100, '.', '2026-01-01T00:00:01.000Z', 4],
      [200, '.', '2026-01-01T00:00:06.000Z', 4],
      [400, '.', '2026-01-01T00:00:11.000Z', 4],
    ]);
  });

  it('ends where the run was cut short', async () => {
    const result = await proved(() => ({}), { seconds: 7 });
    expect(result.steps.map(({ level }) => level)).toEqual([100, 200]);
    expect(result.finding).toMatchObject({ verdict: 'inconclusive', ending: 'cut short' });
  });

  it('names a target’s own word only at the loads at which it said so', async () => {
    const errors = [{ code: 'target/throttled', message: 'shard 0', count: 7, firstAt: '' }];
    const result = await proved((due) => (due < 400 ? {} : { acked: 300, rejected: 100 }), { errors });
    expect(verdictsOf(result)).toEqual(['holds', 'holds', 'breaks']);
    expect(result.finding.limit).toEqual({ kind: 'target', what: 'no room at shard 0' });
    const settling = (due: number, second: number) =>
      second === 10 ? { acked: 390, rejected: 10 } : due < 400 ? {} : { responseUs: 300_000 };
    expect((await proved(settling, { errors })).finding.limit).toMatchObject({ kind: 'threshold' });
  });

  it('accuses no load of what is known of the whole walk only', async () => {
    const check = { name: 'delivery', expression: 'expect: at-least-once', status: 'fail', observed: '' } as const;
    const result = await proved(() => ({}), { verdict: 'fail', checks: [{ ...check, reason: '3 lost' }] });
    expect(verdictsOf(result)).toEqual(['unsure', 'unsure', 'unsure']);
    expect(result.steps[0]?.reasons).toEqual(['delivery: 3 lost, over all loads: at which of them, nobody knows']);
  });

  it.each(['response_time p90 < 100ms', 'achieved_rate >= 99%'])(
    'accuses no target, by %s, of what the generator could not offer',
    async (thresholds) => {
      const full = { pickedUp: 150, acked: 150, lagUs: 3e6, responseUs: 3e6 };
      const result = await proved((due) => (due < 200 ? {} : full), { thresholds });
      expect(verdictsOf(result)).toEqual(['holds', 'generator', 'generator']);
      expect(result.finding).toMatchObject({ ending: 'generator full', lowestBroke: null });
    },
  );

  it('believes no reader that stood still how late events were', async () => {
    const { verifier } = testResult({
      verifier: { status: 'unhealthy', cpuSeconds: 1, peakRssBytes: 1e8, signals: ['the reader stood still'] },
    });
    const result = await proved((due) => ({ endToEndUs: due < 400 ? 3_000 : 900_000 }), {
      ...{ thresholds: 'end_to_end p90 < 100ms', verifier },
    });
    expect(verdictsOf(result)).toEqual(['holds', 'holds', 'unsure']);
  });
});
