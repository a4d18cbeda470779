import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { RunResult } from '../../src/metrics/result.ts';
import { consoleReport, console as format } from '../../src/report/console.ts';
import { noEvidence } from '../../src/report/evidence.ts';

const fixtures = new URL('../fixtures/finished/', import.meta.url);

function stored(name: string): RunResult {
  return JSON.parse(readFileSync(new URL(`${name}.json`, fixtures), 'utf8')) as RunResult;
}

function screen(result: RunResult, colour = false): string {
  return [...consoleReport(result, { colour, dir: `results/${result.run.scenario}` })].join('');
}

const escapeSequence = new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, 'g');

describe('console', () => {
  it('begins with verdict and reason', () => {
    expect(screen(stored('clean'))).toMatch(/^PASS {2}every event arrived\n/);
    expect(screen(stored('breached'))).toMatch(/^FAIL {2}delivery: 12 events were acknowledged and proved lost\n/);
    expect(screen(stored('aborted'))).toMatch(/^INCONCLUSIVE {2}the run was aborted before its end\n/);
  });

  it('fits 80 columns, and a clean run 30 lines', () => {
    for (const name of ['clean', 'breached', 'aborted']) {
      for (const line of screen(stored(name)).split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    }
    expect(screen(stored('clean')).trimEnd().split('\n').length).toBeLessThanOrEqual(30);
  });

  it('tells how processes grew, of a run that was long enough for it', () => {
    const result = stored('clean');
    const growth = { rss: { perHour: 2e6, low: 1e6, high: 3e6 }, descriptors: null, scheduleLag: null };
    const grown = (durationSeconds: number): string =>
      screen({ ...result, run: { ...result.run, durationSeconds }, generator: { ...result.generator, growth } });
    expect(grown(3600)).toContain('growth of memory 1.91 MiB/h (977 KiB/h to 2.86 MiB/h)');
    expect(grown(30)).not.toContain('growth');
  });

  it('colours only when asked, and changes nothing else', () => {
    const plain = screen(stored('breached'));
    const coloured = screen(stored('breached'), true);
    expect(plain).not.toMatch(escapeSequence);
    expect(coloured).toMatch(escapeSequence);
    expect(coloured.replace(escapeSequence, '')).toBe(plain);
  });

  it('lets no name move the cursor or forge a line', () => {
    const result = stored('clean');
    const evil = 'a\u001b[2J\r\nPASS\u202egnp\u2028b\u0000';
    result.run.scenario = evil;
    result.run.id = evil;
    result.verdict = 'fail';
    result.reasons = [evil];
    result.checks = [{ name: evil, expression: evil, status: 'fail', observed: evil, reason: evil }];
    result.errors = [{ code: evil, message: evil, count: 1, firstAt: evil }];
    result.generator.signals = [evil];
    result.files = { [evil]: evil };
    const text = screen(result);
    expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    expect(text.match(/^PASS/gm)).toBeNull();
  });

  it('shows failed checks first, and says how many it leaves out', () => {
    const result = stored('breached');
    result.checks = Array.from({ length: 20 }, (_, i) => ({
      name: `check ${i}`,
      expression: `check ${i}`,
      status: i === 19 ? 'fail' : 'pass',
      observed: 'x',
      reason: '',
    }));
    const text = screen(result);
    expect(text).toContain('✗ check 19');
    expect(text).toContain('and 12 more in summary.json');
  });

  it('names what was written elsewhere on a line of its own', () => {
    const result = stored('clean');
    result.files = { plan: 'plan.json', events: '/lake/events-*-of-2.jsonl' };
    expect(screen(result)).toContain('summary.json  plan.json\n            /lake/events-*-of-2.jsonl\n');
  });

  it('shows a dash for what the identity cannot tell', () => {
    const result = stored('clean');
    result.delivery = { ...result.delivery, identity: 'none', duplicates: null, reordered: null, corrupt: null };
    expect(screen(result)).toContain('verified 1,000   duplicates –   reordered –   corrupt –');
  });

  it('is registered as a pure text format', () => {
    expect([...format.render(stored('clean'), noEvidence)].join('')).toContain('every event arrived');
  });
});
