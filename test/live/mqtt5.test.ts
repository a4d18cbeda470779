import { describe, expect, it } from 'vitest';
import { Outcome } from '../../src/core/outcome.ts';
import { openSink } from '../../src/targets/mqtt/sink.ts';
import { openSource } from '../../src/targets/mqtt/source.ts';
import type { TargetOptions } from '../../src/targets/target.ts';
import { SinkRecord, sendSlots, sinkContext, testFleet } from '../contracts/sink.ts';
import { SourceRecord, sourceContext } from '../contracts/source.ts';
import { mqttContracts } from '../targets/mqtt/mqtt-contracts.ts';
import { mqttOptions } from '../targets/mqtt/mqtt-options.ts';
import { startMosquitto } from './mosquitto.ts';

const fleet = testFleet(0, 20, 'test/<device>/reading');
const persistent = (version: 4 | 5): TargetOptions => ({
  version,
  cleanStart: false,
  sessionExpiryS: version === 5 ? 60 : null,
});

describe('Mosquitto', () => {
  const variants: [string, TargetOptions][] = [
    // Of more than 20 unfinished exchanges a connection, Mosquitto 2.0 acknowledges some and passes them on to nobody.
    ['3.1.1, QoS 2, pooled', { qos: 2, connections: 4, maxInFlight: 20 }],
    ['3.1.1, QoS 2, per device', { qos: 2, connections: 'per_device', maxInFlight: 20 }],
    ['5, QoS 0, pooled', { version: 5, qos: 0, connections: 4 }],
    ['5, QoS 1, pooled', { version: 5, qos: 1, connections: 4 }],
    ['5, QoS 2, pooled', { version: 5, qos: 2, connections: 4 }],
    ['5, QoS 1, per device', { version: 5, qos: 1, connections: 'per_device' }],
    ['5, QoS 2, retained', { version: 5, qos: 2, connections: 4, retain: true }],
    ['3.1.1, QoS 1, sessions kept', { ...persistent(4), qos: 1, connections: 4 }],
    ['5, QoS 2, sessions kept', { ...persistent(5), qos: 2, connections: 4 }],
  ];
  for (const [name, overrides] of variants) {
    mqttContracts(`mosquitto, ${name}`, overrides, () => startMosquitto({ config: ['max_queued_messages 100000'] }));
  }
});

describe('Mosquitto’s limits', () => {
  it('keeps to the receive maximum, and says when nobody subscribes', async () => {
    const broker = await startMosquitto({ config: ['max_inflight_messages 7'] });
    const sent = new SinkRecord();
    const options = mqttOptions(broker.endpoint, { version: 5, connections: 2, maxInFlight: 500 });
    const sink = await openSink(options, sinkContext(sent, [fleet]));
    expect(Array.from(sink.room)).toEqual([7, 7]);
    await sendSlots(sink, sent, fleet, 0, 2000);
    await sink.flush(10_000);
    expect(Array.from(sink.room)).toEqual([7, 7]);
    await sink.close();
    expect(sent.count(Outcome.acked)).toBe(2000);
    expect(sent.notices).toContain('warning: no matching subscribers');
    await broker.stop();
  });

  it.each([0, 1, 2])('never sends what is longer than it takes, QoS %i', async (qos) => {
    const broker = await startMosquitto({ config: ['max_packet_size 200'] });
    const [sent, arrived] = [new SinkRecord(), new SourceRecord()];
    const options = mqttOptions(broker.endpoint, { version: 5, qos, connections: 2 });
    const source = await openSource(options, sourceContext(arrived, [fleet]));
    const sink = await openSink(options, sinkContext(sent, [fleet]));
    const room = Array.from(sink.room);
    await sendSlots(sink, sent, fleet, 0, 300);
    await sink.flush(10_000);
    const rejected = [...sent.outcomes.values()].filter(({ outcome }) => outcome === Outcome.rejected);
    expect(rejected.length).toBeGreaterThan(50);
    expect(new Set(rejected.map(({ reason }) => reason))).toEqual(new Set(['larger than the broker takes']));
    await arrived.reached(300 - rejected.length);
    expect(Array.from(sink.room)).toEqual(room);
    expect(sent.repeated).toEqual([]);
    expect(sent.notices.filter((notice) => notice.startsWith('disconnected'))).toEqual([]);
    await Promise.all([sink.close(), source.close()]);
    await broker.stop();
  });

  it.each([
    ['a QoS', { qos: 2 }, ['max_qos 1'], 'at most QoS 1', 'qos: 1'],
    ['retained messages', { retain: true }, ['retain_available false'], 'no retained messages', 'retain: false'],
  ])('is told before the run that it does not take %s', async (_, overrides, config, message, hint) => {
    const broker = await startMosquitto({ config });
    const opening = openSink(
      mqttOptions(broker.endpoint, { version: 5, ...overrides }),
      sinkContext(new SinkRecord(), [fleet]),
    );
    await expect(opening).rejects.toMatchObject({
      code: 'target-refused',
      message: expect.stringContaining(message),
      hint: expect.stringContaining(hint),
    });
    await broker.stop();
  });
});

describe('Mosquitto that refuses', () => {
  it('rejects what an ACL forbids, event by event, in words', async () => {
    const broker = await startMosquitto({ acl: ['topic write test/fleet0-1/#', 'topic read #'] });
    const sent = new SinkRecord();
    const options = mqttOptions(broker.endpoint, { version: 5, connections: 2 });
    const sink = await openSink(options, sinkContext(sent, [fleet]));
    await sendSlots(sink, sent, fleet, 0, 200);
    await sink.flush(10_000);
    await sink.close();
    expect(sent.count(Outcome.acked)).toBe(10);
    expect(sent.count(Outcome.rejected)).toBe(190);
    for (const { outcome, reason } of sent.outcomes.values()) {
      expect(reason).toBe(outcome === Outcome.acked ? 'puback' : 'not authorized');
    }
    await broker.stop();
  });

  it('has its refusal of a login put in words', async () => {
    const broker = await startMosquitto({ users: { ann: 'right' } });
    const options = mqttOptions(broker.endpoint, { version: 5, username: 'ann', password: 'wrong' });
    const refusal = {
      code: 'target-refused',
      message: expect.stringContaining('not authorized'),
      hint: expect.stringContaining('auth.username'),
    };
    await expect(openSink(options, sinkContext(new SinkRecord(), [fleet]))).rejects.toMatchObject(refusal);
    await expect(openSource(options, sourceContext(new SourceRecord(), [fleet]))).rejects.toMatchObject(refusal);
    await broker.stop();
  });
});

describe('retained events', () => {
  it.each([4, 5])('that were stored before are no arrivals, those that come by are, version %i', async (version) => {
    const broker = await startMosquitto();
    const options = mqttOptions(broker.endpoint, { version, retain: true });
    const [before, sent, arrived] = [new SinkRecord(), new SinkRecord(), new SourceRecord()];
    const earlier = await openSink(options, sinkContext(before, [fleet]));
    await sendSlots(earlier, before, fleet, 0, 20);
    await earlier.flush(10_000);
    await earlier.close();
    const source = await openSource(options, sourceContext(arrived, [fleet]));
    const sink = await openSink(options, sinkContext(sent, [fleet]));
    await sendSlots(sink, sent, fleet, 20, 220);
    await sink.flush(10_000);
    await arrived.reached(200);
    expect(arrived.arrivals).toHaveLength(200);
    const late = new SourceRecord();
    const another = await openSource(mqttOptions(broker.endpoint, { version }), sourceContext(late, [fleet]));
    await sendSlots(sink, sent, fleet, 220, 221);
    await late.reached(1);
    expect(late.arrivals).toHaveLength(1);
    await Promise.all([sink.close(), source.close(), another.close()]);
    await broker.stop();
  });
});
