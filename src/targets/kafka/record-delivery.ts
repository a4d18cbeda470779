import type { Micros } from '../../core/clock.ts';
import { createRecordPlaces, type RecordPlaces } from '../../wire/kafka/record-cursor.ts';
import type { DeliveredBatch } from '../target.ts';

/** Records per batch; a longer run becomes several. */
const CAPACITY = 4096;

/** Hands on records as they were found: what the decoder fills is what is delivered. */
export class RecordDelivery {
  readonly places: RecordPlaces = createRecordPlaces(CAPACITY);
  readonly #log = { partition: 0, offsets: this.places.offsets };
  readonly #batch: DeliveredBatch;
  readonly #deliver: (batch: DeliveredBatch) => void;

  constructor(deliver: (batch: DeliveredBatch) => void) {
    this.#deliver = deliver;
    const { keyStarts, keyEnds, identityStarts, identityEnds, valueStarts, valueEnds } = this.places;
    this.#batch = {
      count: 0,
      bytes: new Uint8Array(0),
      addressStarts: keyStarts,
      addressEnds: keyEnds,
      identityStarts,
      identityEnds,
      payloadStarts: valueStarts,
      payloadEnds: valueEnds,
      atUs: 0,
      redelivered: false,
      log: this.#log,
    };
  }

  /** Delivers what the places hold, of one partition, and empties them. */
  flush(partition: number, atUs: Micros): void {
    const { places } = this;
    if (places.count === 0) return;
    const batch = this.#batch;
    batch.count = places.count;
    batch.bytes = places.bytes;
    batch.atUs = atUs;
    this.#log.partition = partition;
    places.count = 0;
    this.#deliver(batch);
  }
}
