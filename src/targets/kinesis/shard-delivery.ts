import type { Micros } from '../../core/clock.ts';
import { GetRecordsAnswer } from '../../wire/kinesis/get-records-answer.ts';
import type { DeliveredBatch, StoredAt } from '../target.ts';

/** Hands on the records of answers: what the reader of the bytes has found is what is delivered. */
export class ShardDelivery {
  readonly #answer = new GetRecordsAnswer();
  readonly #log: StoredAt = { partition: 0, offsets: null };
  readonly #deliver: (batch: DeliveredBatch) => void;
  /** No id travels beside the data. */
  #none = new Uint32Array(0);

  constructor(deliver: (batch: DeliveredBatch) => void) {
    this.#deliver = deliver;
  }

  /** Delivers them all, of the shard with that number, at once, or nothing. @throws IotloadError `file-corrupt` where that is no answer */
  deliver(shard: number, body: Uint8Array, atUs: Micros): GetRecordsAnswer {
    const answer = this.#answer;
    answer.read(body);
    const { count, bytes, keyStarts, keyEnds, dataStarts, dataEnds } = answer.records;
    if (count === 0) return answer;
    if (this.#none.length < count) this.#none = new Uint32Array(keyStarts.length);
    this.#log.partition = shard;
    this.#deliver({
      count,
      bytes,
      addressStarts: keyStarts,
      addressEnds: keyEnds,
      identityStarts: this.#none,
      identityEnds: this.#none,
      payloadStarts: dataStarts,
      payloadEnds: dataEnds,
      atUs,
      redelivered: false,
      ...(shard < 0 ? {} : { log: this.#log }),
    });
    return answer;
  }
}
