import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writePictures } from '../../src/answers/picture-files.ts';
import { cellOf } from '../../src/metrics/recorder.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { planDocument } from '../../src/runner/plan-document.ts';
import type { RunHeader } from '../../src/wire/run-header.ts';
import { emptySamples, type Samples } from '../../src/wire/samples.ts';
import { emptyArrivals, SeenWriter } from '../../src/wire/seen-file.ts';
import { SentWriter } from '../../src/wire/sent-file.ts';
import { sentIntervals } from '../../src/wire/sent-record.ts';
import { planned } from '../plan/request.ts';

const START_WALL_US = 1_767_225_600_000_000;
const PER_SECOND = 100;

/** The files of a run of so many seconds, a hundred events each, without its result; `remove` it in the end. */
export async function exampleRun(seconds: number): Promise<{ dir: string; plan: Plan; remove(): void }> {
  const text = `iotload: 1
name: example
run: { duration: ${seconds}s }
fleets: { phones: { model: phone-motion, devices: 10, rate: ${PER_SECOND}/s, payload: raw } }
target: { protocol: mqtt, endpoint: embedded }
thresholds: [response_time p99 < 250ms]
`;
  const { plan } = await planned({ text });
  const dir = mkdtempSync(join(tmpdir(), 'iotload-report-'));
  const shard = { index: 0, count: 1 };
  const anchor = { runId: 'r1', startWallUs: START_WALL_US, startMonoUs: 0 };
  writeFileSync(join(dir, 'plan.json'), planDocument(plan, anchor, shard, 1, {}));
  const header: RunHeader = {
    ...{ runId: 'r1', shard },
    fleets: plan.fleets.map(({ name, devices, slots }) => ({ name, devices, slots })),
  };
  const sent = await SentWriter.open(join(dir, 'sent'), header);
  const seen = await SeenWriter.open(join(dir, 'seen'), header);
  for (let second = 1; second <= seconds; second++) {
    const count = second * PER_SECOND;
    sent.moment({
      ...{ atUs: second * 1e6, fleets: [[count, count, count, 0, 0, 0, 0, second % 7]], cpuUs: second * 300_000 },
      ...{ rssBytes: 1.5e8, busy: 0.3, descriptors: 40, throttled: 0, disconnected: 0 },
    });
    sent.samples([sentIntervals.map((_, i) => samplesOf(second, 500 * (i + 1)))]);
    const unattributed = { received: PER_SECOND, foreign: 0, unidentified: 0, corrupt: 0 };
    seen.append(unattributed, [{ ...emptyArrivals(), endToEnd: samplesOf(second, 4000) }]);
    seen.moment({
      ...{ wallUs: START_WALL_US + second * 1e6 + 1000, received: count, seen: count, duplicates: 0, corrupt: 0 },
      ...{ cpuUs: second * 100_000, rssBytes: 8e7 },
    });
    if (second % 50 === 0) await Promise.all([sent.flush(), seen.flush()]);
  }
  await sent.end({ ended: 'completed' });
  const paths = { devices: join(dir, 'devices.csv'), heatMap: join(dir, 'heatmap.csv') };
  await writePictures(paths, { plan, anchor, shard, until: [] }, async () => {});
  await seen.close();
  return { dir, plan, remove: () => rmSync(dir, { recursive: true, force: true }) };
}

/** A hundred latencies around `us`, other ones each second. */
function samplesOf(second: number, us: number): Samples {
  const samples = emptySamples();
  for (let i = 0; i < PER_SECOND; i++) {
    const value = us + ((i * 37 + second * 11) % 97) * 10;
    samples.cells.set(cellOf(value), (samples.cells.get(cellOf(value)) ?? 0) + 1);
    samples.min = Math.min(samples.min, value);
    samples.max = Math.max(samples.max, value);
    samples.sum += value;
  }
  return samples;
}
