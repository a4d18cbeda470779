import { ProtocolReader } from './protocol-reader.ts';
import { ProtocolWriter } from './protocol-writer.ts';

export const PRODUCE = { key: 0, version: 7 } as const;

/** Bytes in front of each partition's records within a request: its number and their length, int32 each. */
export const PARTITION_PREFIX = 8;

/** What all requests of a sink have in common. */
export interface ProduceSettings {
  clientId: string;
  topic: string;
  /** −1 for all. */
  acks: -1 | 0 | 1;
  /** How long the broker may wait for its replicas. */
  timeoutMs: number;
}

/** Writes what stands in front of the first partition of a Produce request of version 7, of one topic without a transaction. */
export class ProduceHead {
  readonly #template: Uint8Array;
  readonly #partitionsAt: number;

  constructor({ clientId, topic, acks, timeoutMs }: ProduceSettings) {
    const writer = new ProtocolWriter().int32(0).int16(PRODUCE.key).int16(PRODUCE.version).int32(0).string(clientId);
    writer.string(null).int16(acks).int32(timeoutMs).int32(1).string(topic);
    this.#partitionsAt = writer.length;
    this.#template = writer.int32(0).take();
  }

  /**
   * The head, with the frame's length. `bodyBytes` of partitions follow, each with its prefix. The number of a request is at byte 8, that of
   * its partitions in the last four.
   */
  write(correlationId: number, partitions: number, bodyBytes: number): Uint8Array {
    const head = this.#template.slice();
    const view = new DataView(head.buffer);
    view.setInt32(0, head.length - 4 + bodyBytes);
    view.setInt32(8, correlationId);
    view.setInt32(this.#partitionsAt, partitions);
    return head;
  }
}

/** What a broker answers about one partition. */
export interface ProduceAnswer {
  partition: number;
  errorCode: number;
  /** Offset of the first record; −1 where there is none. */
  baseOffset: number;
}

export interface ProduceResponse {
  correlationId: number;
  partitions: ProduceAnswer[];
  throttleMs: number;
}

/**
 * Reads the answer to a Produce request of version 7, from behind the frame's length on.
 * @throws IotloadError `target-refused` where it is none
 */
export function readProduceResponse(frame: Uint8Array): ProduceResponse {
  const reader = new ProtocolReader(frame);
  const correlationId = reader.int32();
  const partitions: ProduceAnswer[] = [];
  for (let topics = reader.arrayLength(); topics > 0; topics--) {
    reader.string();
    for (let count = reader.arrayLength(); count > 0; count--) {
      const partition = reader.int32();
      const errorCode = reader.int16();
      const baseOffset = reader.safeInt64();
      // The broker's time, and where the log begins.
      reader.skip(16);
      partitions.push({ partition, errorCode, baseOffset });
    }
  }
  return { correlationId, partitions, throttleMs: reader.int32() };
}
