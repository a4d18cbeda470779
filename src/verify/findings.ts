import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { IotloadError } from '../core/errors.ts';
import { PARTITIONS_PER_TOPIC, type StoredRange } from '../wire/placed-arrivals.ts';
import type { SeenFleet } from '../wire/seen-file.ts';
import type { FleetAccount } from './account.ts';
import { MAX_NAMED } from './ledger.ts';

export type FindingKind = 'lost' | 'missing' | 'duplicate' | 'reordered' | 'corrupt' | 'phantom';

/** An event at fault. */
export interface Finding {
  kind: FindingKind;
  /** Index in the plan. */
  fleet: number;
  slot: number;
  seat: number;
  /** The seat's n-th event. */
  sequence: number;
  /** Name of the target where it was missed, or came; absent where there is only one. */
  target?: string;
  /** On which hop it was lost, doubled or altered, such as `edge → lake`; absent where there are none, or nobody can tell. */
  hop?: string;
  /** Where what came too often, too late or altered is stored; absent where nobody knows. */
  at?: { partition: number; offset: number };
}

/** The events at fault, the first thousand of each kind. Of damaged ones, what they claimed to be. */
export function findingsOf(accounts: readonly FleetAccount[], complete: boolean): Finding[] {
  const findings: Finding[] = [];
  const kinds: readonly [FindingKind, (account: FleetAccount) => readonly number[]][] = [
    [complete ? 'lost' : 'missing', ({ absent }) => absent.first(MAX_NAMED)],
    ['duplicate', ({ repeated }) => repeated.first(MAX_NAMED)],
    ['reordered', ({ seen }) => seen?.reorderedSlots ?? []],
    ['corrupt', ({ seen }) => seen?.corruptSlots ?? []],
    ['phantom', ({ phantom }) => phantom.first(MAX_NAMED)],
  ];
  for (const [kind, slotsOf] of kinds) {
    let room = MAX_NAMED;
    for (const account of accounts) {
      if (account.seen === null || account.plan.payload.identity === 'none') continue;
      const slots = slotsOf(account).slice(0, room);
      room -= slots.length;
      const { devices } = account.plan;
      const places = placesOf(account.seen, kind);
      for (const slot of slots) {
        const sequence = Math.floor(slot / devices);
        const at = places.get(slot);
        findings.push({
          kind,
          fleet: account.index,
          slot,
          seat: slot - sequence * devices,
          sequence,
          ...(at === undefined ? {} : { at }),
        });
      }
    }
  }
  return findings;
}

/** The first place of each slot that is at fault in this way. */
function placesOf({ placed }: SeenFleet, kind: FindingKind): Map<number, { partition: number; offset: number }> {
  const places = new Map<number, { partition: number; offset: number }>();
  for (const { kind: of, slot, partition, offset } of placed) {
    if (of === kind && !places.has(slot)) places.set(slot, { partition, offset });
  }
  return places;
}

function holesOf({ holes }: StoredRange): Pick<StoredRange, 'holes'> {
  return holes === undefined ? {} : { holes };
}

/** How the file names a fleet and its devices. */
export interface FindingNames {
  fleet(fleet: number): string;
  device(fleet: number, seat: number): string;
  /** The partition in which the events of a seat have to be, and what was read of it; null where there is none. */
  stored(fleet: number, seat: number, target: string | null): StoredRange | null;
  /** Name of the topic that a partition of this number belongs to; absent where the target has only one. */
  topic(partition: number, target: string | null): string | undefined;
}

/** Writes findings as one JSON object a line. Throws IotloadError `file-unwritable`. */
export async function writeFindings(path: string, findings: readonly Finding[], names: FindingNames): Promise<void> {
  function* lines(): Generator<string> {
    for (const { kind, fleet, slot, seat, sequence, at, target, hop } of findings) {
      const event = { kind, fleet: names.fleet(fleet), device: names.device(fleet, seat), sequence, slot };
      const where = { ...(target === undefined ? {} : { target }), ...(hop === undefined ? {} : { hop }) };
      const place = at ?? searched(names.stored(fleet, seat, target ?? null));
      yield `${JSON.stringify({ ...event, ...where, ...inTopic(place, target ?? null) })}\n`;
    }
  }
  const searched = (range: StoredRange | null) =>
    range === null ? {} : { partition: range.partition, read: { from: range.from, to: range.to, ...holesOf(range) } };
  /** The partition by its number within its topic. */
  const inTopic = (place: { partition?: number }, target: string | null) => {
    if (place.partition === undefined) return place;
    const topic = names.topic(place.partition, target);
    return { ...(topic === undefined ? {} : { topic }), ...place, partition: place.partition % PARTITIONS_PER_TOPIC };
  };
  try {
    await pipeline(Readable.from(lines()), createWriteStream(path, { mode: 0o600 }));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new IotloadError('file-unwritable', `cannot write: ${reason}`, { where: path, cause });
  }
}
