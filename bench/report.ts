import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writePictures } from '../src/answers/picture-files.ts';
import { Outcome } from '../src/core/outcome.ts';
import { cellOf } from '../src/metrics/recorder.ts';
import { planDocument } from '../src/runner/plan-document.ts';
import { OutcomeJournal } from '../src/wire/outcome-journal.ts';
import type { RunHeader } from '../src/wire/run-header.ts';
import { emptySamples, type Samples } from '../src/wire/samples.ts';
import { emptyArrivals, SeenWriter } from '../src/wire/seen-file.ts';
import { SentWriter } from '../src/wire/sent-file.ts';
import { sentIntervals } from '../src/wire/sent-record.ts';
import { planned } from '../test/plan/request.ts';
import { stored } from '../test/report/hostile.ts';

/*
 * How long does it take to make the page of an hour at 10 000 devices, how much memory, and how large is it? Makes up the files of 36 million
 * events of two workers, acknowledged out of order and read back from 12 partitions, one in a million not, with every latency in a cell of
 * its own; then has the built command line render them.
 *
 *   npm run build && node --import tsx bench/report.ts [SECONDS [DEVICES]]
 */

const [seconds = 3_600, devices = 10_000] = process.argv.slice(2).map(Number);
const PARTITIONS = 12;
const WORKERS = 2;
const LOST_EVERY = 1_000_003;
const SAMPLES = 400;
const LIMITS = { seconds: 3, bytes: 300e6, page: 400 * 1024 };
const START_WALL_US = 1_767_225_600_000_000;

const dir = mkdtempSync(join(tmpdir(), 'iotload-bench-report-'));
try {
  await makeFiles();
  render();
} finally {
  rmSync(dir, { recursive: true, force: true });
}

async function makeFiles(): Promise<void> {
  const text = `iotload: 1
name: hour
run: { duration: ${seconds}s }
fleets: { phones: { model: phone-motion, devices: ${devices}, every: 1s, payload: raw } }
target: { protocol: kafka, endpoint: embedded, topic: phones }
thresholds: [response_time p99 < 250ms]
`;
  const { plan } = await planned({ text });
  const shard = { index: 0, count: 1 };
  const anchor = { runId: 'r1', startWallUs: START_WALL_US, startMonoUs: 0 };
  writeFileSync(join(dir, 'plan.json'), planDocument(plan, anchor, shard, WORKERS, {}));
  writeFileSync(join(dir, 'summary.json'), JSON.stringify(stored('clean')));
  const header: RunHeader = { runId: 'r1', shard, fleets: plan.fleets };
  const sent = await SentWriter.open(join(dir, 'sent'), header);
  const seen = await SeenWriter.open(join(dir, 'seen'), header);
  const journals = Array.from(
    { length: WORKERS },
    (_, index) => new OutcomeJournal(plan.fleets, { index, count: WORKERS }),
  );
  const gain = Array.from({ length: PARTITIONS }, (_, i) => [i, Math.round(devices / PARTITIONS) + 30 * i, 0]).flat();
  for (let second = 0; second < seconds; second++) {
    const until = (second + 1) * devices;
    const arrivals = emptyArrivals();
    // In bursts of 200, each in an order of its own.
    for (let slot = second * devices; slot < until; slot++) {
      const burst = slot - (slot % 200) + ((slot * 77) % 200);
      journals[(burst % devices) % WORKERS]?.settle(0, burst, Outcome.acked);
      if (slot % LOST_EVERY !== 7) arrivals.fresh.add(slot);
    }
    for (const journal of journals) {
      journal.horizon(0, until);
      sent.append(journal.takeFrame());
    }
    const atUs = (second + 1) * 1e6;
    sent.promise([until]);
    sent.moment({
      ...{ atUs, fleets: [[until, until, until, 0, 0, 0, 0, second % 7]], cpuUs: second * 300_000, rssBytes: 1.5e8 },
      ...{ busy: 0.3, descriptors: 40, throttled: 0, disconnected: 0, partitions: [gain] },
    });
    sent.samples([sentIntervals.map((_, i) => samplesOf(second, 500 * (i + 1)))]);
    const unattributed = { received: devices, foreign: 0, unidentified: 0, corrupt: 0 };
    seen.append(unattributed, [{ ...arrivals, endToEnd: samplesOf(second, 4_000) }]);
    seen.moment({
      ...{ wallUs: START_WALL_US + atUs + 1_000, received: until, seen: until, duplicates: 0, corrupt: 0 },
      ...{ cpuUs: second * 100_000, rssBytes: 8e7, partitions: gain },
    });
    if (second % 50 === 49) await Promise.all([sent.flush(), seen.flush()]);
  }
  await sent.end({ ended: 'completed' });
  const source = { gaps: 0, fullReads: 0, brokerDropped: null };
  await seen.end({ complete: true, source, cpuSeconds: 1, peakRssBytes: 8e7, doubts: [], signals: [] });
  const paths = { devices: join(dir, 'devices.csv'), heatMap: join(dir, 'heatmap.csv') };
  await writePictures(paths, { plan, anchor, shard, until: [] }, async () => {});
  const size = (name: string): string => `${name} ${(statSync(join(dir, name)).size / 1e6).toFixed(1)} MB`;
  console.log(`${seconds} s at ${devices} devices: ${['sent', 'seen', 'heatmap.csv'].map(size).join(', ')}`);
}

/** Latencies in a cell each, other ones each second. */
function samplesOf(second: number, us: number): Samples {
  const samples = emptySamples();
  for (let i = 0; i < SAMPLES; i++) {
    const value = us + i * 61 + ((second * 11) % 61);
    samples.cells.set(cellOf(value), (samples.cells.get(cellOf(value)) ?? 0) + devices / SAMPLES);
    samples.min = Math.min(samples.min, value);
    samples.max = Math.max(samples.max, value);
    samples.sum += value;
  }
  return samples;
}

function render(): void {
  const cli = fileURLToPath(new URL('../bin/iotload.js', import.meta.url));
  const told = `process.on('exit', () => require('fs').writeSync(2, JSON.stringify(process.resourceUsage())))`;
  const hook = join(dir, 'usage.cjs');
  writeFileSync(hook, told);
  const args = ['--require', hook, cli, 'report', dir, '--format', 'html'];
  const startMs = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { maxBuffer: 64e6, timeout: 120_000 });
  const wall = (performance.now() - startMs) / 1_000;
  if (status !== 0) throw new Error(`iotload report ended with ${status}: ${stderr}`);
  const { userCPUTime, systemCPUTime, maxRSS } = JSON.parse(`${stderr}`) as Record<string, number>;
  const cpu = ((userCPUTime as number) + (systemCPUTime as number)) / 1e6;
  const bytes = (maxRSS as number) * 1_024;
  const row = (name: string, value: string, limit: string, holds: boolean): void =>
    console.log(`  ${name.padEnd(12)} ${value.padStart(10)}  below ${limit}: ${holds ? 'yes' : 'NO'}`);
  row('wall', `${wall.toFixed(2)} s`, `${LIMITS.seconds} s`, wall < LIMITS.seconds);
  row('CPU', `${cpu.toFixed(2)} s`, `${LIMITS.seconds} s`, cpu < LIMITS.seconds);
  row('memory', `${(bytes / 1e6).toFixed(0)} MB`, `${LIMITS.bytes / 1e6} MB`, bytes < LIMITS.bytes);
  row('page', `${(stdout.length / 1_024).toFixed(0)} KiB`, `${LIMITS.page / 1_024} KiB`, stdout.length < LIMITS.page);
}
