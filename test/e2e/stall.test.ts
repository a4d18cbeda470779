import { describe, expect, it } from 'vitest';
import { faultyBroker } from './faulty-broker.ts';

const runThrough = faultyBroker();

/** S of every P, in µs. */
const STALL_US = 500_000;
const PERIOD_US = 5_000_000;
/** The machine's own hiccups may move a quantile by this much; coordinated omission moves it by all of the stall. */
const TOLERANCE_US = STALL_US / 5;

// A broker that freezes for S of every P makes the response time's quantile q max(0, S − (1 − q)·P), its base service time aside.
describe('stall oracle on the real clock', () => {
  const stall = { stall: { everyMs: PERIOD_US / 1000, forMs: STALL_US / 1000, firstAfterMs: 4500 } };
  const load = { rate: '1000/s', duration: '10s', devices: 100 };

  it('wide window: response and service time follow the closed form, nobody waits in the client', async () => {
    const { result } = await runThrough(stall, { ...load, target: 'max_in_flight: 1000' });
    const { responseTime, serviceTime, clientWait } = result.latency;
    for (const interval of [responseTime, serviceTime]) {
      expect(Math.abs((interval.p95 ?? 0) - (STALL_US - 0.05 * PERIOD_US))).toBeLessThan(TOLERANCE_US);
      expect(Math.abs((interval.p99 ?? 0) - (STALL_US - 0.01 * PERIOD_US))).toBeLessThan(TOLERANCE_US);
    }
    expect(responseTime.p50).toBeLessThan(50_000);
    expect(clientWait.p95).toBe(0);
  });

  it('one connection, one in flight: service time hides it, client wait carries it, response time shows it', async () => {
    const { result } = await runThrough(stall, { ...load, connections: 1, target: 'max_in_flight: 1' });
    const { responseTime, serviceTime, clientWait } = result.latency;
    expect(serviceTime.p95).toBeLessThan(20_000);
    expect(clientWait.p95).toBeGreaterThan(STALL_US - 0.05 * PERIOD_US - TOLERANCE_US);
    expect(responseTime.p95).toBeGreaterThan(STALL_US - 0.05 * PERIOD_US - TOLERANCE_US);
  });
});
