import { clearBatch, createEventBatch } from '../core/event-batch.ts';
import { createFleetEvents } from '../events/fleet-events.ts';
import type { EventSize } from '../plan/estimate.ts';
import type { Plan } from '../plan/plan.ts';

/** Events of each fleet that are made to see how long they are. */
const SAMPLES = 64;

/** An event of a fleet as it would be sent, and how long its kind is on average. */
export interface FleetSample extends EventSize {
  address: string;
  payload: Uint8Array;
}

/** Makes some events of each fleet, spread over the run, and measures them. */
export function sampleFleets(plan: Plan, runId: string, startWallUs: number): FleetSample[] {
  return plan.fleets.map((_, fleet) => {
    const events = createFleetEvents(plan, fleet, { runId, startWallUs, startMonoUs: 0 });
    const batch = createEventBatch(1, events.maxEventBytes);
    const count = Math.min(SAMPLES, events.slots);
    let addressBytes = 0;
    let payloadBytes = 0;
    let first: { address: string; payload: Uint8Array } | null = null;
    for (let i = 0; i < count; i++) {
      const slot = Math.floor((i * events.slots) / count);
      clearBatch(batch, fleet);
      events.append(slot, events.profile.timeOf(slot), batch);
      const [start, payload, end] = [batch.starts[0] as number, batch.payloads[0] as number, batch.ends[0] as number];
      addressBytes += payload - start;
      payloadBytes += end - payload;
      first ??= {
        address: new TextDecoder().decode(batch.bytes.subarray(start, payload)),
        payload: batch.bytes.slice(payload, end),
      };
    }
    return {
      address: first?.address ?? '',
      payload: first?.payload ?? new Uint8Array(),
      addressBytes: addressBytes / count,
      payloadBytes: payloadBytes / count,
    };
  });
}
