import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startKafkaBroker } from '../../src/brokers/kafka/embedded-kafka-broker.ts';
import type { EmbeddedBroker } from '../../src/brokers/registry.ts';
import { inScratch } from './in-scratch.ts';
import { findingsOf, iotload, summaryOf } from './iotload.ts';

const space = inScratch();
let kafka: EmbeddedBroker;
beforeAll(async () => {
  kafka = await startKafkaBroker();
});
afterAll(() => kafka.stop());

/** A scenario of one fleet that sends to `speed` and to files in `lake`. */
function lambda(speed: string, more = ''): string {
  return space.scenario(`iotload: 1
run: { duration: 1500ms, drain: 5s }
fleets:
  phones: { model: phone-motion, devices: 20, rate: 600/s, payload: seismograph-traced, to: [speed, batch] }
targets:
  speed: { protocol: ${speed} }
  batch: { protocol: file, path: ${space.path('lake')}/events.jsonl, roll: { size: 16KiB } }
${more}`);
}

/** Slots of the events in a file, by the ids in it. */
function slotsIn(name: string): number[] {
  const text = readFileSync(space.path(`lake/${name}`), 'utf8');
  return [...text.matchAll(/"_id":"[0-9a-f]{8}-[0-9a-f]{4}-([0-9a-f]{12})/g)].map(([, slot]) => Number(`0x${slot}`));
}

describe('a fleet with two targets', () => {
  it.each([
    ['mqtt, endpoint: embedded', 'MQTT'],
    ['kafka, endpoint: embedded', 'Kafka'],
  ])('sends every event to each: %s and files', async (speed) => {
    const out = space.path('out');
    const { code, stdout, stderr } = await iotload(['run', lambda(speed), '--out', out, '--workers', '2']);
    expect(stdout + stderr).toContain('PASS');
    expect(code).toBe(0);
    const { events, delivery, targets, fleets, checks, files, hops } = summaryOf(out);
    expect([events.intended, events.acked, delivery.verified]).toEqual([1800, 1800, 1800]);
    expect(targets.map(({ name, events: own, delivery: seen }) => [name, own.acked, seen.verified])).toEqual([
      ['speed', 900, 900],
      ['batch', 900, 900],
    ]);
    expect(fleets.map(({ name, devices, events: own }) => [name, devices, own.intended])).toEqual([
      ['phones', 20, 1800],
    ]);
    expect(checks.find(({ name }) => name === 'same events')).toMatchObject({
      status: 'pass',
      observed: '900 in common',
    });
    expect(files).toMatchObject({ 'seen at speed': 'seen-speed', 'seen at batch': 'seen-batch' });
    expect(hops).toEqual([]);
    // Settled again from its files it is the same.
    const before = summaryOf(out);
    await iotload(['verify', out]);
    expect(summaryOf(out)).toEqual(before);
  });

  it('loses on one of them exactly what was removed by hand there', async () => {
    const file = lambda(`kafka, endpoint: "${kafka.endpoint}"`, 'verify: { read: [speed, batch], grace: 2s }');
    const [out, seen] = [space.path('out'), space.path('seen')];
    const run = await iotload(['run', file, '--run-id', 'cut', '--out', out, '--no-verify']);
    expect(run.code).toBe(0);
    const [, removed] = readdirSync(space.path('lake')).sort() as [string, string];
    const gone = slotsIn(removed).sort((a, b) => a - b);
    expect(gone.length).toBeGreaterThan(20);
    rmSync(space.path(`lake/${removed}`));

    const { code, stdout } = await iotload(['verify', file, '--run-id', 'cut', '--sent', out, '--out', seen]);
    // The reader says what it found, and that somebody took it away; whether that was the fault of the path it cannot know.
    expect(code).toBe(3);
    const reason = `batch lacks ${gone.length} events, but its reader was not fit: ${removed} was taken away before it was read`;
    expect(stdout.replace(/\s+/g, ' ')).toContain(reason);
    const { targets, delivery } = summaryOf(out);
    expect(delivery.lost + delivery.missing).toBe(gone.length);
    expect(targets.map(({ delivery: own }) => own.verified)).toEqual([900, 900 - gone.length]);
    const findings = findingsOf(out) as { kind: string; target?: string; slot: number }[];
    expect(new Set(findings.map(({ target }) => target))).toEqual(new Set(['batch']));
    expect(findings.map(({ slot }) => slot)).toEqual(gone);
  });

  it('holds the same withdrawals in both layers: the Lambda architecture as it is shipped', async () => {
    const out = space.path('out');
    const { code, stdout, stderr } = await iotload([
      'run',
      'lambda-atm',
      '--duration',
      '4s',
      '--rate',
      '50/s',
      '--out',
      out,
    ]);
    expect(stdout + stderr).toContain('PASS');
    expect(code).toBe(0);
    const { checks, targets } = summaryOf(out);
    expect(targets.map(({ delivery }) => delivery.verified)).toEqual([200, 200]);
    expect(checks.find(({ name }) => name === 'same events')?.observed).toBe('200 in common');
    const truth = readFileSync(`${out}/truth.ndjson`, 'utf8').trimEnd().split('\n');
    const frauds = truth.filter((line) => (JSON.parse(line) as { kind: string }).kind === 'fraud');
    const landed = readdirSync(`${out}/batch`)
      .map((name) => readFileSync(`${out}/batch/${name}`, 'utf8'))
      .join('');
    expect(landed.split('"transaction_id":"xxx')).toHaveLength(frauds.length + 1);
    expect(frauds.length).toBeGreaterThan(8);
  });
});
