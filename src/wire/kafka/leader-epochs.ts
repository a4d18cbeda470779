import { ProtocolReader } from './protocol-reader.ts';
import { ProtocolWriter } from './protocol-writer.ts';

/** Below version 3 it takes the rights of a broker. */
export const OFFSET_FOR_LEADER_EPOCH = { key: 23, version: 3 } as const;

/** Which term of leaders is asked about. */
export interface EpochOf {
  partition: number;
  epoch: number;
}

/** Writes an OffsetForLeaderEpoch request of version 3 of one topic as a frame: where does what these leaders wrote end? */
export function leaderEpochsFrame(
  { clientId, topic }: { clientId: string; topic: string },
  correlationId: number,
  epochs: readonly EpochOf[],
): Uint8Array {
  const writer = new ProtocolWriter();
  writer.int16(OFFSET_FOR_LEADER_EPOCH.key).int16(OFFSET_FOR_LEADER_EPOCH.version);
  // −1: we are nobody's replica.
  writer.int32(correlationId).string(clientId).int32(-1);
  writer.int32(1).string(topic);
  // Between: the leader's present epoch, which we do not follow.
  writer.array(epochs, ({ partition, epoch }) => writer.int32(partition).int32(-1).int32(epoch));
  return writer.takeFrame();
}

/** What a broker answers about one epoch. */
export interface EpochEnd {
  partition: number;
  errorCode: number;
  /** Behind the last record of that epoch, or of the last one before it that there is; −1 where nobody knows. */
  endOffset: number;
}

/**
 * Reads the answer to an OffsetForLeaderEpoch request of version 3, from behind the frame's length on.
 * @throws IotloadError `target-refused` where it is none
 */
export function readLeaderEpochsResponse(frame: Uint8Array): EpochEnd[] {
  const reader = new ProtocolReader(frame);
  reader.skip(8); // correlation id and throttle time
  const ends: EpochEnd[] = [];
  for (let topics = reader.arrayLength(); topics > 0; topics--) {
    reader.string();
    for (let count = reader.arrayLength(); count > 0; count--) {
      const [errorCode, partition] = [reader.int16(), reader.int32()];
      reader.int32(); // the epoch
      ends.push({ partition, errorCode, endOffset: reader.safeInt64() });
    }
  }
  return ends;
}
