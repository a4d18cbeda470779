import type { PayloadColumns } from '../codecs/columns/column.ts';
import { IdLayout } from '../codecs/identity.ts';
import type { Anchor } from '../core/anchor.ts';
import type { Micros } from '../core/clock.ts';
import type { EventBatch } from '../core/event-batch.ts';
import type { Behavior } from '../models/behavior/behavior.ts';
import type { Plan } from '../plan/plan.ts';
import type { RateProfile } from '../schedule/profile.ts';
import { type EventFacts, factsOf } from './event-facts.ts';
import { EventMaker } from './event-maker.ts';
import { sealHeader } from './headers-identity.ts';
import { Regenerated } from './regenerated.ts';

/** The checksum that ends an id beside a payload; it is written once the payload is there. */
const CHECKSUM_BYTES = IdLayout.length - IdLayout.checksum;

/** The events of one fleet as pure functions of (plan, anchor, slot). All members may be called without their object. */
export interface FleetEvents {
  readonly profile: RateProfile;
  /** Slots in the whole run, over all parts. */
  readonly slots: number;
  readonly devices: number;
  /** Room an event needs in a batch: no event ever touches more bytes. */
  readonly maxEventBytes: number;
  readonly behavior: Behavior | null;
  /** Names of the payloads' columns, as a line of text; null where they have none. */
  readonly header: string | null;
  /** Their values under names; null where they are none. */
  readonly columns: PayloadColumns | null;
  /** Intended send time of a slot, slot time: when it is due, or when the outage is over in which that is. Never decreases for one seat. */
  intendedOf(slot: number): Micros;
  /** Id of the device that sits there, in its first incarnation where none is named. */
  deviceId(seat: number, incarnation?: number): string;
  /** Appends the event of `slot`, due `dueUs` after the anchor's start; false, and nothing appended, where the batch has no room. */
  append(slot: number, dueUs: Micros, batch: EventBatch): boolean;
  /** What is true of the event of `slot`. */
  facts(slot: number): EventFacts;
  /** Makes the event of `slot` again: whether its payload is `bytes[start … end)`. */
  matches(slot: number, bytes: Uint8Array, start: number, end: number): boolean;
}

/** @throws IotloadError `bad-scenario` for what a plan can say and an event cannot hold. */
export function createFleetEvents(plan: Plan, fleet: number, anchor: Anchor): FleetEvents {
  const maker = new EventMaker(plan, fleet, anchor);
  const { profile, maxEventBytes, context, behavior, intendedOf, writePayload, header } = maker;
  const { slots, devices } = maker.fleet;
  const writeAddress = maker.address.write;
  const regenerated = new Regenerated(maker);
  return {
    profile,
    slots,
    devices,
    maxEventBytes,
    behavior,
    header: maker.layout.header ?? null,
    columns: maker.columns,
    intendedOf,
    deviceId: (seat, incarnation = 0) => maker.ids.text(seat + incarnation * devices),
    append(slot, dueUs, batch) {
      const i = batch.count;
      const start = batch.end;
      if (i >= batch.capacity || start + maxEventBytes > batch.bytes.length) return false;
      batch.seats[i] = maker.load(slot, dueUs);
      const identity = writeAddress(context, batch.view, start);
      const payload = header === null ? identity : header.write(context, batch.view, identity) + CHECKSUM_BYTES;
      const end = writePayload(context, batch.view, payload);
      if (header !== null) sealHeader(batch.view, identity, payload, end);
      batch.slots[i] = slot;
      batch.starts[i] = start;
      batch.identities[i] = identity;
      batch.payloads[i] = payload;
      batch.ends[i] = end;
      batch.end = end;
      batch.count = i + 1;
      return true;
    },
    facts: (slot) => factsOf(maker, slot),
    matches: (slot, bytes, start, end) => regenerated.equals(slot, bytes, start, end),
  };
}
