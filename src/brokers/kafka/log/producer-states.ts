/** Batches of a producer that a partition remembers, as in Kafka. */
const REMEMBERED = 5;
/** Producers that a partition remembers at most; the one that wrote longest ago is forgotten. */
const MAX_PRODUCERS = 10_000;
const MAX_SEQUENCE = 0x7fff_ffff;

interface Written {
  first: number;
  last: number;
  offset: number;
}

interface ProducerState {
  epoch: number;
  /** The latest ones of this epoch, the oldest first. */
  batches: Written[];
}

/** What becomes of a batch by its producer's id, epoch and sequence. */
export type SequenceCheck =
  | { kind: 'next' }
  /** It lies in the log already. */
  | { kind: 'duplicate'; offset: number }
  | { kind: 'out-of-order' }
  | { kind: 'old-epoch' };

/**
 * The idempotent producers of a partition.
 * Source: `ProducerStateEntry` and `ProducerAppendInfo` of Apache Kafka 4: a batch that equals one of the last five in epoch, first and last
 * sequence is a duplicate, answered like the first time; a new epoch begins with 0; a producer that is not known may begin with anything.
 */
export class ProducerStates {
  readonly #states = new Map<bigint, ProducerState>();

  check(id: bigint, epoch: number, first: number, last: number): SequenceCheck {
    const state = this.#states.get(id);
    if (state === undefined) return { kind: 'next' };
    if (epoch < state.epoch) return { kind: 'old-epoch' };
    if (epoch > state.epoch) return first === 0 ? { kind: 'next' } : { kind: 'out-of-order' };
    const known = state.batches.find((batch) => batch.first === first && batch.last === last);
    if (known !== undefined) return { kind: 'duplicate', offset: known.offset };
    const before = state.batches.at(-1)?.last ?? -1;
    return first === nextSequence(before) ? { kind: 'next' } : { kind: 'out-of-order' };
  }

  /** A batch was appended that was the next one. */
  add(id: bigint, epoch: number, first: number, last: number, offset: number): void {
    const before = this.#states.get(id);
    const state = before?.epoch === epoch ? before : { epoch, batches: [] };
    this.#states.delete(id);
    if (state.batches.length === REMEMBERED) state.batches.shift();
    state.batches.push({ first, last, offset });
    this.#states.set(id, state);
    if (this.#states.size <= MAX_PRODUCERS) return;
    for (const oldest of this.#states.keys()) {
      this.#states.delete(oldest);
      return;
    }
  }
}

/** The sequence that is `steps` behind one: behind the largest comes 0. */
export function sequenceBehind(sequence: number, steps: number): number {
  return sequence > MAX_SEQUENCE - steps ? steps - (MAX_SEQUENCE - sequence) - 1 : sequence + steps;
}

function nextSequence(sequence: number): number {
  return sequence === MAX_SEQUENCE ? 0 : sequence + 1;
}
