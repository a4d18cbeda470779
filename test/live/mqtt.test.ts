import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sleep, systemClock } from '../../src/core/clock.ts';
import { Outcome } from '../../src/core/outcome.ts';
import { openSink } from '../../src/targets/mqtt/sink.ts';
import { openSource } from '../../src/targets/mqtt/source.ts';
import type { TargetOptions } from '../../src/targets/target.ts';
import { SinkRecord, sendSlots, sinkContext, testFleet } from '../contracts/sink.ts';
import { SourceRecord, sourceContext } from '../contracts/source.ts';
import { mqttContracts } from '../targets/mqtt/mqtt-contracts.ts';
import { mqttOptions } from '../targets/mqtt/mqtt-options.ts';
import { until } from '../until.ts';
import { type Mosquitto, makeCertificates, startMosquitto } from './mosquitto.ts';
import { expectRoundTrip } from './round-trip.ts';

const clock = systemClock();
const fleet = testFleet(0, 20, 'test/<device>/reading');

describe('Mosquitto', () => {
  const variants: [string, TargetOptions][] = [
    ['QoS 1, pooled', { qos: 1, connections: 4 }],
    ['QoS 0, pooled', { qos: 0, connections: 4 }],
    ['QoS 1, per device', { qos: 1, connections: 'per_device', maxInFlight: 10 }],
    ['QoS 0, per device', { qos: 0, connections: 'per_device' }],
  ];
  for (const [name, overrides] of variants) {
    mqttContracts(`mosquitto, ${name}`, overrides, () => startMosquitto({ config: ['max_queued_messages 100000'] }));
  }
});

describe('Mosquitto with passwords', () => {
  let broker: Mosquitto;
  beforeAll(async () => {
    broker = await startMosquitto({ users: { ann: 'right' } });
  });
  afterAll(() => broker.stop());

  it('lets in who knows it', async () => {
    const record = new SinkRecord();
    const options = mqttOptions(broker.endpoint, { username: 'ann', password: 'right' });
    const sink = await openSink(options, sinkContext(record, [fleet]));
    await sendSlots(sink, record, fleet, 0, 100);
    await sink.flush(5000);
    await sink.close();
    expect(record.count(Outcome.acked)).toBe(100);
  });

  it.each([
    ['a wrong password', { username: 'ann', password: 'wrong' }],
    ['no name', {}],
  ])('refuses %s, sink and source', async (_, login) => {
    const options = mqttOptions(broker.endpoint, login);
    const refusal = {
      code: 'target-refused',
      message: expect.stringMatching(/not authorized|bad user name or password/),
    };
    await expect(openSink(options, sinkContext(new SinkRecord(), [fleet]))).rejects.toMatchObject(refusal);
    await expect(openSource(options, sourceContext(new SourceRecord(), [fleet]))).rejects.toMatchObject(refusal);
  });
});

describe('Mosquitto with TLS', () => {
  let broker: Mosquitto;
  let files: ReturnType<typeof makeCertificates>;
  beforeAll(async () => {
    files = makeCertificates();
    broker = await startMosquitto({ tls: files });
  });
  afterAll(async () => {
    await broker.stop();
    rmSync(files.dir, { recursive: true });
  });

  it.each([
    ['pooled', { connections: 2 }],
    ['per device', { connections: 'per_device' }],
    ['pooled, QoS 0', { connections: 2, qos: 0 }],
  ])('carries every event there and back, %s', async (_, overrides) => {
    await expectRoundTrip(mqttOptions(broker.endpoint, { ...overrides, tls: { ca: files.ca } }), fleet, 900);
  });

  it('goes by the name localhost as well', async () => {
    const options = mqttOptions(`mqtts://localhost:${broker.port}`, { tls: { ca: files.ca } });
    const sink = await openSink(options, sinkContext(new SinkRecord(), [fleet]));
    await sink.close();
  });

  it.each([
    ['an unknown authority', () => ({ tls: null })],
    ['another authority', () => ({ tls: { ca: files.otherCa } })],
  ])('is not trusted with %s', async (_, overrides) => {
    const options = mqttOptions(broker.endpoint, overrides());
    await expect(openSink(options, sinkContext(new SinkRecord(), [fleet]))).rejects.toMatchObject({
      code: 'target-refused',
      message: expect.stringContaining('TLS failed'),
      hint: expect.stringContaining('tls.ca'),
    });
  });

  it('is told from a port without TLS, and the other way round', async () => {
    const plain = await startMosquitto();
    const tlsToPlain = mqttOptions(plain.endpoint.replace('mqtt:', 'mqtts:'), { connectTimeoutUs: 1_000_000 });
    const plainToTls = mqttOptions(broker.endpoint.replace('mqtts:', 'mqtt:'), { connectTimeoutUs: 1_000_000 });
    for (const options of [tlsToPlain, plainToTls]) {
      const opening = openSink(options, sinkContext(new SinkRecord(), [fleet]));
      await expect(opening).rejects.toMatchObject({ name: 'IotloadError', code: expect.stringMatching(/^target-/) });
    }
    await plain.stop();
  });
});

describe('Mosquitto killed and restarted in mid-run', () => {
  it.each([
    ['pooled', { connections: 3, maxInFlight: 200 }],
    ['per device', { connections: 'per_device', maxInFlight: 20 }],
  ])('what was in flight is unknown, nothing settles twice, the rest goes on, %s', async (_, overrides) => {
    const broker = await startMosquitto();
    const [sent, arrived] = [new SinkRecord(), new SourceRecord()];
    const options = mqttOptions(broker.endpoint, overrides);
    const source = await openSource(options, sourceContext(arrived, [fleet]));
    const sink = await openSink(options, sinkContext(sent, [fleet]));
    const room = Array.from(sink.room);
    const sending = sendSlots(sink, sent, fleet, 0, 60_000);
    await until(() => sent.outcomes.size > 5000);
    await broker.kill();
    await sleep(clock, 300);
    await broker.restart();
    await sending;
    await sink.flush(10_000);
    expect(sent.repeated).toEqual([]);
    expect(sent.outcomes.size).toBe(60_000);
    expect(sent.count(Outcome.unknown)).toBeGreaterThan(0);
    expect(sent.count(Outcome.unknown)).toBeLessThan(1000);
    expect(sent.count(Outcome.acked) + sent.count(Outcome.unknown)).toBe(60_000);
    for (const { outcome, reason } of sent.outcomes.values()) {
      expect(reason).toBe(outcome === Outcome.acked ? 'puback' : 'connection lost');
    }
    expect(Array.from(sink.room)).toEqual(room);
    expect(source.health().gaps).toBeGreaterThanOrEqual(1);
    const kinds = new Set(sent.notices.map((notice) => notice.split(':')[0]));
    expect(kinds).toEqual(new Set(['disconnected', 'reconnected']));
    await Promise.all([sink.close(), source.close()]);
    await broker.stop();
  });
});

it('reports what Mosquitto drops for a reader that is too slow', async () => {
  const broker = await startMosquitto({ config: ['max_queued_messages 10', 'max_inflight_messages 1'] });
  const sent = new SinkRecord();
  const options = mqttOptions(broker.endpoint, { connections: 4, maxInFlight: 1000 });
  let stalled = false;
  const source = await openSource(
    options,
    sourceContext(
      {
        delivered: () => {
          if (stalled) return;
          stalled = true;
          // The reader's whole process stands still, as under a long garbage collection.
          Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
        },
        notice: () => {},
      },
      [fleet],
    ),
  );
  const sink = await openSink(options, sinkContext(sent, [fleet]));
  await sendSlots(sink, sent, fleet, 0, 20_000);
  await sink.flush(10_000);
  await until(() => (source.health().brokerDropped ?? 0) > 0);
  expect(sent.count(Outcome.acked)).toBe(20_000);
  await Promise.all([sink.close(), source.close()]);
  await broker.stop();
});
