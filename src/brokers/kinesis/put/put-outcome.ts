import type { Shard } from '../shard.ts';

export type EntryError = 'ProvisionedThroughputExceededException' | 'InternalFailure';

/** What became of each record of a request, in its order. */
export class PutOutcome {
  readonly shards: Shard[] = [];
  /** Place in the shard's log, for those without an error. */
  readonly places: number[] = [];
  readonly errors: (EntryError | null)[] = [];
  count = 0;
  failed = 0;

  begin(count: number): void {
    this.count = count;
    this.failed = 0;
    for (let i = 0; i < count; i++) this.errors[i] = null;
  }

  stored(i: number, place: number): void {
    this.places[i] = place;
    this.errors[i] = null;
  }

  refused(i: number, error: EntryError): void {
    this.errors[i] = error;
    this.failed++;
  }
}
