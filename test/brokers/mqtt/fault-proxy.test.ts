import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FaultPlan } from '../../../src/brokers/mqtt/fault-proxy/fault-plan.ts';
import { type FaultProxy, startFaultProxy } from '../../../src/brokers/mqtt/fault-proxy/fault-proxy.ts';
import { systemClock } from '../../../src/core/clock.ts';
import { Outcome } from '../../../src/core/outcome.ts';
import { openSink } from '../../../src/targets/mqtt/sink.ts';
import { openSource } from '../../../src/targets/mqtt/source.ts';
import type { Sink, Source, TargetOptions } from '../../../src/targets/target.ts';
import { payloadOf, SinkRecord, sendSlots, sinkContext, testFleet } from '../../contracts/sink.ts';
import { SourceRecord, sourceContext } from '../../contracts/source.ts';
import { startAedes, type TestBroker } from '../../targets/mqtt/aedes-broker.ts';
import { mqttOptions } from '../../targets/mqtt/mqtt-options.ts';

const fleet = testFleet(0, 4, 'test/<device>');
const clock = systemClock();

describe('the fault proxy', () => {
  let broker: TestBroker;
  let proxy: FaultProxy;
  let sink: Sink;
  let source: Source;
  let sent: SinkRecord;
  let arrived: SourceRecord;

  async function through(faults: FaultPlan, overrides: TargetOptions = {}): Promise<void> {
    proxy = await startFaultProxy({ upstream: { host: '127.0.0.1', port: broker.port }, faults, clock });
    source = await openSource(mqttOptions(broker.endpoint), sourceContext(arrived, [fleet]));
    sink = await openSink(mqttOptions(proxy.endpoint, { connections: 1, ...overrides }), sinkContext(sent, [fleet]));
  }

  /** Sends slots [0, count) and waits for all outcomes and for `expected` arrivals. */
  async function run(count: number, expected: number): Promise<void> {
    await sendSlots(sink, sent, fleet, 0, count);
    await sink.flush(10_000);
    await arrived.reached(expected);
    await sink.publish('test/fleet0-0', Buffer.from('{"iotload":"probe"}'));
    await arrived.reached(expected + 1);
    expect(arrived.arrivals.pop()?.payload).toBe('{"iotload":"probe"}');
    expect(arrived.arrivals).toHaveLength(expected);
    expect(sent.repeated).toEqual([]);
    expect(sent.outcomes.size).toBe(count);
  }

  const payloads = (count: number): string[] => Array.from({ length: count }, (_, slot) => payloadOf(0, slot));
  const hit = (): string[] => proxy.log.map(({ payload }) => payload.toString());
  const found = (): string[] => arrived.arrivals.map(({ payload }) => payload);

  beforeEach(async () => {
    sent = new SinkRecord();
    arrived = new SourceRecord();
    broker = await startAedes();
  });
  afterEach(async () => {
    await Promise.all([sink.close(), source.close()]);
    await proxy.close();
    await broker.stop();
  });

  it('passes everything on when nothing is asked', async () => {
    await through({});
    await run(500, 500);
    expect(found()).toEqual(payloads(500));
    expect(proxy.log).toEqual([]);
    expect(proxy.publishes).toBe(500);
  });

  it('drops what it acknowledges itself', async () => {
    await through({ drop: { share: 0.1 } });
    await sendSlots(sink, sent, fleet, 0, 500);
    await sink.flush(10_000);
    expect(proxy.log.length).toBeGreaterThan(20);
    expect(sent.count(Outcome.acked)).toBe(500);
    await arrived.reached(500 - proxy.log.length);
    expect([...found(), ...hit()].sort()).toEqual(payloads(500).sort());
  });

  it('doubles, and shows the client one acknowledgement', async () => {
    await through({ double: { every: 10 } });
    await run(500, 550);
    expect(hit()).toEqual(payloads(500).filter((_, slot) => slot % 10 === 9));
    expect(found().sort()).toEqual([...payloads(500), ...hit()].sort());
    expect(sent.count(Outcome.acked)).toBe(500);
  });

  it('swaps neighbours of one device', async () => {
    await through({ reorder: { every: 20, holdMs: 100 } });
    await run(400, 400);
    const order = found();
    expect(order.slice().sort()).toEqual(payloads(400).sort());
    expect(proxy.log.length).toBeGreaterThan(10);
    for (const { payload, ordinal, partner } of proxy.log) {
      // Ordinals are slots here, and the same device comes again after its 4 neighbours.
      expect(partner).toBe(ordinal + 4);
      expect(order.indexOf(payload.toString())).toBe(order.indexOf(payloadOf(0, ordinal + 4)) + 1);
    }
    expect(sent.count(Outcome.acked)).toBe(400);
  });

  it('lets go what nothing overtakes', async () => {
    await through({ reorder: { every: 1, holdMs: 20 } });
    await run(3, 3);
    expect(proxy.log).toEqual([]);
  });

  it('changes one bit of a payload', async () => {
    await through({ alter: { every: 25, offset: -2 } });
    await run(200, 200);
    expect(proxy.log.map(({ ordinal }) => ordinal)).toEqual([24, 49, 74, 99, 124, 149, 174, 199]);
    const altered = found().filter((payload) => !payloads(200).includes(payload));
    expect(altered).toEqual(
      hit().map((payload) => {
        const bytes = Buffer.from(payload);
        bytes[bytes.length - 2] = (bytes[bytes.length - 2] as number) ^ 1;
        return bytes.toString();
      }),
    );
  });

  it('swallows acknowledgements: unknown, yet delivered, and the lane goes on', async () => {
    // Long enough that nothing else times out on a machine that is busy.
    await through({ dropAcks: { share: 0.04 } }, { timeoutUs: 600_000, maxInFlight: 10 });
    await run(600, 600);
    expect(proxy.log.length).toBeGreaterThan(10);
    expect(sent.count(Outcome.unknown)).toBe(proxy.log.length);
    expect(sent.count(Outcome.acked)).toBe(600 - proxy.log.length);
    for (const payload of hit()) {
      const { slot } = JSON.parse(payload) as { slot: number };
      expect(sent.outcomes.get(`0/${slot}`)).toMatchObject({ outcome: Outcome.unknown, reason: 'timeout' });
    }
  });

  it('resets: what was in flight is unknown, never settled twice, and the link comes back', async () => {
    await through({ reset: { every: 150 } });
    await sendSlots(sink, sent, fleet, 0, 400);
    await sink.flush(10_000);
    expect(proxy.log.map(({ ordinal }) => ordinal)).toEqual([149, 299]);
    expect(sent.repeated).toEqual([]);
    expect(sent.outcomes.size).toBe(400);
    expect(sent.count(Outcome.unknown)).toBeGreaterThanOrEqual(2);
    expect(sent.count(Outcome.acked) + sent.count(Outcome.unknown)).toBe(400);
    expect(sent.notices.filter((notice) => notice.startsWith('reconnected'))).toHaveLength(2);
    // Whatever was acknowledged arrives; of what is unknown some does too, in between.
    const acked = [...sent.outcomes].filter(([, { outcome }]) => outcome === Outcome.acked);
    const missing = (): boolean => {
      const seen = new Set(found());
      return acked.some(([key]) => !seen.has(payloadOf(0, Number(key.split('/')[1]))));
    };
    while (missing()) await arrived.reached(arrived.arrivals.length + 1);
  });

  it('stalls for a while in each period and lets everything go afterwards', async () => {
    await through({ stall: { everyMs: 250, forMs: 150, firstAfterMs: 50 } }, { maxInFlight: 5 });
    const startUs = clock.nowUs();
    let slot = 0;
    while (clock.nowUs() - startUs < 500_000) {
      await sendSlots(sink, sent, fleet, slot, slot + 20);
      slot += 20;
    }
    await sink.flush(10_000);
    await arrived.reached(slot);
    expect(found()).toEqual(payloads(slot));
    expect(proxy.stalls.length).toBeGreaterThanOrEqual(2);
    for (const { fromUs, toUs } of proxy.stalls.filter((stall) => stall.toUs !== null)) {
      for (const { atUs } of sent.outcomes.values())
        expect(atUs > fromUs + 75_000 && atUs < (toUs as number)).toBe(false);
    }
  });

  it('delays one and keeps the order', async () => {
    await through({ delay: { every: 50, ms: 30 } });
    await run(200, 200);
    expect(found()).toEqual(payloads(200));
    for (const { ordinal } of proxy.log) {
      const { sentAtUs, atUs } = sent.outcomes.get(`0/${ordinal}`) as { sentAtUs: number; atUs: number };
      expect(atUs - sentAtUs).toBeGreaterThan(25_000);
    }
  });

  it('takes other faults while it runs', async () => {
    await through({ drop: { every: 1 } });
    await sendSlots(sink, sent, fleet, 0, 10);
    await sink.flush(1000);
    proxy.setFaults({});
    await sendSlots(sink, sent, fleet, 10, 20);
    await arrived.reached(10);
    expect(found()).toEqual(payloads(20).slice(10));
  });
});
