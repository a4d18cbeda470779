import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'mqtt';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { startKafkaBroker } from '../../src/brokers/kafka/embedded-kafka-broker.ts';
import { startMqttBroker } from '../../src/brokers/mqtt/embedded-mqtt-broker.ts';
import type { EmbeddedBroker } from '../../src/brokers/registry.ts';
import { inScratch } from './in-scratch.ts';
import { answer, iotload, start } from './iotload.ts';
import { phones } from './scenario-text.ts';

let broker: EmbeddedBroker;
beforeAll(async () => {
  broker = await startMqttBroker();
});
afterAll(() => broker.stop());

const space = inScratch();

function scenario(options: Partial<Parameters<typeof phones>[0]> = {}): string {
  const target = `{ protocol: mqtt, endpoint: "${broker.endpoint}", topic: look/<device>, connections: 2 }`;
  writeFileSync(space.path('case.yaml'), phones({ target, duration: '1s', ...options }));
  return space.path('case.yaml');
}

describe('iotload tail', () => {
  it('tells which event each message is, and ends after so many', async () => {
    const file = scenario();
    const tail = start(['tail', file, '--count', '20']);
    await tail.said(/reading/);
    const run = await iotload(['run', file, '--run-id', 'mine', '--out', space.path('out'), '-q']);
    expect(run.code).toBe(0);
    const { code, stdout, stderr } = await tail.finished;
    expect(code).toBe(0);
    const [heading, ...lines] = stdout.trimEnd().split('\n');
    expect(heading).toMatch(/^device +sequence +slot +intended \(UTC\) +latency +verdict$/);
    expect(lines).toHaveLength(20);
    for (const line of lines) {
      expect(line).toMatch(/^phones-\d+ +\d+ +\d+ +\d\d:\d\d:\d\d\.\d{3} +[\d.]+ (us|ms|s) +own$/);
      expect(line.length).toBeLessThanOrEqual(80);
    }
    expect(stderr).toContain('20 read, 20 own');
  });

  it('tells own, corrupt and foreign apart, and prints what came', async () => {
    const file = scenario();
    const out = space.path('out');
    const raw = start(['tail', file, '--raw', '--count', '1']);
    const any = start(['tail', file, '--run-id', 'mine', '--json', '--count', '4']);
    await Promise.all([raw.said(/reading/), any.said(/reading/)]);
    const sample = await answer(['sample', file, '--run-id', 'mine', '--count', '1']);
    const other = await answer(['sample', file, '--run-id', 'other', '--count', '1']);
    const event = sample.stdout.trimEnd();
    const client = connect(broker.endpoint);
    for (const payload of [event, event.replace('device', 'devise'), other.stdout.trimEnd(), 'hello']) {
      await client.publishAsync('look/phones-00', payload, { qos: 1 });
    }
    await client.endAsync();
    const { stdout } = await any.finished;
    const told = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { verdict: string; slot: number | null });
    expect(told.map(({ verdict, slot }) => [verdict, slot])).toEqual([
      ['own', 0],
      ['corrupt', 0],
      ['foreign', null],
      ['foreign', null],
    ]);
    expect((await raw.finished).stdout).toBe(`look/phones-00\t${event}\n`);
    expect(existsSync(out)).toBe(false);
  });

  it('reads a topic of Kafka, whoever creates it', async () => {
    const log = await startKafkaBroker();
    onTestFinished(() => log.stop());
    const file = scenario({ target: `{ protocol: kafka, endpoint: "${log.endpoint}", topic: look, create: {} }` });
    const tail = start(['tail', file, '--count', '20']);
    await tail.said(/reading/);
    const run = await iotload(['run', file, '--out', space.path('out'), '-q']);
    expect(run.code).toBe(0);
    const { code, stdout, stderr } = await tail.finished;
    expect(code).toBe(0);
    expect(stdout.trimEnd().split('\n')).toHaveLength(21);
    expect(stderr).toContain('20 read, 20 own');
  });

  it('ends on Ctrl-C with 130', async () => {
    const tail = start(['tail', scenario()]);
    await tail.said(/reading/);
    tail.interrupt();
    const { code, stderr } = await tail.finished;
    expect(stderr).toContain('0 read');
    expect(code).toBe(130);
  });

  it.each([
    [['tail', 'quickstart'], 2, 'iotload broker mqtt'],
    [['tail', 'seismograph-kafka'], 2, 'iotload broker kafka'],
    [['tail', 'kafka.yaml'], 2, '--run-id'],
    [['tail', 'quickstart', '--count', 'some'], 2, '--count'],
    [['tail', 'ceiling'], 2, 'cannot be read back'],
    [['tail', 'quickstart', '--set', 'target.endpoint=mqtt://broker.example.com'], 6, 'broker.example.com'],
  ])('%j is exit %i', async (args, exit, hint) => {
    writeFileSync(space.path('kafka.yaml'), phones({ target: '{ protocol: kafka, endpoint: "127.0.0.1:1" }' }));
    const { code, stderr } = await answer(args, space.dir);
    expect(stderr).toContain(hint);
    expect(code).toBe(exit);
  });

  it('is exit 4 where nobody listens', async () => {
    const { code, stderr } = await iotload(['tail', 'quickstart', '--set', 'target.endpoint=mqtt://127.0.0.1:1']);
    expect(stderr).toContain('127.0.0.1:1');
    expect(code).toBe(4);
  });
});

describe('iotload broker', () => {
  it.each(['mqtt', 'kafka'])('%s says where it listens, carries a run, and ends on Ctrl-C', async (kind) => {
    const playground = start(['broker', kind, '--port', '0']);
    await playground.said(/Ctrl-C ends it/);
    const endpoint = /(mqtt|kafka):\/\/127\.0\.0\.1:\d+/.exec(playground.stderr())?.[0] ?? '';
    const run = await iotload(['quick', endpoint, '--duration', '1s', '--out', space.path('out'), '-q']);
    expect(run.code).toBe(0);
    playground.interrupt();
    const { code, stdout } = await playground.finished;
    expect(stdout).toBe(`${endpoint}\n`);
    expect(code).toBe(130);
  });

  it('refuses a port that is taken, and what it is not', async () => {
    const taken = await iotload(['broker', 'mqtt', '--port', broker.endpoint.replace(/.*:/, '')]);
    expect(taken.stderr).toContain('somebody listens there already');
    const unknown = await answer(['broker', 'amqp']);
    expect(unknown.stderr).toContain('mqtt');
    const port = await answer(['broker', 'mqtt', '--port', '70000']);
    expect([taken.code, unknown.code, port.code]).toEqual([2, 2, 2]);
  });
});

describe('iotload report', () => {
  it('prints the final screen of a finished run again, or its summary', async () => {
    const out = space.path('out');
    const run = await iotload(['run', scenario(), '--out', out, '--progress', 'none'], {}, space.dir);
    const again = await iotload(['report', 'out'], {}, space.dir);
    expect(again.stdout).toBe(run.stdout);
    expect(again.code).toBe(0);
    const json = await answer(['report', 'out', '--json'], space.dir);
    expect(JSON.parse(json.stdout)).toEqual(JSON.parse(readFileSync(space.path('out/summary.json'), 'utf8')));
    expect((await iotload(['report', 'out'], { NO_COLOR: '', FORCE_COLOR: '1' }, space.dir)).stdout).toContain(
      '\u001b[',
    );
  });

  it('says what it cannot print', async () => {
    const nothing = await answer(['report', '.'], space.dir);
    expect(nothing.stderr).toContain('no summary.json');
    const format = await answer(['report', '.', '--format', 'pdf'], space.dir);
    expect(format.stderr).toContain('there are console, csv, hgrm');
    writeFileSync(space.path('summary.json'), '{');
    const broken = await answer(['report', '.'], space.dir);
    expect([nothing.code, format.code, broken.code]).toEqual([2, 2, 3]);
  });
});
