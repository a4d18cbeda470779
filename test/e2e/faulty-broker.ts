import { existsSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect } from 'vitest';
import { startMqttBroker } from '../../src/brokers/mqtt/embedded-mqtt-broker.ts';
import type { FaultPlan } from '../../src/brokers/mqtt/fault-proxy/fault-plan.ts';
import { startFaultProxy } from '../../src/brokers/mqtt/fault-proxy/fault-proxy.ts';
import type { EmbeddedBroker } from '../../src/brokers/registry.ts';
import { systemClock } from '../../src/core/clock.ts';
import type { RunResult } from '../../src/metrics/result.ts';
import { until } from '../until.ts';
import { findingsOf, type Running, scratch, start, summaryOf } from './iotload.ts';
import { phones } from './scenario-text.ts';

/** A run, and what the proxy says that it did to it. */
export interface Judged {
  code: number | null;
  result: RunResult;
  /** Slots that the run found at fault in this way, ascending. */
  found(kind: string): number[];
  /** Slots that the proxy did this to, ascending. */
  injected(kind: string): number[];
}

/** A busy machine takes its time to start a run. */
const START_MS = 60_000;

interface Load {
  rate?: string;
  duration?: string;
  devices?: number;
  /** Default 4. */
  connections?: number;
  /** More options of the target. */
  target?: string;
  /** More of the fleet. */
  fleet?: string;
  /** More of the scenario. */
  more?: string;
  /** The faults begin when the run has fixed its start, however long it took to come to that. */
  faultsFromStart?: true;
  /** What happens to the run besides, beginning when it has started. */
  meanwhile?: (running: Running, out: string) => Promise<void>;
}

/**
 * Says that a run with missing events failed; where the machine was so busy that the reader stood still, it accuses nobody, and that is
 * right as well.
 */
export function expectAccused({ code, result }: Pick<Judged, 'code' | 'result'>): void {
  const healthy = result.verifier.status === 'healthy';
  expect([code, result.verdict]).toEqual(healthy ? [1, 'fail'] : [3, 'inconclusive']);
}

/** A broker behind a fault proxy, for all tests of a file; call it once, at the file's top level. */
export function faultyBroker(): (faults: FaultPlan, load?: Load) => Promise<Judged> {
  let broker: EmbeddedBroker;
  beforeAll(async () => {
    broker = await startMqttBroker();
  });
  afterAll(() => broker.stop());

  // Runs phones through a proxy with these faults; the verifier reads through it too, on the undisturbed way back.
  return async (faults, load = {}) => {
    const space = scratch();
    const { hostname, port } = new URL(broker.endpoint);
    const upstream = { host: hostname, port: Number(port) };
    const clock = systemClock();
    const proxy = await startFaultProxy({ upstream, faults: load.faultsFromStart ? {} : faults, clock });
    try {
      const target = `{ protocol: mqtt, endpoint: "${proxy.endpoint}", connections: ${load.connections ?? 4}, ${load.target ?? ''} }`;
      const file = space.path('case.yaml');
      writeFileSync(file, phones({ drain: '20s', ...load, target }));
      const out = space.path('out');
      const running = start(['run', file, '--out', out, '--progress', 'none', '--workers', '1']);
      if (load.faultsFromStart) {
        await Promise.race([until(() => existsSync(`${out}/sent`), START_MS), running.finished]);
        proxy.setFaults(faults);
      }
      await load.meanwhile?.(running, out);
      const { code } = await running.finished;
      const ascending = (slots: number[]): number[] => slots.sort((a, b) => a - b);
      const findings = findingsOf(out);
      return {
        code,
        result: summaryOf(out),
        found: (kind) => ascending(findings.filter((finding) => finding.kind === kind).map(({ slot }) => slot)),
        injected: (kind) =>
          ascending(proxy.log.filter((record) => record.kind === kind).map(({ payload }) => slotIn(payload))),
      };
    } finally {
      await proxy.close();
      space.remove();
    }
  };
}

/** Reads the slot out of `_id`, `run-fleet-slot-intended-checksum` in hexadecimal, by other means than the verifier's. */
function slotIn(payload: Buffer): number {
  const { _id } = JSON.parse(payload.toString()) as { _id: string };
  return Number.parseInt(_id.split('-')[2] as string, 16);
}
