import { writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { bridgeLogOf, slotOf } from '../e2e/bridge-log.ts';
import { findingsOf, iotload, scratch, summaryOf } from '../e2e/iotload.ts';
import { type Kafka, startKafka } from './kafka.ts';
import { kcatRead } from './kafka-clients.ts';
import { newTopic } from './kafka-targets.ts';
import { type Mosquitto, startMosquitto } from './mosquitto.ts';

const EVENTS = 60_000;

describe('iotload run over Mosquitto, the bridge and Apache Kafka 4, of which the bridge loses and doubles one in 10 000', () => {
  let mosquitto: Mosquitto;
  let kafka: Kafka;
  let space: ReturnType<typeof scratch>;
  let topic: string;
  beforeAll(async () => {
    kafka = await startKafka();
    // By default Mosquitto throws away what a slow subscriber has not taken.
    mosquitto = await startMosquitto({ log: 'errors', config: ['max_queued_messages 0', 'max_inflight_messages 0'] });
  });
  afterAll(async () => {
    await mosquitto.stop();
    await kafka.stop();
  });
  beforeEach(() => {
    space = scratch();
    topic = newTopic('bridged-run');
  });
  afterEach(() => space.remove());

  /** A run of 20 s whose events are read at Mosquitto and in Kafka. */
  async function run(
    payload: string,
    wrap: 'rule' | 'none',
    hop: string,
  ): Promise<{ code: number | null; out: string }> {
    const [file, out] = [space.path('bridged.yaml'), space.path('out')];
    writeFileSync(
      file,
      `iotload: 1
seed: 3
run: { duration: 20s, drain: 60s }
fleets:
  boards: { model: phone-motion, devices: 200, rate: 3k/s, payload: ${payload}, topic: boards/<device>/motion, to: [edge] }
targets:
  edge: { protocol: mqtt, endpoint: "${mosquitto.endpoint}", timeout: 60s }
  lake: { protocol: kafka, endpoint: "${kafka.endpoint}", topic: ${topic}, create: { partitions: 6 } }
bridge: { from: edge, to: lake, wrap: ${wrap}, key: 2, faults: { loss: 100ppm, duplicates: 100ppm } }
verify: { read: lake, taps: [edge], hop: ${hop}, expect: exactly-once, grace: 10s }
`,
    );
    const { code } = await iotload(['run', file, '--out', out, '--progress', 'none']);
    return { code, out };
  }

  it('traced payload: exactly those events, at that hop', async () => {
    const { code, out } = await run(
      'seismograph-traced',
      'rule',
      '{ payload_at: /payload, as: string, survives: fields }',
    );
    expect(code).toBe(1);
    const { dropped, doubled, end } = bridgeLogOf(out);
    // Which ordinals are hit follows from the scenario's seed alone.
    expect([dropped.length, doubled.length]).toEqual([9, 8]);
    const produced = EVENTS - dropped.length + doubled.length;
    expect(end).toMatchObject({ came: EVENTS, produced, open: 0 });
    const found = (kind: string): number[] =>
      findingsOf(out).flatMap((finding) => (finding.kind === kind ? [finding.slot] : []));
    expect(found('lost')).toEqual(dropped.map(slotOf).sort((a, b) => a - b));
    expect(found('duplicate')).toEqual(doubled.map(slotOf).sort((a, b) => a - b));
    expect(findingsOf(out)).toHaveLength(dropped.length + doubled.length);
    for (const finding of findingsOf(out)) expect(finding).toMatchObject({ target: 'lake', hop: 'edge → lake' });
    expect(summaryOf(out).hops).toMatchObject([
      { from: 'sent', to: 'edge', entered: EVENTS, arrived: EVENTS, lost: 0, duplicates: 0, corrupt: 0 },
      { from: 'edge', to: 'lake', entered: EVENTS, lost: dropped.length, duplicates: doubled.length, corrupt: 0 },
    ]);
    // And that is what an independent reader finds.
    const records = await kcatRead(kafka.endpoint, topic);
    const payloads = records.map(({ value }) => (JSON.parse(value) as { payload: string }).payload);
    const events = payloads.filter((payload) => !payload.startsWith('{"iotload"'));
    expect(events).toHaveLength(produced);
    expect(new Set(events).size).toBe(EVENTS - dropped.length);
  });

  it('byte-exact payload: counts, and what could not be proved', async () => {
    const payload = '{ fields: { msg: "<magnitude:0>" }, identity: none }';
    const { code, out } = await run(payload, 'none', '{ survives: none }');
    const { dropped, doubled } = bridgeLogOf(out);
    expect([dropped.length, doubled.length]).toEqual([9, 8]);
    // One is missing in sum, so that exactly-once is refuted; which ones nobody can tell.
    expect(code).toBe(1);
    const { hops, delivery } = summaryOf(out);
    const unknown = { lost: null, duplicates: null, corrupt: null };
    expect(hops).toMatchObject([
      { to: 'edge', proof: 'counts', entered: EVENTS, arrived: EVENTS, ...unknown },
      { to: 'lake', proof: 'counts', entered: EVENTS, arrived: EVENTS - 9 + 8, ...unknown },
    ]);
    for (const { notes } of hops) expect(notes.join()).toContain('cannot be proved');
    expect(delivery).toMatchObject({ identity: 'none', missing: 1, duplicates: null });
    expect(findingsOf(out)).toEqual([]);
  });
});
