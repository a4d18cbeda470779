import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeShards } from '../../src/cluster/merge-shards.ts';
import type { ShardFiles } from '../../src/cluster/shard-set.ts';
import { Histogram } from '../../src/metrics/histogram.ts';
import type { GrowthSummary, RunResult } from '../../src/metrics/result.ts';
import { composeResult } from '../../src/runner/compose-result.ts';
import { senderFigures } from '../../src/runner/settle-again.ts';
import { settleRecords } from '../../src/runner/settled-run.ts';
import { settle } from '../../src/verify/settle.ts';
import { emptySamples, type Samples } from '../../src/wire/samples.ts';
import type { SeenRecord } from '../../src/wire/seen-file.ts';
import { type History, history, planOf, seenOf, sentOf } from '../verify/history.ts';

const anchor = { runId: 'r1', startWallUs: 1_700_000_000_000_000, startMonoUs: 0 };

/** What one shard of a run with this history leaves, whose verifier reads the stream of all shards. */
function shardOf(past: History, index: number, count: number): ShardFiles {
  const plan = { ...planOf(past), thresholds: [] };
  const shard = { index, count };
  const sent = sentOf(past, shard);
  for (const [fleet, record] of sent.fleets.entries()) {
    const { devices, outcomes } = past.fleets[fleet] as History['fleets'][number];
    const owned = outcomes.flatMap((_, slot) => ((slot % devices) % count === index ? [slot * 1_000] : []));
    record.samples = record.samples.map(() => samplesOf(owned));
  }
  const document = { plan, digest: 'd', anchor, shard: `${index}/${count}`, workers: 1 };
  return { name: `dir-${index}`, document, sent, seen: [seenOf(past, shard)], summary: null };
}

function samplesOf(values: readonly number[]): Samples {
  const histogram = new Histogram();
  for (const us of values) histogram.record(us);
  const samples = { ...emptySamples(), min: histogram.min, max: histogram.max, sum: histogram.sum };
  histogram.counts.forEach((count, cell) => {
    if (count > 0) samples.cells.set(cell, count);
  });
  return samples;
}

/** The result of the one process that did it all. */
function resultOf(past: History): RunResult {
  const { document, sent, seen } = shardOf(past, 0, 1);
  const { plan } = document;
  return composeResult(plan, senderFigures(null, document, anchor), settleRecords(plan, sent, seen));
}

/** Everything but what names the host, or the shards. */
function told({ generator: _, verifier: __, shards: ___, ...rest }: RunResult): unknown {
  return rest;
}

const shards = fc.integer({ min: 1, max: 7 });

describe('mergeShards', () => {
  it('gives the result of one process that did it all, in whichever order the shards come', () => {
    fc.assert(
      fc.property(history, shards, fc.nat(), (past, count, turn) => {
        const parts = Array.from({ length: count }, (_, index) => shardOf(past, (index + turn) % count, count));
        expect(told(mergeShards(parts))).toEqual(told(resultOf(past)));
      }),
      { numRuns: 40 },
    );
  });

  const past: History = {
    fleets: [{ devices: 3, outcomes: ['acked', 'acked', 'acked', 'acked'] }],
    arrivals: [0, 1, 2, 3].map((slot) => ({ fleet: 0, slot, kind: 'own' as const })),
    graceOver: 99,
    complete: true,
  };
  const three = (): ShardFiles[] => [0, 1, 2].map((index) => shardOf(past, index, 3));
  const [a, b, c] = three() as [ShardFiles, ShardFiles, ShardFiles];

  it.each<[string, ShardFiles[], string]>([
    ['a missing shard', [a, c], 'shard 1/3 is missing'],
    ['a twin', [a, b, c, { ...b, name: 'again' }], 'dir-1 and again are both shard 1/3'],
    [
      'a shard of another run',
      [a, b, c, { ...b, name: 'x', sent: { ...b.sent, header: { ...b.sent.header, runId: 'r2' } } }],
      'x is of another run, r2',
    ],
    ['another plan', [a, b, { ...c, document: { ...c.document, digest: 'e' } }], 'dir-2 is of another plan'],
    ['another division', [a, b, c, { ...shardOf(past, 1, 2), name: 'y' }], 'y is of a run of 2 shards'],
    [
      'another version',
      [a, b, { ...c, document: { ...c.document, version: '9' } }],
      'dir-2 is of another version of iotload, 9',
    ],
    [
      'another start',
      [a, b, { ...c, document: { ...c.document, anchor: { ...anchor, startWallUs: 1_700_000_001_000_000 } } }],
      'dir-2 is of another start, 2023-11-14T22:13:21.000Z',
    ],
    [
      'everything at once, by what most are of',
      [{ ...shardOf(past, 1, 2), name: 'y' }, a, { ...a, name: 'again' }, b],
      'y is of a run of 2 shards; dir-0 and again are both shard 0/3, by two attempts that may both have sent; shard 2/3 is missing',
    ],
    ['nothing', [], 'nothing to merge'],
  ])('refuses %s, by name', (_, files, message) => {
    expect(() => mergeShards(files)).toThrow(
      expect.objectContaining({ code: 'bad-arguments', message: expect.stringContaining(message) }),
    );
  });

  it('is as healthy as its weakest shard, and says which that was', () => {
    const ended = (shard: ShardFiles, over: Partial<RunResult>): ShardFiles => {
      const { document, sent, seen } = shard;
      const { plan } = document;
      const summary = composeResult(plan, senderFigures(null, document, anchor), {
        sent: { ...sent, header: { ...sent.header, shard: { index: 0, count: 1 } } },
        seen: null,
        settlement: resultSettlement(),
      });
      return { ...shard, seen, summary: { ...summary, ...over } };
    };
    const growth = (perHour: number): GrowthSummary => ({
      rss: { perHour, low: 0, high: 9 },
      descriptors: null,
      scheduleLag: null,
    });
    const healthy = { status: 'healthy' as const, cpuSeconds: 2, peakRssBytes: 5, signals: [], growth: growth(1) };
    const run = (startedAt: string, durationSeconds: number): RunResult['run'] => ({
      ...resultOf(past).run,
      startedAt,
      durationSeconds,
      ended: 'completed',
    });
    const merged = mergeShards([
      ended(a, { generator: healthy, run: run('2026-01-01T00:00:00.000Z', 10) }),
      ended(b, {
        generator: { ...healthy, status: 'unhealthy', peakRssBytes: 9, signals: ['too late'], growth: growth(3) },
        run: { ...run('2026-01-01T00:00:02.000Z', 10), ended: 'interrupted' },
      }),
      ended(c, { generator: healthy, run: run('2026-01-01T00:00:01.000Z', 10) }),
    ]);
    expect(merged.generator).toEqual({
      growth: growth(3),
      status: 'unhealthy',
      cpuSeconds: 6,
      peakRssBytes: 9,
      signals: ['shard 1: too late'],
    });
    expect(merged.run).toMatchObject({
      shard: '0/1',
      startedAt: '2026-01-01T00:00:00.000Z',
      durationSeconds: 12,
      ended: 'interrupted',
    });
  });

  it('knows nothing of absence where one verifier did not finish', () => {
    const [x, y, z] = three() as [ShardFiles, ShardFiles, ShardFiles];
    const merged = mergeShards([x, { ...y, seen: [{ ...(y.seen[0] as SeenRecord), end: null }] }, z]);
    expect(merged.checks.find(({ name }) => name === 'delivery')).toMatchObject({
      status: 'inconclusive',
      reason: 'the verifier did not finish',
    });
  });

  it('accuses nobody where one reader left nothing', () => {
    const merged = mergeShards(three().map((shard, i) => (i === 1 ? { ...shard, seen: [null] } : shard)));
    expect(merged).toMatchObject({ verdict: 'inconclusive', delivery: { verified: 3, missing: 1, foreign: 0 } });
  });

  it('says of each shard what it did, when it was ready, and how far its clock can be trusted', () => {
    const on = (
      shard: ShardFiles,
      name: string,
      more: Partial<ShardFiles['document']>,
      begunLateUs?: number,
    ): ShardFiles => ({
      ...shard,
      document: { ...shard.document, host: { bootId: name, offsetUs: 0, name }, ...more },
      sent: { ...shard.sent, ...(begunLateUs === undefined ? {} : { begunLateUs }) },
    });
    const shards = mergeShards([
      on(b, 'n2', {}),
      on(a, 'n1', { clockBoundUs: 2_000 }, 0),
      on(c, 'n3', { clockBoundUs: 50 }, 4_000),
    ]).shards;
    const events = { sent: 1, acked: 1, intended: 1 };
    expect(shards).toMatchObject([
      {
        shard: '0/3',
        host: 'n1',
        startSkewUs: 0,
        clockBoundUs: 2_000,
        attempts: 1,
        events: { ...events, sent: 2, acked: 2, intended: 2 },
      },
      { shard: '1/3', host: 'n2', startSkewUs: null, clockBoundUs: null, events },
      { shard: '2/3', host: 'n3', startSkewUs: 4_000, clockBoundUs: 50, events },
    ]);
    const together = mergeShards([on(a, 'n1', {}), on(b, 'n1', { clockBoundUs: 7 }), on(c, 'n1', {})]).shards;
    expect(together?.map(({ clockBoundUs }) => clockBoundUs)).toEqual([0, 0, 0]);
  });

  it('of a run that was not read back says nothing of delivery', () => {
    const unread = three().map((shard) => ({ ...shard, seen: [null] }));
    for (const { document } of unread) document.plan.verify = null;
    const merged = mergeShards(unread);
    expect(merged).toMatchObject({
      events: { intended: 4, acked: 4 },
      delivery: { identity: 'not checked', received: 0, missing: 0 },
      verifier: { status: 'not run' },
    });
  });

  it('ended as the gravest of its shards, as its record says', () => {
    const endings = ['completed', 'interrupted', 'aborted'] as const;
    const ended = three().map((shard, i) => ({
      ...shard,
      summary: {
        ...resultOf(past),
        run: { ...resultOf(past).run, startedAt: '2026-01-01T00:00:00.000Z', ended: endings[i] as 'aborted' },
      },
    }));
    expect(mergeShards(ended).run.ended).toBe('aborted');
  });

  it('is healthy and complete where all of its shards are', () => {
    const healthy = { status: 'healthy' as const, cpuSeconds: 1, peakRssBytes: 1, signals: [] };
    const whole = three().map((shard) => ({
      ...shard,
      summary: {
        ...resultOf(past),
        generator: healthy,
        run: { ...resultOf(past).run, startedAt: '2026-01-01T00:00:00.000Z', ended: 'completed' as const },
      },
    }));
    expect(mergeShards(whole)).toMatchObject({
      generator: { status: 'healthy', signals: [] },
      run: { ended: 'completed' },
      events: { acked: 4 },
    });
  });

  it('takes each shard’s own stream for what it is', () => {
    const separate = three().map((shard) => ({
      ...shard,
      seen: [
        {
          ...(shard.seen[0] as SeenRecord),
          unattributed: { received: shard.sent.fleets[0]?.acked.count ?? 0, foreign: 0, unidentified: 0, corrupt: 0 },
        },
      ],
    }));
    expect(mergeShards(separate).delivery).toMatchObject({ received: 4, verified: 4, foreign: 0 });
  });
});

function resultSettlement() {
  const { document, sent, seen } = shardOf(
    { fleets: [{ devices: 3, outcomes: ['acked'] }], arrivals: [], graceOver: 0, complete: true },
    0,
    1,
  );
  return settle({ plan: document.plan, sent, seen: seen[0] ?? null });
}
