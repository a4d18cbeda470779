import type { ProducerIdentity } from './cluster.ts';
import type { ProduceBatch } from './produce-batch.ts';

/** Sequence numbers count to 2³¹ − 1 and begin again at 0. */
const SEQUENCES = 2 ** 31;

/**
 * Under which identity and sequence number each batch of a partition goes out. A broker takes any number for the first of an identity that
 * it does not know, so that first batch travels alone: what follows it then proves, by being refused, that the first is missing.
 */
export class ProducerNumbers {
  #identity: ProducerIdentity | null = null;
  /** The broker has stored a batch of this identity. */
  #established = false;
  #asked = false;
  #sequence = 0;

  /** An identity that this partition has not had before. */
  identify(identity: ProducerIdentity): void {
    this.#identity = identity;
    this.#asked = false;
    this.#established = false;
    this.#sequence = 0;
  }

  /** Whether an identity is to be asked for, so that this batch can go; once per identity. */
  wants(batch: ProduceBatch): boolean {
    if (this.#identityOf(batch) !== null || this.#asked) return false;
    this.#asked = true;
    return true;
  }

  /** Whether a batch may go out while `last` is the last one in flight. */
  mayFollow(batch: ProduceBatch, last: ProduceBatch | undefined): boolean {
    const identity = this.#identityOf(batch);
    if (identity === null) return false;
    if (last === undefined) return true;
    return last.identity === identity && identity === this.#identity && this.#established;
  }

  /** Gives a batch its number, which it keeps as long as its identity is the present one or it may be stored. */
  number(batch: ProduceBatch): void {
    if (batch.identity !== null && batch.identity === this.#identityOf(batch)) return;
    batch.identity = this.#identity;
    batch.sequence = this.#sequence;
    this.#sequence = (this.#sequence + batch.count) % SEQUENCES;
  }

  /** The broker has this batch. */
  stored(batch: ProduceBatch): void {
    if (batch.identity === this.#identity) this.#established = true;
  }

  /** Numbers after one of this identity would be refused; false where it is not the present one anyway. */
  forget(identity: ProducerIdentity): boolean {
    if (identity !== this.#identity) return false;
    this.#identity = null;
    return true;
  }

  /** A batch that may be stored keeps its identity; another takes the present one. */
  #identityOf(batch: ProduceBatch): ProducerIdentity | null {
    return batch.ambiguous ? batch.identity : this.#identity;
  }
}
