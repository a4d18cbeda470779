import { join } from 'node:path';
import type { Anchor } from '../../src/core/anchor.ts';
import { createEventBatch } from '../../src/core/event-batch.ts';
import type { Outcome } from '../../src/core/outcome.ts';
import { createFleetEvents } from '../../src/events/fleet-events.ts';
import type { Plan } from '../../src/plan/plan.ts';
import type { DeliveredBatch } from '../../src/targets/target.ts';
import { OutcomeJournal } from '../../src/wire/outcome-journal.ts';
import { SentWriter } from '../../src/wire/sent-file.ts';

/** The payload of every slot of fleet 0. */
export function payloadsOf(plan: Plan, anchor: Anchor): Uint8Array[] {
  const events = createFleetEvents(plan, 0, anchor);
  const batch = createEventBatch(1, 65_536);
  return Array.from({ length: events.slots }, (_, slot) => {
    batch.count = batch.end = 0;
    events.append(slot, events.profile.timeOf(slot), batch);
    return batch.bytes.slice(batch.payloads[0], batch.ends[0]);
  });
}

/** Payloads as a source would deliver them. */
export function delivered(payloads: readonly Uint8Array[], atUs: number): DeliveredBatch {
  const count = payloads.length;
  const starts = new Uint32Array(count);
  const ends = new Uint32Array(count);
  let at = 0;
  payloads.forEach((payload, i) => {
    starts[i] = at;
    at += payload.length;
    ends[i] = at;
  });
  const none = new Uint32Array(count);
  return {
    count,
    bytes: Buffer.concat(payloads),
    addressStarts: none,
    addressEnds: none,
    identityStarts: none,
    identityEnds: none,
    payloadStarts: starts,
    payloadEnds: ends,
    atUs,
    redelivered: false,
  };
}

/** Writes a `sent` file in which slot k of fleet 0 has the k-th outcome. */
export async function writeSent(dir: string, plan: Plan, runId: string, outcomes: readonly Outcome[]): Promise<void> {
  const shard = { index: 0, count: 1 };
  const fleets = plan.fleets.map(({ name, devices, slots }) => ({ name, devices, slots }));
  const writer = await SentWriter.open(join(dir, 'sent'), { runId, shard, fleets });
  const journal = new OutcomeJournal(fleets, shard);
  for (const [slot, outcome] of outcomes.entries()) journal.settle(0, slot, outcome);
  journal.horizon(0, outcomes.length);
  writer.append(journal.takeFrame());
  await writer.end({ ended: 'completed' });
}
