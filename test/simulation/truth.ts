import type { Outcome } from '../../src/core/outcome.ts';

/** What the world knows of one slot, whoever asks. */
export interface SlotTruth {
  /** When it was due, slot time. */
  dueUs: number;
  /** Times that its bytes left a process. */
  left: number;
  /** Attempts beyond the first that the sink told of. */
  attempts: number;
  /** One copy of it is no fault, because its attempt was repeated. */
  mayDouble: boolean;
  /** What its sink was told, and when; null while nobody has told. */
  outcome: Outcome | null;
  toldUs: number;
  /** Times that an outcome was told. */
  times: number;
  /** Handed in by its worker, in the file, and safe there. */
  framed: boolean;
  appended: boolean;
  durable: boolean;
  /** Whoever knew the outcome is dead. */
  forgotten: boolean;
}

/** What one arrival was when it was put where a reader finds it. */
export interface Arrived {
  fleet: number;
  /** −1 for what is nobody's. */
  slot: number;
  kind: 'own' | 'corrupt' | 'foreign';
  atUs: number;
  /** Its reader had been told that the grace was over. */
  late: boolean;
  partition: number;
  position: number;
}

/** The truth about a run, kept by the world and by nobody under test. */
export class Truth {
  /** By fleet and slot. */
  readonly slots: SlotTruth[][];
  /** What the reader was given, in the order that stands: what was given again to another reader stands where it was given last. */
  arrivals: Arrived[] = [];
  /** When the last reader was told to read to the end. */
  readToEndUs = 0;
  /** Reader's word: absence is proof. */
  complete = false;

  readonly #owns: (fleet: number, slot: number) => boolean;

  /** `dueUs` by fleet and slot; only the slots that the shard `owns` count. */
  constructor(dueUs: readonly (readonly number[])[], owns: (fleet: number, slot: number) => boolean) {
    this.#owns = owns;
    this.slots = dueUs.map((fleet) =>
      fleet.map((us) => ({
        dueUs: us,
        left: 0,
        attempts: 0,
        mayDouble: false,
        outcome: null,
        toldUs: 0,
        times: 0,
        framed: false,
        appended: false,
        durable: false,
        forgotten: false,
      })),
    );
  }

  of(fleet: number, slot: number): SlotTruth {
    return (this.slots[fleet] as SlotTruth[])[slot] as SlotTruth;
  }

  /** A reader begins at these positions: what lies behind them it will be given, whoever had it before. */
  readFrom(positions: readonly number[]): void {
    this.complete = false;
    this.arrivals = this.arrivals.filter(({ partition, position }) => position < (positions[partition] as number));
  }

  /** A reader is given an event; another shard's is foreign to it. */
  arrived(
    { fleet, slot, kind }: Pick<Arrived, 'fleet' | 'slot' | 'kind'>,
    atUs: number,
    late: boolean,
    partition: number,
    position: number,
  ): void {
    const foreign = slot < 0 || !this.#owns(fleet, slot);
    if (foreign) this.arrivals.push({ fleet: -1, slot: -1, kind: 'foreign', atUs, late, partition, position });
    else this.arrivals.push({ fleet, slot, kind, atUs, late, partition, position });
  }

  /** Whoever knew more than the first `count` arrivals is dead, and nobody is given the others again. */
  keepFirst(count: number): void {
    if (count > this.arrivals.length) throw new Error(`${count} arrivals on record, ${this.arrivals.length} in truth`);
    this.complete = false;
    this.arrivals.length = count;
  }

  /** What had been handed in has been given to the system. */
  appended(): void {
    this.#each((slot) => {
      if (slot.framed) slot.appended = true;
    });
  }

  /** What had been given to the system is safe. */
  synced(): void {
    this.#each((slot) => {
      if (slot.appended) slot.durable = true;
    });
  }

  /** The process of the sender died: what was not safe may be forgotten. */
  senderDied(): void {
    this.#each((slot) => {
      slot.framed = slot.appended = slot.durable;
      slot.forgotten = slot.outcome !== null && !slot.durable;
    });
  }

  #each(visit: (slot: SlotTruth) => void): void {
    for (const slots of this.slots) slots.forEach(visit);
  }
}
