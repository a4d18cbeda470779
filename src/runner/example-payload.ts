import { clearBatch, createEventBatch } from '../core/event-batch.ts';
import { createFleetEvents } from '../events/fleet-events.ts';
import { planDrafted } from '../plan/drafted-scenario.ts';

/** Start of examples, so that they are the same at any time; midsummer, so that models with a daylight of their own show some. */
export const EXAMPLE_START_WALL_US = Date.UTC(2026, 5, 21, 12) * 1000;
/** A device's first event is rarely its most telling one. */
const SLOT = 7;

/** One payload of a model's profile as it would be sent, as text; bytes that are none in hexadecimal digits. */
export async function examplePayload(model: string, profile: string): Promise<string> {
  const text = [
    'iotload: 1',
    'run: { duration: 10s }',
    `fleets: { ${model}: { model: ${model}, devices: 1, rate: 1/s, payload: ${profile} } }`,
    'target: { protocol: discard }',
  ].join('\n');
  const plan = await planDrafted({ text, askedBy: {} }, 'example.yaml');
  const events = createFleetEvents(plan, 0, { runId: 'example', startWallUs: EXAMPLE_START_WALL_US, startMonoUs: 0 });
  const batch = createEventBatch(1, events.maxEventBytes);
  clearBatch(batch, 0);
  events.append(SLOT, events.profile.timeOf(SLOT), batch);
  return payloadText(batch.bytes.subarray(batch.payloads[0], batch.ends[0]));
}

/** Bytes as text where they are text, in hexadecimal digits otherwise. */
export function payloadText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return Buffer.from(bytes).toString('hex');
  }
}
