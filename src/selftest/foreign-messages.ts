import { createEventBatch } from '../core/event-batch.ts';
import { createFleetEvents } from '../events/fleet-events.ts';
import { encodeProbe } from '../events/probe.ts';
import type { Plan } from '../plan/plan.ts';

/** Another run, and when it began. */
const stranger = { runId: 'somebody-else', startWallUs: 1_700_000_000_000_000, startMonoUs: 0 };
/** Events of it. */
const EVENTS = 20;

/** What may be met on a topic and is no event of the run: events and a marker of another run of the same plan, text, noise, nothing. */
export function foreignMessages(plan: Plan): Uint8Array[] {
  const events = createFleetEvents(plan, 0, stranger);
  const batch = createEventBatch(EVENTS, EVENTS * events.maxEventBytes);
  for (let slot = 0; slot < EVENTS; slot++) events.append(slot, events.profile.timeOf(slot), batch);
  const messages = Array.from({ length: EVENTS }, (_, i) => batch.bytes.slice(batch.payloads[i], batch.ends[i]));
  return [
    ...messages,
    encodeProbe(stranger.runId),
    new TextEncoder().encode('{"temperature":21.5}'),
    Uint8Array.from({ length: 200 }, (_, i) => (i * 151) & 255),
    new Uint8Array(),
  ];
}
