import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { Outcome } from '../../src/core/outcome.ts';
import { openSink } from '../../src/targets/mqtt/sink.ts';
import type { TargetOptions } from '../../src/targets/target.ts';
import { SinkRecord, sendSlots, sinkContext, testFleet } from '../contracts/sink.ts';
import { mqttContracts } from '../targets/mqtt/mqtt-contracts.ts';
import { mqttOptions } from '../targets/mqtt/mqtt-options.ts';
import { until } from '../until.ts';
import { makeCertificates, startMosquitto } from './mosquitto.ts';
import { refusalOf } from './round-trip.ts';

const fleet = testFleet(0, 20, 'test/<device>/reading');

let files: ReturnType<typeof makeCertificates>;
beforeAll(() => {
  files = makeCertificates();
});
afterAll(() => rmSync(files.dir, { recursive: true }));

describe('Mosquitto over WebSocket', () => {
  const variants: [string, 'ws' | 'wss', TargetOptions][] = [
    ['ws, QoS 0, pooled', 'ws', { qos: 0, connections: 4 }],
    ['wss, QoS 1, per device', 'wss', { connections: 'per_device', maxInFlight: 10 }],
  ];
  for (const [name, scheme, overrides] of variants) {
    mqttContracts(`mosquitto, ${name}`, overrides, async () => {
      const secure = scheme === 'wss';
      const broker = await startMosquitto({
        webSocket: secure ? files : 'plain',
        config: ['max_queued_messages 100000'],
      });
      return secure ? { ...broker, more: { tls: { ca: files.ca } } } : broker;
    });
  }

  it('does not trust another authority over wss either', async () => {
    const broker = await startMosquitto({ webSocket: files });
    onTestFinished(() => broker.stop());
    const error = await refusalOf(mqttOptions(broker.endpoint, { tls: { ca: files.otherCa } }), fleet);
    expect(error).toMatchObject({ code: 'target-refused', message: expect.stringContaining('TLS failed') });
  });

  it('comes back when the broker was killed', async () => {
    const broker = await startMosquitto({ webSocket: 'plain' });
    onTestFinished(() => broker.stop());
    const record = new SinkRecord();
    const sink = await openSink(mqttOptions(broker.endpoint), sinkContext(record, [fleet]));
    const sending = sendSlots(sink, record, fleet, 0, 30_000);
    await until(() => record.outcomes.size > 3000);
    await broker.kill();
    await until(() => sink.room.every((room) => room === 0));
    await broker.restart();
    await sending;
    await sink.flush(10_000);
    await sink.close();
    expect(record.repeated).toEqual([]);
    expect(record.count(Outcome.acked) + record.count(Outcome.unknown)).toBe(30_000);
    expect(record.count(Outcome.unknown)).toBeLessThanOrEqual(100);
  });
});
