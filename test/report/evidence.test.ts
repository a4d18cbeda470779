import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HistogramLogReader } from 'hdr-histogram-js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { csv } from '../../src/report/csv.ts';
import { type Evidence, noEvidence, readEvidence } from '../../src/report/evidence.ts';
import { hgrm } from '../../src/report/hgrm.ts';
import { hlog, wholeOf } from '../../src/report/hlog.ts';
import { exampleRun } from './example-run.ts';
import { stored } from './hostile.ts';

const SECONDS = 20;

describe('what the files of a run say', () => {
  let run: Awaited<ReturnType<typeof exampleRun>>;
  let evidence: Evidence;
  beforeEach(async () => {
    run = await exampleRun(SECONDS);
    evidence = await readEvidence(run.dir);
  });
  afterEach(() => run.remove());

  it('is a stretch for each second, with what was due, sent, read and measured in it', () => {
    const { stretches, response } = evidence.timeline as NonNullable<Evidence['timeline']>;
    // What was read a moment after the last second has a stretch of its own.
    expect(stretches).toHaveLength(SECONDS + 1);
    const [, second] = stretches;
    expect(second).toMatchObject({
      ...{ fromUs: 1e6, toUs: 2e6, due: 100, sent: 100, acked: 100, rejected: 0, waiting: 2, received: 100, seen: 100 },
      ...{ cpu: 0.3, busy: 0.3, rssBytes: 1.5e8, descriptors: 40 },
    });
    expect(second?.latency.responseTime.count).toBe(100);
    expect(second?.latency.responseTime.p99).toBeGreaterThan(second?.latency.responseTime.p50 ?? 0);
    expect(stretches.reduce((sum, { received }) => sum + (received ?? 0), 0)).toBe(100 * SECONDS);
    expect(response.counts.flat().reduce((sum, count) => sum + count, 0)).toBe(100 * SECONDS);
  });

  it('goes into timeline.csv, numbers alone', () => {
    const lines = [...csv.render(stored('clean'), evidence)].join('').trimEnd().split('\n');
    expect(lines).toHaveLength(SECONDS + 2);
    const [header = '', ...rows] = lines;
    for (const row of rows) {
      const cells = row.split(',');
      expect(cells).toHaveLength(header.split(',').length);
      for (const cell of cells) expect(cell === '' || Number.isFinite(Number(cell))).toBe(true);
    }
    expect([...csv.render(stored('clean'), noEvidence)].join('').trimEnd().split('\n')).toHaveLength(1);
  });

  it('goes into a log that HdrHistogram reads, by interval', () => {
    const text = [...hlog.render(stored('clean'), evidence)].join('');
    const reader = new HistogramLogReader(text);
    const counts: Record<string, number> = {};
    for (let one = reader.nextIntervalHistogram(); one !== null; one = reader.nextIntervalHistogram()) {
      counts[one.tag] = (counts[one.tag] ?? 0) + one.totalCount;
    }
    const all = 100 * SECONDS;
    expect(counts).toEqual({
      ...{ responseTime: all, serviceTime: all, clientWait: all, scheduleLag: all, endToEnd: all },
    });
    expect(wholeOf(evidence, 'endToEnd').count).toBe(all);
    expect([...hgrm.render(stored('clean'), evidence)].join('')).toContain(`Total count    = ${' '.repeat(8)}${all}`);
  });

  it('names the devices with the most findings', async () => {
    const finding = (device: string, kind: string): string =>
      JSON.stringify({ kind, fleet: 'phones', slot: 1, device });
    const lines = [finding('a', 'lost'), finding('b', 'lost'), finding('b', 'duplicate'), '{"torn'];
    writeFileSync(join(run.dir, 'findings.ndjson'), lines.join('\n'));
    expect((await readEvidence(run.dir)).faults).toEqual([
      { device: 'b', fleet: 'phones', kinds: { lost: 1, duplicate: 1 }, total: 2 },
      { device: 'a', fleet: 'phones', kinds: { lost: 1 }, total: 1 },
    ]);
  });
});
