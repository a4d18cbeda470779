import type { Part } from '../core/anchor.ts';
import { SlotSet } from '../core/slot-set.ts';
import { PartOrdinals } from '../wire/part-ordinals.ts';
import type { PlacedKind } from '../wire/placed-arrivals.ts';
import { emptySamples } from '../wire/samples.ts';
import { emptyArrivals, type FleetArrivals, type SeenRecord, type UnattributedArrivals } from '../wire/seen-file.ts';

/** What an arrival of one of our own events was. */
export const Arrival = { first: 0, reordered: 1, duplicate: 2, foreign: 3 } as const;
export type Arrival = (typeof Arrival)[keyof typeof Arrival];

/** Slots of each kind that a fleet keeps by name. */
export const MAX_NAMED = 1_000;

interface FleetLedger {
  readonly copiesOf: ((slot: number) => number) | null;
  readonly ordinals: PartOrdinals;
  readonly slots: number;
  readonly seen: SlotSet;
  /** Seen more than once, and more than twice. */
  readonly doubled: SlotSet;
  readonly tripled: SlotSet;
  /** Highest sequence seen of each seat, plus one; as doubles, because one device may send more than 2³² events. */
  readonly next: Float64Array;
  readonly gained: FleetArrivals;
  reorderedNamed: number;
  corruptNamed: number;
  /** Arrivals of each kind whose place is kept. */
  readonly placed: Record<PlacedKind, number>;
}

/** Counts since the start. */
export interface LedgerTotals {
  received: number;
  /** Distinct events. */
  seen: number;
  /** Copies beyond those that were sent. */
  duplicates: number;
  reordered: number;
  corrupt: number;
  late: number;
  foreign: number;
  unidentified: number;
}

/**
 * Remembers every slot that arrived, exactly: one bit each, in blocks that vanish when complete, and per seat the highest sequence.
 * What is new since the last record for the `seen` file is kept beside it.
 */
export class Ledger {
  readonly totals: LedgerTotals = {
    received: 0,
    seen: 0,
    duplicates: 0,
    reordered: 0,
    corrupt: 0,
    late: 0,
    foreign: 0,
    unidentified: 0,
  };
  readonly #fleets: readonly FleetLedger[];
  readonly #unattributed: UnattributedArrivals = {
    received: 0,
    foreign: 0,
    unidentified: 0,
    corrupt: 0,
  };
  #graceOver = false;

  /**
   * `fleets` are all of the plan's, in its order; seats that `shard` does not own are foreign. `copiesOf` says how many times an event of
   * a fleet is sent by design, null for once.
   */
  constructor(
    fleets: readonly { devices: number; slots: number }[],
    shard: Part,
    copiesOf: readonly (((slot: number) => number) | null)[] = [],
  ) {
    this.#fleets = fleets.map(({ devices, slots }, index) => ({
      copiesOf: copiesOf[index] ?? null,
      ordinals: new PartOrdinals(shard, devices),
      slots,
      seen: new SlotSet(),
      doubled: new SlotSet(),
      tripled: new SlotSet(),
      next: new Float64Array(devices),
      gained: emptyArrivals(),
      reorderedNamed: 0,
      corruptNamed: 0,
      placed: { duplicate: 0, reordered: 0, corrupt: 0 },
    }));
  }

  /** Takes over what an earlier verifier of the run has on record. To be called first. */
  restore({ unattributed, fleets }: Pick<SeenRecord, 'unattributed' | 'fleets'>): void {
    const { totals } = this;
    for (const key of ['received', 'foreign', 'unidentified', 'corrupt'] as const) totals[key] += unattributed[key];
    fleets.forEach((record, index) => {
      const fleet = this.#fleets[index] as FleetLedger;
      const { next, copiesOf } = fleet;
      const devices = next.length;
      record.fresh.forEachInterval((from, to) => {
        fleet.seen.addInterval(from, to);
        for (let slot = from; slot < to; slot++) next[slot % devices] = Math.floor(slot / devices) + 1;
      });
      fleet.doubled.addAll(record.doubled);
      fleet.tripled.addAll(record.tripled);
      fleet.reorderedNamed = record.reorderedSlots.length;
      fleet.corruptNamed = record.corruptSlots.length;
      for (const { kind } of record.placed) fleet.placed[kind]++;
      totals.seen += record.fresh.count;
      totals.duplicates += record.copies - (copiesOf === null ? 0 : designed(record.doubled, copiesOf));
      totals.reordered += record.reordered;
      totals.corrupt += record.corrupt;
      totals.late += record.late;
    });
  }

  /** Enters an unaltered arrival of this run. `sequence` is the seat's n-th slot. */
  own(fleetIndex: number, slot: number, seat: number, sequence: number): Arrival {
    const fleet = this.#fleets[fleetIndex] as FleetLedger;
    if (!fleet.ordinals.owns(slot)) {
      this.foreign();
      return Arrival.foreign;
    }
    this.#receive();
    if (!fleet.seen.add(slot)) {
      fleet.gained.copies++;
      if (fleet.doubled.add(slot)) {
        fleet.gained.doubled.add(slot);
        if (fleet.copiesOf !== null && fleet.copiesOf(slot) > 1) return Arrival.duplicate;
      } else if (fleet.tripled.add(slot)) fleet.gained.tripled.add(slot);
      this.totals.duplicates++;
      return Arrival.duplicate;
    }
    fleet.gained.fresh.add(slot);
    this.totals.seen++;
    if (this.#graceOver) {
      fleet.gained.late++;
      this.totals.late++;
    }
    if (sequence + 1 < (fleet.next[seat] as number)) {
      fleet.gained.reordered++;
      this.totals.reordered++;
      if (fleet.reorderedNamed++ < MAX_NAMED) fleet.gained.reorderedSlots.push(slot);
      return Arrival.reordered;
    }
    fleet.next[seat] = sequence + 1;
    return Arrival.first;
  }

  /**
   * Enters a damaged arrival; fleet and slot are what it claims to be, −1 where that is unreadable. What claims to be another shard's is
   * foreign here, so that merged shards count it once.
   */
  corrupt(fleetIndex: number, slot: number): void {
    const fleet = this.#fleets[fleetIndex];
    if (fleet !== undefined && slot >= 0 && !fleet.ordinals.owns(slot)) {
      this.foreign();
      return;
    }
    this.#receive();
    this.totals.corrupt++;
    if (fleet === undefined) {
      this.#unattributed.corrupt++;
      return;
    }
    fleet.gained.corrupt++;
    if (slot < 0 || slot >= fleet.slots || fleet.corruptNamed++ >= MAX_NAMED) return;
    fleet.gained.corruptSlots.push(slot);
  }

  /** Keeps where an arrival that was just entered is stored, as far as arrivals of its kind are kept by name. */
  place(kind: PlacedKind, fleetIndex: number, slot: number, partition: number, offset: number): void {
    const fleet = this.#fleets[fleetIndex];
    if (fleet === undefined || slot < 0 || !fleet.ordinals.owns(slot) || fleet.placed[kind] >= MAX_NAMED) return;
    const twiceByDesign = kind === 'duplicate' && fleet.copiesOf !== null && fleet.copiesOf(slot) > 1;
    if (twiceByDesign && !fleet.tripled.has(slot)) return;
    fleet.placed[kind]++;
    fleet.gained.placed.push({ kind, slot, partition, offset });
  }

  /** Enters an arrival that is not ours. */
  foreign(): void {
    this.#receive();
    this.#unattributed.foreign++;
    this.totals.foreign++;
  }

  /** Enters an arrival that may be ours, of a plan with events that carry no identity. */
  unidentified(): void {
    this.#receive();
    this.#unattributed.unidentified++;
    this.totals.unidentified++;
  }

  /** From here on, what comes for the first time is late. */
  endGrace(): void {
    this.#graceOver = true;
  }

  /** Every slot of the fleet seen so far; not to be changed. */
  seen(fleetIndex: number): SlotSet {
    return (this.#fleets[fleetIndex] as FleetLedger).seen;
  }

  /** What is new since the previous call, valid during `use`. */
  takeGain(use: (unattributed: UnattributedArrivals, fleets: readonly FleetArrivals[]) => void): void {
    const gains = this.#fleets.map((fleet) => fleet.gained);
    use(this.#unattributed, gains);
    for (const gained of gains) {
      gained.fresh.clear();
      gained.doubled.clear();
      gained.tripled.clear();
      gained.copies = gained.reordered = gained.corrupt = gained.late = 0;
      gained.reorderedSlots = [];
      gained.corruptSlots = [];
      gained.placed = [];
      gained.endToEnd = emptySamples();
    }
    Object.assign(this.#unattributed, { received: 0, foreign: 0, unidentified: 0, corrupt: 0 });
  }

  #receive(): void {
    this.#unattributed.received++;
    this.totals.received++;
  }
}

/** How many of the slots that came twice were sent twice by design. */
function designed(doubled: SlotSet, copiesOf: (slot: number) => number): number {
  let count = 0;
  doubled.forEachInterval((from, to) => {
    for (let slot = from; slot < to; slot++) if (copiesOf(slot) > 1) count++;
  });
  return count;
}
