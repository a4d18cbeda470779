import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { findingsOf, iotload, scratch, summaryOf } from '../e2e/iotload.ts';
import { type Kafka, startKafka } from './kafka.ts';
import { newTopic } from './kafka-targets.ts';

const EVENTS = 20_000;

describe('iotload run into Apache Kafka 4 and into files that land, at once', () => {
  let kafka: Kafka;
  let space: ReturnType<typeof scratch>;
  beforeAll(async () => {
    kafka = await startKafka();
  });
  afterAll(() => kafka.stop());
  beforeEach(() => {
    space = scratch();
  });
  afterEach(() => space.remove());

  function lambda(format: string): string {
    const file = space.path('lambda.yaml');
    writeFileSync(
      file,
      `iotload: 1
run: { duration: 10s, drain: 30s }
fleets:
  machines: { model: cash-machine, devices: 50, rate: 2k/s, payload: gess-traced, to: [speed, batch] }
targets:
  speed: { protocol: kafka, endpoint: "${kafka.endpoint}", topic: ${newTopic('paths')}, create: { partitions: 4 } }
  batch: { protocol: file, path: ${space.path('lake')}/events.${format}, roll: { size: 256KiB, every: 2s } }
verify: { read: [speed, batch], expect: exactly-once, grace: 10s }
`,
    );
    return file;
  }

  it.each(['jsonl', 'parquet'])('both hold the same events: Kafka and %s', async (format) => {
    const out = space.path('out');
    const { code, stdout } = await iotload(['run', lambda(format), '--out', out, '--progress', 'none']);
    expect(stdout).toContain('PASS');
    expect(code).toBe(0);
    const { targets, checks } = summaryOf(out);
    expect(targets.map(({ delivery }) => [delivery.verified, delivery.lost, delivery.missing])).toEqual([
      [EVENTS, 0, 0],
      [EVENTS, 0, 0],
    ]);
    expect(checks.find(({ name }) => name === 'same events')?.observed).toBe('20000 in common');
  });

  it('a landed file that is removed by hand: exactly its events are missing, on that path', async () => {
    const file = lambda('jsonl');
    const [out, seen] = [space.path('out'), space.path('seen')];
    const sent = await iotload(['run', file, '--run-id', 'cut', '--out', out, '--no-verify', '--progress', 'none']);
    expect(sent.code).toBe(0);
    const [, removed] = readdirSync(space.path('lake')).sort() as [string, string];
    const text = readFileSync(space.path(`lake/${removed}`), 'utf8');
    const slots = [...text.matchAll(/"_id":"[0-9a-f]{8}-[0-9a-f]{4}-([0-9a-f]{12})/g)].map(([, slot]) =>
      Number(`0x${slot}`),
    );
    expect(slots.length).toBeGreaterThan(100);
    rmSync(space.path(`lake/${removed}`));
    await iotload(['verify', file, '--run-id', 'cut', '--sent', out, '--out', seen]);
    const { targets } = summaryOf(out);
    expect(targets.map(({ delivery }) => delivery.verified)).toEqual([EVENTS, EVENTS - slots.length]);
    const findings = findingsOf(out) as { kind: string; target?: string; slot: number }[];
    expect(new Set(findings.map(({ target }) => target))).toEqual(new Set(['batch']));
    // The first thousand are named.
    expect(findings.map(({ slot }) => slot)).toEqual(slots.sort((a, b) => a - b).slice(0, findings.length));
    expect(findings.length).toBe(Math.min(1000, slots.length));
  });
});
