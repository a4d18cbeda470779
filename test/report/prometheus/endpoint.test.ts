import { describe, expect, it, onTestFinished } from 'vitest';
import type { Clock } from '../../../src/core/clock.ts';
import { openPrometheus } from '../../../src/report/prometheus/endpoint.ts';
import type { LiveRun } from '../../../src/runner/live-run.ts';
import { testResult } from '../../metrics/test-result.ts';
import { planned, scenario } from '../../plan/request.ts';
import { VirtualClock } from '../../simulation/virtual-clock.ts';
import { testFigures } from './live-figures.ts';
import { figureOf, parseStrictly } from './strict-text.ts';

const { plan } = await planned({ text: scenario({ more: 'outputs: { labels: { team: "a\\"b", fleet: mine } }' }) });

/** An endpoint in virtual time, and a run whose figures are read `reads` times. */
async function opened(clock: Clock & { advanceTo(us: number): void } = new VirtualClock()) {
  const endpoint = await openPrometheus({
    address: { host: '127.0.0.1', port: 0 },
    where: '',
    version: '1.2.3',
    clock,
  });
  onTestFinished(() => endpoint.close());
  const run = { plan, runId: 'r1', shard: '0/1', workers: 1, planDigest: 'd', reads: 0 };
  const read = () => {
    run.reads++;
    return testFigures();
  };
  const begin = (): void => endpoint.observer.live?.({ ...run, read } as unknown as LiveRun);
  const scrape = async (form: 'text' | 'openmetrics' = 'text') => {
    const accept = form === 'text' ? '*/*' : 'application/openmetrics-text';
    const response = await fetch(endpoint.url, { headers: { accept } });
    expect(response.headers.get('content-type')).toContain(form === 'text' ? '0.0.4' : '1.0.0');
    return parseStrictly(await response.text(), form);
  };
  const pass = (seconds: number): void => clock.advanceTo(clock.nowUs() + seconds * 1e6);
  return { endpoint, run, begin, scrape, pass, clock };
}

describe('openPrometheus', () => {
  it('tells of itself before the run, and then of the run, in either text', async () => {
    const { begin, scrape } = await opened();
    expect([...(await scrape()).keys()]).toEqual(['iotload_build_info']);
    begin();
    for (const form of ['text', 'openmetrics'] as const) {
      const families = await scrape(form);
      const labels = { run: 'r1', scenario: 'test', team: 'a"b', label_fleet: 'mine', fleet: 'meters' };
      expect(figureOf(families, 'iotload_events_sent_total', labels)).toBe(480);
      expect(figureOf(families, 'iotload_run_info', { seed: '1', plan_digest: 'd' })).toBe(1);
    }
  });

  it('reads the figures four times a second at most, and anew at the end', async () => {
    const { endpoint, run, begin, scrape, pass } = await opened();
    begin();
    for (let i = 0; i < 5; i++) await scrape();
    expect(run.reads).toBe(1);
    pass(0.25);
    await scrape();
    expect(run.reads).toBe(2);
    await endpoint.finished(
      testResult(),
      () => {},
      () => true,
    );
    expect(figureOf(await scrape(), 'iotload_run_verdict', { verdict: 'pass' })).toBe(1);
    expect(run.reads).toBe(3);
  });

  it('waits for nobody who has not come again and again', async () => {
    const { endpoint, begin, scrape } = await opened();
    begin();
    await scrape();
    await scrape();
    const told: string[] = [];
    await endpoint.finished(
      testResult(),
      (text) => told.push(text),
      () => false,
    );
    expect(told).toEqual([]);
  });

  async function steadily() {
    const world = await opened();
    world.begin();
    for (let i = 0; i < 3; i++) {
      await world.scrape();
      world.pass(15);
    }
    const told: string[] = [];
    let over = false;
    let hurried = false;
    // At 45 s, just before the next one is due.
    const done = world.endpoint
      .finished(
        testResult(),
        (text) => told.push(text),
        () => hurried,
      )
      .then(() => {
        over = true;
      });
    const hurry = (): void => {
      hurried = true;
    };
    return { ...world, told, done, isOver: () => over, hurry };
  }

  it('waits for the scrape that has to come, so that the end is not lost', async () => {
    const { endpoint, told, scrape, pass, done, isOver } = await steadily();
    pass(1);
    await Promise.resolve();
    expect(isOver()).toBe(false);
    expect(told).toEqual([`waiting up to 4s for the last scrape of ${endpoint.url}`]);
    expect(figureOf(await scrape(), 'iotload_run_phase', { phase: 'finished' })).toBe(1);
    pass(0.1);
    await done;
  });

  it('but no longer than it should take', async () => {
    const { pass, done } = await steadily();
    pass(4);
    await done;
  });

  it('nor when it is hurried', async () => {
    const { hurry, pass, done } = await steadily();
    hurry();
    pass(0.1);
    await done;
  });
});
