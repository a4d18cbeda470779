import type { Part } from '../core/anchor.ts';
import { Outcome } from '../core/outcome.ts';
import { SlotSet } from '../core/slot-set.ts';
import type { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { inPieces, readIntervals, writeIntervals } from './intervals.ts';
import { PartOrdinals } from './part-ordinals.ts';

/** Kinds of records in a `sent` file, the first byte of each. */
export const SentRecordKind = {
  header: 1,
  outcomes: 2,
  horizon: 3,
  end: 4,
  promise: 5,
  resumed: 6,
  samples: 7,
  moment: 8,
} as const;

/** Outcomes in the order in which a record holds their intervals. */
export const journalOutcomes = [
  Outcome.acked,
  Outcome.rejected,
  Outcome.unknown,
  Outcome.noAck,
  Outcome.notSent,
] as const;

/**
 * Outcomes that are known already, as payloads of records over all slots: of a record that is written anew. Each holds one set, or a piece
 * of it.
 */
export function outcomeFrames(fleet: number, outcomes: SentOutcomes): Uint8Array[] {
  const writer = new ByteWriter(4096);
  const frame = (repeats: number, extraAttempts: number, at: number, set: SlotSet): Uint8Array => {
    writer.byte(SentRecordKind.outcomes);
    for (const value of [0, 1, fleet + 1, 0, repeats, extraAttempts]) writer.varint(value);
    for (let i = 0; i <= journalOutcomes.length; i++) writeIntervals(writer, i === at ? set : none);
    writer.varint(0);
    return writer.take();
  };
  const none = new SlotSet();
  const { acked, rejected, unknown, noAck, doubling, conflicts, extraAttempts } = outcomes;
  const sets = [acked, rejected, unknown, noAck, none, doubling];
  return [
    frame(conflicts, extraAttempts, 0, none),
    ...sets.flatMap((set, at) => inPieces(set).map((piece) => frame(0, 0, at, piece))),
  ];
}

/** What `outcomeFrames` writes of a fleet. */
export interface SentOutcomes {
  acked: SlotSet;
  rejected: SlotSet;
  unknown: SlotSet;
  noAck: SlotSet;
  doubling: SlotSet;
  /** Second outcomes of a slot. */
  conflicts: number;
  extraAttempts: number;
}

interface FleetOutcomes {
  readonly ordinals: PartOrdinals;
  readonly sets: readonly SlotSet[];
  readonly doubling: SlotSet;
  horizon: number;
  repeats: number;
  extraAttempts: number;
  changed: boolean;
}

/**
 * A worker's side of the `sent` file: collects the outcomes of its part and hands over, each second, what is new since.
 *
 *   outcomes := kind:u8 part.index:varint part.count:varint section* 0:varint
 *   section  := fleet + 1, horizon, repeats, extraAttempts: varint; intervals × 5 of the outcomes, intervals of what may arrive twice
 *
 * Intervals are of the part's ordinals (`PartOrdinals`). Ordinals below the horizon were picked up. `repeats` counts second outcomes of
 * a slot: a defect, which the settlement reports. `extraAttempts` counts attempts beyond each slot's first; slots whose attempt was
 * repeated as the same message, so that a second copy is no fault, stand in the last intervals. All are since the last frame.
 */
export class OutcomeJournal {
  readonly #part: Part;
  readonly #fleets: readonly FleetOutcomes[];
  readonly #writer = new ByteWriter(4096);

  /** `fleets` are all of the plan's, in its order. */
  constructor(fleets: readonly { devices: number }[], part: Part) {
    this.#part = part;
    this.#fleets = fleets.map(({ devices }) => ({
      ordinals: new PartOrdinals(part, devices),
      sets: journalOutcomes.map(() => new SlotSet()),
      doubling: new SlotSet(),
      horizon: 0,
      repeats: 0,
      extraAttempts: 0,
      changed: false,
    }));
  }

  /** Records the final outcome of a slot of this part. */
  settle(fleet: number, slot: number, outcome: Outcome): void {
    const entry = this.#fleets[fleet] as FleetOutcomes;
    entry.changed = true;
    if (!(entry.sets[outcome] as SlotSet).add(entry.ordinals.of(slot))) entry.repeats++;
  }

  /** Says that every slot of this part below `slot` was picked up. */
  horizon(fleet: number, slot: number): void {
    const entry = this.#fleets[fleet] as FleetOutcomes;
    const ordinal = entry.ordinals.below(slot);
    if (ordinal === entry.horizon) return;
    entry.horizon = ordinal;
    entry.changed = true;
  }

  /** Counts attempts beyond the first of a slot. */
  attemptedAgain(fleet: number, attempts: number): void {
    const entry = this.#fleets[fleet] as FleetOutcomes;
    entry.extraAttempts += attempts;
    entry.changed = true;
  }

  /** One copy of this slot is no fault: its attempt was repeated as the same message. */
  mayDouble(fleet: number, slot: number): void {
    const { ordinals, doubling } = this.#fleets[fleet] as FleetOutcomes;
    doubling.add(ordinals.of(slot));
  }

  /** What is new since the previous call, as the payload of one record. */
  takeFrame(): Uint8Array {
    const writer = this.#writer;
    writer.byte(SentRecordKind.outcomes);
    writer.varint(this.#part.index);
    writer.varint(this.#part.count);
    this.#fleets.forEach((entry, fleet) => {
      if (!entry.changed) return;
      writer.varint(fleet + 1);
      writer.varint(entry.horizon);
      writer.varint(entry.repeats);
      writer.varint(entry.extraAttempts);
      for (const set of [...entry.sets, entry.doubling]) {
        writeIntervals(writer, set);
        set.clear();
      }
      entry.repeats = 0;
      entry.extraAttempts = 0;
      entry.changed = false;
    });
    writer.varint(0);
    return writer.take();
  }
}

/** Intervals `from … to` of the ordinals of a part of a fleet, the last one not among them, that have an outcome. */
export type OutcomeVisit = (fleet: number, part: Part, outcome: Outcome, from: number, to: number) => void;

/** Reads what `takeFrame` wrote, behind its kind. Throws IotloadError `file-corrupt`. */
export function eachOutcome(reader: ByteReader, visit: OutcomeVisit): void {
  const part = { index: reader.varint(), count: reader.varint() };
  for (let tag = reader.varint(); tag > 0; tag = reader.varint()) {
    // Horizon, repeats and further attempts.
    for (let i = 0; i < 3; i++) reader.varint();
    for (const outcome of journalOutcomes)
      readIntervals(reader, Number.MAX_SAFE_INTEGER, (from, to) => visit(tag - 1, part, outcome, from, to));
    readIntervals(reader, Number.MAX_SAFE_INTEGER, () => {});
  }
}
