import { writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { FaultPlan } from '../../src/brokers/fault-proxy/fault-plan.ts';
import { type FaultProxy, startFaultProxy } from '../../src/brokers/fault-proxy/fault-proxy.ts';
import { startMqttBroker } from '../../src/brokers/mqtt/embedded-mqtt-broker.ts';
import type { EmbeddedBroker } from '../../src/brokers/registry.ts';
import { systemClock } from '../../src/core/clock.ts';
import type { RunResult } from '../../src/metrics/result.ts';
import { findingsOf, iotload, scratch, summaryOf } from './iotload.ts';
import { phones } from './scenario-text.ts';

let broker: EmbeddedBroker;
beforeAll(async () => {
  broker = await startMqttBroker();
});
afterAll(() => broker.stop());

let space: ReturnType<typeof scratch>;
let proxy: FaultProxy;
beforeEach(() => {
  space = scratch();
});
afterEach(async () => {
  await proxy.close();
  space.remove();
});

interface Judged {
  code: number | null;
  stdout: string;
  result: RunResult;
  /** Slots of each kind of finding, ascending. */
  found(kind: string): number[];
}

/** Runs phones through a proxy with these faults; the verifier reads through it too, on the undisturbed way back. */
async function runThrough(
  faults: FaultPlan,
  options: { rate?: string; duration?: string; target?: string; more?: string; devices?: number } = {},
): Promise<Judged> {
  const { hostname, port } = new URL(broker.endpoint);
  proxy = await startFaultProxy({ upstream: { host: hostname, port: Number(port) }, faults, clock: systemClock() });
  const file = space.path('case.yaml');
  const target = `{ protocol: mqtt, endpoint: "${proxy.endpoint}", connections: 4, ${options.target ?? ''} }`;
  writeFileSync(file, phones({ ...options, target }));
  const out = space.path('out');
  const { code, stdout } = await iotload(['run', file, '--out', out, '--progress', 'none', '--workers', '1']);
  const findings = findingsOf(out);
  const found = (kind: string): number[] =>
    findings
      .filter((finding) => finding.kind === kind)
      .map(({ slot }) => slot)
      .sort((a, b) => a - b);
  return { code, stdout, result: summaryOf(out), found };
}

/** Slots of the PUBLISHes that the proxy's log names, from the identity in their payloads. */
function slotsOf(kind: string): number[] {
  return proxy.log
    .filter((record) => record.kind === kind)
    .map(({ payload }) => slotIn(payload))
    .sort((a, b) => a - b);
}

/** Reads the slot out of `_id`, `run-fleet-slot-intended-checksum` in hexadecimal, by other means than the verifier's. */
function slotIn(payload: Buffer): number {
  const { _id } = JSON.parse(payload.toString()) as { _id: string };
  return Number.parseInt(_id.split('-')[2] as string, 16);
}

describe('known faults between the phones and the broker', () => {
  const grace = 'verify: { grace: 1s }';

  it('events that are acknowledged and dropped: exactly those are missing, exit 1', async () => {
    const { code, result, found } = await runThrough({ drop: { share: 0.02 } }, { more: grace });
    const dropped = slotsOf('drop');
    expect(dropped.length).toBeGreaterThan(3);
    expect(found('missing')).toEqual(dropped);
    expect(result.delivery).toMatchObject({ missing: dropped.length, lost: 0, duplicates: 0, corrupt: 0 });
    expect(result.verdict).toBe('fail');
    expect(code).toBe(1);
  });

  it('events that are doubled: exactly those are duplicates, fine for at-least-once, not for exactly-once', async () => {
    const lenient = await runThrough({ double: { share: 0.03 } });
    const doubled = slotsOf('double');
    expect(doubled.length).toBeGreaterThan(5);
    expect(lenient.found('duplicate')).toEqual(doubled);
    expect(lenient.result.delivery).toMatchObject({ duplicates: doubled.length, missing: 0, corrupt: 0, reordered: 0 });
    expect(lenient.code).toBe(0);
    await proxy.close();
    space.remove();
    space = scratch();
    const strict = await runThrough({ double: { share: 0.03 } }, { more: 'verify: { expect: exactly-once }' });
    expect(strict.result.verdict).toBe('fail');
    expect(strict.code).toBe(1);
  });

  it('events that are reordered: exactly those overtaken are named', async () => {
    const { code, result, found } = await runThrough({ reorder: { share: 0.03 } });
    const reordered = slotsOf('reorder');
    expect(reordered.length).toBeGreaterThan(5);
    expect(found('reordered')).toEqual(reordered);
    expect(result.delivery).toMatchObject({ reordered: reordered.length, missing: 0, duplicates: 0, corrupt: 0 });
    expect(code).toBe(1);
  });

  it('events that are altered: exactly that many are corrupt, exit 1', async () => {
    const { code, result, found } = await runThrough({ alter: { share: 0.02, offset: 14 } }, { more: grace });
    const altered = slotsOf('alter');
    expect(altered.length).toBeGreaterThan(3);
    expect(found('corrupt')).toEqual(altered);
    expect(result.delivery.corrupt).toBe(altered.length);
    expect(code).toBe(1);
  });

  it('acknowledgements that are dropped: unknown, seen all the same, never lost', async () => {
    const { code, result } = await runThrough({ dropAcks: { every: 250 } }, { target: 'timeout: 1s' });
    const unacked = slotsOf('dropAcks');
    expect(unacked.length).toBe(3);
    expect(result.events.unknown).toBe(3);
    expect(result.events.acked).toBe(result.events.intended - 3);
    expect(result.delivery).toMatchObject({ recovered: 3, unseenUnknown: 0, lost: 0, missing: 0 });
    expect(result.delivery.verified).toBe(result.events.intended);
    expect(code).toBe(0);
  });

  it('so many acknowledgements dropped that nothing can be said: inconclusive, exit 3, still nothing lost', async () => {
    const { code, result } = await runThrough({ dropAcks: { share: 0.1 } }, { target: 'timeout: 1s' });
    expect(result.delivery).toMatchObject({ lost: 0, missing: 0 });
    expect(result.delivery.coverage).toBeLessThan(0.99);
    expect(result.verdict).toBe('inconclusive');
    expect(code).toBe(3);
  });
});

// With S of every P seconds stalled, the response time's quantile q is max(0, S − (1 − q)·P), base service time aside.
describe('stall oracle on the real clock, S = 0.5 s of every P = 5 s', () => {
  const stall = { stall: { everyMs: 5000, forMs: 500, firstAfterMs: 4500 } };
  const load = { rate: '1000/s', duration: '10s', devices: 100 };

  it('wide window: response and service time follow the closed form, nobody waits in the client', async () => {
    const { result } = await runThrough(stall, { ...load, target: 'max_in_flight: 1000' });
    const { responseTime, serviceTime, clientWait } = result.latency;
    for (const [interval, q] of [
      [responseTime.p95, 0.95],
      [responseTime.p99, 0.99],
      [serviceTime.p95, 0.95],
      [serviceTime.p99, 0.99],
    ] as const) {
      const expected = (0.5 - (1 - q) * 5) * 1e6;
      expect(Math.abs((interval ?? 0) - expected)).toBeLessThan(0.15 * 500_000);
    }
    expect(responseTime.p50).toBeLessThan(50_000);
    expect(clientWait.p95).toBe(0);
  });

  it('one connection with one in flight: service time hides the stall, client wait carries it, response time shows it', async () => {
    const { result } = await runThrough(stall, { ...load, target: 'max_in_flight: 1' });
    const { responseTime, serviceTime, clientWait } = result.latency;
    expect(serviceTime.p95).toBeLessThan(20_000);
    expect(clientWait.p95).toBeGreaterThan(150_000);
    expect(responseTime.p95).toBeGreaterThan(150_000);
  });
});
