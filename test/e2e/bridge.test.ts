import { readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { brokers } from '../../src/brokers/registry.ts';
import { bridgeLogOf, slotOf } from './bridge-log.ts';
import { answer, findingsOf, iotload, scratch, start, summaryOf } from './iotload.ts';

let space: ReturnType<typeof scratch>;
beforeEach(() => {
  space = scratch();
});
afterEach(() => space.remove());

async function embedded(protocol: 'mqtt' | 'kafka'): Promise<string> {
  const broker = await (brokers[protocol] as NonNullable<(typeof brokers)[string]>)();
  onTestFinished(() => broker.stop());
  return broker.endpoint;
}

describe('iotload broker bridge', () => {
  it('forwards what is published, says what it did, and ends on Ctrl-C', async () => {
    const [from, to] = await Promise.all([embedded('mqtt'), embedded('kafka')]);
    const log = space.path('bridge.ndjson');
    const wrong = ['--loss', '5%', '--duplicates', '5%', '--log', log];
    const playground = start(['broker', 'bridge', '--from', from, '--to', to, ...wrong]);
    await playground.said(/Ctrl-C ends it/);
    const out = space.path('out');
    const run = await iotload(['quick', from, '--duration', '1s', '--rate', '500/s', '--out', out, '-q']);
    expect(run.code).toBe(0);
    playground.interrupt();
    const { code, stdout, stderr } = await playground.finished;
    expect(code).toBe(130);
    expect(stdout).toBe(`${from} ${to.replace('kafka://', '')}\n`);
    const counts = JSON.parse(stderr.trimEnd().split('\n').at(-1) as string) as Record<string, number>;
    expect(counts).toMatchObject({ came: summaryOf(out).events.acked, open: 0 });
    const lines = readFileSync(log, 'utf8').trimEnd().split('\n');
    expect(lines).toHaveLength((counts['dropped'] as number) + (counts['doubled'] as number) + 1);
    expect(JSON.parse(lines.at(-1) as string)).toEqual({ kind: 'end', ...counts });
  });

  it.each([
    [['broker', 'bridge', '--port', '1'], 2, 'a bridge has no port'],
    [['broker', 'mqtt', '--loss', '1%'], 2, 'mqtt is no bridge'],
    [['broker', 'bridge', '--from', 'mqtt://broker.example.com'], 6, 'another machine'],
  ])('%j is exit %i', async (args, exit, message) => {
    const { code, stderr } = await answer(args, space.dir);
    expect(stderr).toContain(message);
    expect(code).toBe(exit);
  });

  it('says what it cannot reach', async () => {
    const { code, stderr } = await iotload(['broker', 'bridge', '--to', '127.0.0.1:1']);
    expect(stderr).toContain('Kafka at 127.0.0.1:1 cannot be used');
    expect(stderr).not.toContain('    at ');
    expect(code).toBe(4);
  });
});

describe('a run with a bridge', () => {
  /** 100 boards that publish over MQTT and are read back from Kafka, behind a bridge that wraps and does wrong. */
  function scenario(faults: string): string {
    const file = space.path('bridged.yaml');
    writeFileSync(
      file,
      `iotload: 1
run: { duration: 3s }
fleets:
  boards:
    model: phone-motion
    devices: 100
    rate: 1k/s
    payload: seismograph-traced
    topic: boards/<device>/motion
    to: [edge]
targets:
  edge: { protocol: mqtt, endpoint: embedded }
  lake: { protocol: kafka, endpoint: embedded }
bridge: { from: edge, to: lake, wrap: rule, key: 2, faults: ${faults} }
verify: { read: lake, taps: [edge], hop: { payload_at: /payload, as: string, survives: fields }, grace: 4s }
`,
    );
    return file;
  }

  it('names exactly the events that the bridge has dropped and doubled, at that hop', async () => {
    const out = space.path('out');
    const file = scenario('{ loss: 0.5%, duplicates: 0.5% }');
    const { code, stdout } = await iotload(['run', file, '--out', out, '--progress', 'none']);
    expect(code).toBe(1);
    const { dropped, doubled, end } = bridgeLogOf(out);
    expect(dropped.length).toBeGreaterThan(0);
    expect(doubled.length).toBeGreaterThan(0);
    const found = (kind: string): number[] =>
      findingsOf(out).flatMap((finding) => (finding.kind === kind ? [finding.slot] : []));
    expect(found('lost')).toEqual(dropped.map(slotOf).sort((a, b) => a - b));
    expect(found('duplicate')).toEqual(doubled.map(slotOf).sort((a, b) => a - b));
    for (const finding of findingsOf(out)) expect(finding).toMatchObject({ target: 'lake', hop: 'edge → lake' });
    const { events, hops, files } = summaryOf(out);
    expect(events).toMatchObject({ intended: 3000, acked: 3000 });
    expect(end).toMatchObject({ came: 3000, dropped: dropped.length, doubled: doubled.length, open: 0 });
    expect(hops).toMatchObject([
      { from: 'sent', to: 'edge', lost: 0, duplicates: 0 },
      { from: 'edge', to: 'lake', lost: dropped.length, duplicates: doubled.length },
    ]);
    expect(files).toMatchObject({ bridge: 'bridge.ndjson' });
    expect(stdout).toContain('edge → lake');
  });

  it('passes where it does nothing wrong, however late and in whatever spurts', async () => {
    const out = space.path('out');
    const file = scenario('{ delay: 200ms, stall: { every: 1s, for: 300ms } }');
    const { code, stdout } = await iotload(['run', file, '--out', out, '--progress', 'none']);
    expect(stdout).toContain('PASS');
    expect(code).toBe(0);
    const { delivery, latency } = summaryOf(out);
    expect(delivery).toMatchObject({ verified: 3000, lost: 0, missing: 0, duplicates: 0, reordered: 0, corrupt: 0 });
    expect(latency.endToEnd.min).toBeGreaterThanOrEqual(200_000);
    expect(bridgeLogOf(out).end).toMatchObject({ came: 3000, produced: 3000, open: 0 });
  });

  it('brings each topic to its own, and proves each by itself', async () => {
    const [file, out] = [space.path('boards.yaml'), space.path('out')];
    const fleet = 'model: phone-motion, devices: 20, rate: 200/s, payload: seismograph-traced, to: [edge]';
    writeFileSync(
      file,
      `iotload: 1
run: { duration: 3s }
fleets:
  pirs: { ${fleet}, topic: pir/<device> }
  boards: { ${fleet}, topic: dht/<device> }
targets:
  edge: { protocol: mqtt, endpoint: embedded }
  motion: { protocol: kafka, endpoint: embedded, topic: pir_test, create: {} }
  climate: { protocol: kafka, endpoint: embedded, topic: dht, create: {} }
bridge: { from: edge, to: { motion: "pir/+", climate: "dht/+" }, faults: { loss: 2% } }
verify: { read: [motion, climate], taps: [edge], grace: 4s }
`,
    );
    const { code } = await iotload(['run', file, '--out', out, '--progress', 'none']);
    expect(code).toBe(1);
    const { hops, files } = summaryOf(out);
    const lost = (fleet: string): number[] =>
      findingsOf(out).flatMap((finding) => (finding.kind === 'lost' && finding.fleet === fleet ? [finding.slot] : []));
    for (const [name, fleet] of [
      ['motion', 'pirs'],
      ['climate', 'boards'],
    ] as const) {
      const { dropped, end } = bridgeLogOf(out, `bridge-${name}.ndjson`);
      expect(dropped.length).toBeGreaterThan(0);
      expect(lost(fleet)).toEqual(dropped.map(slotOf).sort((a, b) => a - b));
      expect(end).toMatchObject({ came: 600, open: 0 });
      expect(hops).toContainEqual(
        expect.objectContaining({ from: 'edge', to: name, entered: 600, lost: dropped.length, duplicates: 0 }),
      );
    }
    expect(hops[0]).toMatchObject({ from: 'sent', to: 'edge', entered: 1200, arrived: 1200, lost: 0 });
    expect(files).toMatchObject({
      'bridge to motion': 'bridge-motion.ndjson',
      'bridge to climate': 'bridge-climate.ndjson',
    });
  });

  it('is part of the plan', async () => {
    const { code, stdout } = await answer(['plan', scenario('{ loss: 100ppm }')]);
    expect(stdout.replace(/\s+/g, ' ')).toContain(
      'bridge edge → lake: boards/+/motion, each payload wrapped, drops 0.01 %',
    );
    expect(code).toBe(0);
  });

  it('says why it cannot begin', async () => {
    const set = ['--set', 'targets.edge.endpoint=mqtt://127.0.0.1:1', '--shard', '0/2'];
    const id = ['--run-id', 'r0000bridge', '--start-at', '2199-01-01T00:00:00Z'];
    const kafka = await iotload(['run', scenario('{}'), ...set, ...id, '--progress', 'none']);
    expect(kafka.stderr).toContain('each shard would bring a bridge along');
    expect(kafka.code).toBe(2);
  });
});
