import { ProtocolReader } from './protocol-reader.ts';
import { ProtocolWriter } from './protocol-writer.ts';

export const LIST_OFFSETS = { key: 2, version: 2 } as const;

/** Which offset is asked for, as the protocol counts: instead of a time. */
export const OffsetOf = { end: -1, start: -2 } as const;

/** Who asks: a consumer sees what all replicas in sync have, a debugging consumer everything that the leader has. */
export const Replica = { consumer: -1, debugging: -2 } as const;

export interface ListOffsetsSettings {
  clientId: string;
  topic: string;
  replica: (typeof Replica)[keyof typeof Replica];
  /** To a consumer, the end is that of what is committed. */
  committed: boolean;
}

/** Writes a ListOffsets request of version 2 of one topic as a frame. */
export function listOffsetsFrame(
  { clientId, topic, replica, committed }: ListOffsetsSettings,
  correlationId: number,
  partitions: readonly number[],
  which: (typeof OffsetOf)[keyof typeof OffsetOf],
): Uint8Array {
  const writer = new ProtocolWriter();
  writer.int16(LIST_OFFSETS.key).int16(LIST_OFFSETS.version).int32(correlationId).string(clientId);
  writer.int32(replica).int8(committed ? 1 : 0);
  writer.int32(1).string(topic);
  writer.array(partitions, (partition) => writer.int32(partition).int64(which));
  return writer.takeFrame();
}

/** What a broker answers about one partition. */
export interface ListedOffset {
  partition: number;
  errorCode: number;
  /** −1 where there is none. */
  offset: number;
}

export interface ListOffsetsResponse {
  correlationId: number;
  throttleMs: number;
  partitions: ListedOffset[];
}

/**
 * Reads the answer to a ListOffsets request of version 2, from behind the frame's length on.
 * @throws IotloadError `target-refused` where it is none
 */
export function readListOffsetsResponse(frame: Uint8Array): ListOffsetsResponse {
  const reader = new ProtocolReader(frame);
  const correlationId = reader.int32();
  const throttleMs = reader.int32();
  const partitions: ListedOffset[] = [];
  for (let topics = reader.arrayLength(); topics > 0; topics--) {
    reader.string();
    for (let count = reader.arrayLength(); count > 0; count--) {
      const partition = reader.int32();
      const errorCode = reader.int16();
      reader.safeInt64(); // the time of the record
      partitions.push({ partition, errorCode, offset: reader.safeInt64() });
    }
  }
  return { correlationId, throttleMs, partitions };
}
