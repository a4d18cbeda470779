import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { RunResult } from '../../src/metrics/result.ts';
import { summarySchema } from '../../src/metrics/summary-schema.ts';
import { inScratch } from './in-scratch.ts';
import { answer, findingsOf, iotload, start, summaryOf } from './iotload.ts';
import { phones } from './scenario-text.ts';

const space = inScratch();
const { here, asked, scenario } = space;

// A generator that has to share its cores judges no latency and no rate.
describe('a run whose latency or rate is judged', () => {
  it('quickstart passes, and every event is accounted for', async () => {
    const out = space.path('out');
    const { code, stdout, stderr } = await start(['run', 'quickstart', '--duration', '3s', '--out', out]).finished;
    expect(stderr + stdout).toContain('PASS');
    expect(code).toBe(0);
    const summary = summaryOf(out);
    expect(summarySchema.parse(summary)).toEqual(summary);
    const { events, delivery, verdict } = summary;
    expect(verdict).toBe('pass');
    expect(events.intended).toBeGreaterThan(1000);
    expect(events.sent).toBe(events.intended);
    expect(events.acked).toBe(events.intended);
    expect(delivery.verified).toBe(events.intended);
    expect([delivery.lost, delivery.missing, delivery.duplicates, delivery.corrupt, delivery.reordered]).toEqual([
      0, 0, 0, 0, 0,
    ]);
    expect(findingsOf(out)).toEqual([]);
    expect(readdirSync(out).sort()).toEqual([
      ...['devices.csv', 'findings.ndjson', 'heatmap.csv', 'junit.xml', 'latency.hlog', 'plan.json', 'report.html'],
      ...['response-time.hgrm', 'seen', 'sent', 'summary.json', 'timeline.csv', 'truth.ndjson'],
    ]);
  });

  it('judges a discard run by its thresholds, says that delivery was not checked, and never mixes two runs in one directory', async () => {
    const out = space.path('out');
    const file = scenario(
      phones({
        target: '{ protocol: discard }',
        more: 'thresholds: [ "achieved_rate >= 90%", "response_time p50 < 20s" ]',
      }),
    );
    const args = ['run', file, '--out', out, '--progress', 'none'];
    const { code, stdout } = await iotload(args);
    expect(code).toBe(0);
    expect(stdout).toContain('not checked');
    expect(summaryOf(out).events).toMatchObject({ intended: 750, sent: 750, noAck: 750 });
    const again = await answer(args);
    expect(again.code).toBe(2);
    expect(again.stderr).toContain('already holds a run');
  });

  it('init asks nothing without a terminal, and leads to a run that passes', async () => {
    const { code, stdout } = await here('init');
    expect(code).toBe(0);
    expect(stdout).toBe(readFileSync(new URL('../fixtures/cli/init.txt', import.meta.url), 'utf8'));
    expect((await asked('validate', 'scenario.yaml')).stdout).toContain('2,200 events');
    expect((await asked('plan', 'scenario.yaml')).code).toBe(0);
    const run = await here('run', 'scenario.yaml', '--duration', '1s', '--out', 'out', '--progress', 'none');
    expect(run.stdout).toContain('PASS');
    expect(run.code).toBe(0);
  });

  it('quick runs without a file, says what it stands for on stderr, and keeps stdout for the result', async () => {
    const { code, stdout, stderr } = await here('quick', 'embedded', '--duration', '1s', '--json', '--out', 'out');
    expect(code).toBe(0);
    expect(stderr).toContain('# iotload quick embedded stands for:\niotload: 1\n');
    const { verdict, events, run } = JSON.parse(stdout) as RunResult;
    expect([verdict, events.acked, run.scenario]).toEqual(['pass', 200, 'quick']);
  });
});
