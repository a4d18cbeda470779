import { existsSync, readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { figureOf, type ParsedFamily, parseStrictly } from '../report/prometheus/strict-text.ts';
import { inScratch } from './in-scratch.ts';
import { start, summaryOf } from './iotload.ts';
import { phones } from './scenario-text.ts';

const space = inScratch();
const metricsAt = /metrics: (http:\/\/127\.0\.0\.1:\d+\/metrics)/;

type Page = Map<string, ParsedFamily>;

/** Runs with the endpoint and fetches the page again and again until nobody answers; in either text by turns. */
async function scraped(args: readonly string[]): Promise<{ code: number | null; stderr: string; pages: Page[] }> {
  const run = start(args, {}, space.dir);
  await run.said(metricsAt);
  const url = metricsAt.exec(run.stderr())?.[1] as string;
  const pages: Page[] = [];
  for (let i = 0; ; i++) {
    const form = i % 2 === 0 ? 'text' : 'openmetrics';
    const accept = form === 'text' ? 'text/plain' : 'application/openmetrics-text;version=1.0.0,text/plain;q=0.5';
    try {
      pages.push(parseStrictly(await (await fetch(url, { headers: { accept } })).text(), form));
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      break;
    }
  }
  const { code, stderr } = await run.finished;
  return { code, stderr, pages };
}

describe('the Prometheus endpoint', () => {
  it('tells of a run while it runs, and in the end what its summary tells', async () => {
    const target = '{ protocol: mqtt, endpoint: embedded }';
    const more = 'outputs: { prometheus: "127.0.0.1:0", labels: { team: ingest } }\nthresholds: [ acked >= 100% ]';
    const file = space.scenario(phones({ target, more, duration: '3s', warmUp: '1s' }));
    const { code, stderr, pages } = await scraped(['run', file, '--out', 'out', '--workers', '2', '--run-id', 'mine']);
    expect(code).toBe(0);
    expect(stderr).toContain('for the last scrape of http://127.0.0.1:');

    const labels = { run: 'mine', scenario: 'case', team: 'ingest', fleet: 'phones', target: 'target' };
    const sent = pages.flatMap((page) =>
      page.has('iotload_events_sent_total') ? [figureOf(page, 'iotload_events_sent_total', labels)] : [],
    );
    expect(sent).toEqual([...sent].sort((a, b) => a - b));
    // It was seen to grow.
    expect(new Set(sent).size).toBeGreaterThan(4);
    const phases = pages.flatMap((page) =>
      [...page.values()].flatMap(({ samples }) =>
        samples
          .filter(({ name, value }) => name === 'iotload_run_phase' && value === 1)
          .map(({ labels }) => labels['phase']),
      ),
    );
    for (const phase of ['measuring', 'finished']) expect(phases).toContain(phase);

    const { events, delivery, latency } = summaryOf(space.path('out'));
    const last = pages.at(-1) as Page;
    expect(events.intended).toBe(2_000);
    for (const [outcome, count] of Object.entries({
      acked: events.acked,
      rejected: events.rejected,
      unknown: events.unknown,
      no_ack: events.noAck,
      not_sent: events.notSent,
    }))
      expect(figureOf(last, 'iotload_events_total', { ...labels, outcome }), outcome).toBe(count);
    for (const [name, value] of Object.entries({
      iotload_events_planned: events.intended,
      iotload_events_due_total: events.intended,
      iotload_events_picked_up_total: events.intended,
      iotload_events_sent_total: events.sent,
      iotload_backlog_events: 0,
      iotload_in_flight_events: 0,
    }))
      expect(figureOf(last, name, labels), name).toBe(value);
    for (const [name, value] of Object.entries({
      iotload_verifier_received_total: delivery.received,
      iotload_verifier_verified_total: delivery.verified,
      iotload_verifier_foreign_total: delivery.foreign,
    }))
      expect(figureOf(last, name, { target: 'target' }), name).toBe(value);
    for (const [interval, { count, mean }] of Object.entries({
      schedule_lag: latency.scheduleLag,
      client_wait: latency.clientWait,
      service_time: latency.serviceTime,
      response_time: latency.responseTime,
      end_to_end: latency.endToEnd,
    })) {
      expect(figureOf(last, 'iotload_latency_seconds_count', { interval }), interval).toBe(count);
      const sum = figureOf(last, 'iotload_latency_seconds_sum', { interval });
      expect(sum / count, interval).toBeCloseTo((mean as number) / 1e6, 9);
    }
    for (const finding of ['verified', 'lost', 'missing', 'late'] as const)
      expect(figureOf(last, 'iotload_delivery_events', { target: 'target', finding })).toBe(delivery[finding]);
    expect(figureOf(last, 'iotload_run_verdict', { verdict: 'pass' })).toBe(1);
  });

  it('tells of a fleet that sends to several targets at each of them', async () => {
    const file = space.scenario(`iotload: 1
run: { duration: 1s }
fleets:
  phones: { model: phone-motion, devices: 20, rate: 200/s, payload: seismograph-traced, to: [a, b] }
targets:
  a: { protocol: mqtt, endpoint: embedded }
  b: { protocol: file, path: b.jsonl }
verify: { read: [a, b] }
`);
    const { code, pages } = await scraped([
      'run',
      file,
      '--out',
      'out',
      '--workers',
      '1',
      '--prometheus',
      '127.0.0.1:0',
    ]);
    expect(code).toBe(0);
    const last = pages.at(-1) as Page;
    const { targets } = summaryOf(space.path('out'));
    expect(targets.map(({ name }) => name)).toEqual(['a', 'b']);
    for (const { name, events, delivery } of targets) {
      const labels = { target: name, fleet: 'phones', outcome: 'acked' };
      expect(figureOf(last, 'iotload_events_total', labels)).toBe(events.acked);
      expect(figureOf(last, 'iotload_verifier_verified_total', { target: name })).toBe(delivery.verified);
    }
  });

  it('on a port that is taken is one sentence and exit 2, and nothing is sent', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void other.close());
    const address = `127.0.0.1:${(other.address() as AddressInfo).port}`;
    const target = '{ protocol: file, path: events.jsonl }';
    const file = space.scenario(phones({ target, more: `outputs: { prometheus: "${address}" }` }));
    const { code, stdout, stderr } = await start(['run', file], {}, space.dir).finished;
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(`error: outputs.prometheus: somebody listens there already (got "${address}")`);
    expect(existsSync(space.path('results'))).toBe(false);
    expect(readdirSync(space.dir)).toEqual(['case.yaml']);
  });

  it('ends at once on Ctrl-C, scraped or not', async () => {
    const target = '{ protocol: mqtt, endpoint: embedded }';
    const file = space.scenario(phones({ target, duration: '60s' }));
    const run = start(['run', file, '--out', 'out', '--workers', '1', '--prometheus', '127.0.0.1:0'], {}, space.dir);
    await run.said(metricsAt);
    await run.said(/measuring/);
    const url = metricsAt.exec(run.stderr())?.[1] as string;
    for (let i = 0; i < 3; i++) await (await fetch(url)).text();
    run.interrupt();
    const { code, stderr } = await run.finished;
    expect(code).toBe(130);
    expect(stderr).not.toContain('last scrape');
  });
});

describe('iotload metrics', () => {
  it('lists what there is, and prints a dashboard', async () => {
    const listed = await space.asked('metrics');
    expect([listed.code, listed.stderr]).toEqual([0, '']);
    expect(listed.stdout).toMatch(/^ {2}iotload_latency_seconds_bucket +histogram +fleet target interval$/m);
    const json = JSON.parse((await space.asked('metrics', '--json')).stdout) as { name: string; series: string[] }[];
    expect(json.find(({ name }) => name === 'iotload_events_sent')?.series).toEqual(['iotload_events_sent_total']);
    const { code, stdout } = await space.asked('metrics', '--grafana');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ title: 'iotload', panels: expect.any(Array) });
  });
});
