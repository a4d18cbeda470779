import { clearBatch, createEventBatch } from '../../src/core/event-batch.ts';
import { createFleetEvents } from '../../src/events/fleet-events.ts';
import { loadPlan } from '../../src/plan/load-plan.ts';
import type { Plan } from '../../src/plan/plan.ts';

/*
 * The events of the benches of keyed logs: 10 000 phones, keys of 12 bytes, values of 220.
 */

/** Bytes of each value. */
export const VALUE_BYTES = 220;

/** Run id and start of the events, which have to be the same where they are made, sent and proved. */
export const anchor = { runId: 'bench', startWallUs: 1_772_366_400_000_000, startMonoUs: 0 };

/** What is asked of these events. */
export interface PhoneEvents {
  /** The block `target`, as a YAML map in one line. */
  target: string;
  events: number;
  perSecond: number;
  /** Where the identity travels: fields by default. */
  identity?: 'fields' | 'headers';
}

/** The plan that makes them. */
export async function phonesPlan({ target, events, perSecond, identity }: PhoneEvents): Promise<Plan> {
  const text = `iotload: 1
run: { duration: 24h, drain: 60s }
fleets:
  phones:
    model: phone-motion
    devices: 10k
    id: "dev-<index:08>"
    rate: ${perSecond}/s
    payload:
      identity: ${identity ?? 'fields'}
${identity === 'headers' ? `      pad_to: ${VALUE_BYTES}B\n` : ''}      fields: { schema: motion/v1,  device: <device>, time: <time.iso>, sequence: <sequence>, x: <x:3>, y: <y:3>, z: <z:3>, magnitude: <magnitude:2>, activity: <activity> }
target: ${target}
verify: false
`;
  const outcome = await loadPlan({ text, file: 'bench.yaml', env: {}, set: [], allow: [], count: `${events}` });
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.diagnostics));
  return outcome.plan;
}

/** Calls `each` with every event: key and value, valid during the call. */
export function eachEvent(plan: Plan, each: (key: Buffer, value: Buffer) => void): void {
  const { append, profile, slots, maxEventBytes } = createFleetEvents(plan, 0, anchor);
  const batch = createEventBatch(1000, 1000 * maxEventBytes);
  const bytes = Buffer.from(batch.bytes.buffer);
  for (let slot = 0; slot < slots; ) {
    clearBatch(batch, 0);
    while (slot < slots && append(slot, profile.timeOf(slot), batch)) slot++;
    for (let i = 0; i < batch.count; i++) {
      const [start, identity, payload] = [batch.starts[i], batch.identities[i], batch.payloads[i]] as [
        number,
        number,
        number,
      ];
      each(bytes.subarray(start, identity), bytes.subarray(payload, batch.ends[i]));
    }
  }
}
