import { ProtocolReader } from './protocol-reader.ts';
import { ProtocolWriter } from './protocol-writer.ts';
import type { AbortedTransaction } from './record-batch-reader.ts';

export const FETCH = { key: 1, version: 11 } as const;

/** What all requests of a connection have in common. */
export interface FetchSettings {
  clientId: string;
  topic: string;
  /** Leaves out what was not committed. */
  committed: boolean;
  /** How long the broker waits for as much as `minBytes`. */
  maxWaitMs: number;
  minBytes: number;
  /** Bound of the answer, which one batch alone may exceed. */
  maxBytes: number;
  /** The same for a partition. */
  partitionBytes: number;
}

/** From where on a partition is wanted. */
export interface FetchFrom {
  readonly partition: number;
  readonly position: number;
}

/** We are nobody's replica. */
const CONSUMER = -1;
/** Asks for everything at once: without a session, in which the broker would remember what was asked for. */
const NO_SESSION = { id: 0, epoch: -1 } as const;

/**
 * Writes a Fetch request of version 11 of one topic as a frame. The broker serves the partitions in the order in which they are named, so
 * those that should not be kept waiting come first.
 */
export function fetchFrame(
  { clientId, topic, committed, maxWaitMs, minBytes, maxBytes, partitionBytes }: FetchSettings,
  correlationId: number,
  partitions: readonly FetchFrom[],
): Uint8Array {
  const writer = new ProtocolWriter(128 + topic.length + 32 * partitions.length);
  writer.int16(FETCH.key).int16(FETCH.version).int32(correlationId).string(clientId);
  writer.int32(CONSUMER).int32(maxWaitMs).int32(minBytes).int32(maxBytes);
  writer
    .int8(committed ? 1 : 0)
    .int32(NO_SESSION.id)
    .int32(NO_SESSION.epoch);
  writer.int32(1).string(topic);
  writer.array(partitions, ({ partition, position }) => {
    // Between: the leader's epoch, which we do not follow, and where a replica's log begins.
    writer.int32(partition).int32(-1).int64(position).int64(-1).int32(partitionBytes);
  });
  // No topics to forget, no rack.
  return writer.int32(0).string('').takeFrame();
}

/** What a broker answers about one partition. */
export interface FetchedPartition {
  partition: number;
  errorCode: number;
  /** Behind the last record that all replicas in sync have; −1 where it is not told. */
  highWatermark: number;
  /** Behind the last record whose transaction is over; −1 where it is not told. */
  lastStable: number;
  /** Offset of the oldest record; −1 where it is not told. */
  logStart: number;
  aborted: AbortedTransaction[];
  /** Where its record batches stand in the frame. */
  start: number;
  end: number;
}

export interface FetchResponse {
  correlationId: number;
  throttleMs: number;
  errorCode: number;
  partitions: FetchedPartition[];
}

/**
 * Reads the answer to a Fetch request of version 11, from behind the frame's length on.
 * @throws IotloadError `target-refused` where it is none
 */
export function readFetchResponse(frame: Uint8Array): FetchResponse {
  const reader = new ProtocolReader(frame);
  const correlationId = reader.int32();
  const throttleMs = reader.int32();
  const errorCode = reader.int16();
  reader.int32(); // the session
  const partitions: FetchedPartition[] = [];
  for (let topics = reader.arrayLength(); topics > 0; topics--) {
    reader.string();
    for (let count = reader.arrayLength(); count > 0; count--) partitions.push(readPartition(reader));
  }
  return { correlationId, throttleMs, errorCode, partitions };
}

function readPartition(reader: ProtocolReader): FetchedPartition {
  const partition = reader.int32();
  const errorCode = reader.int16();
  const highWatermark = reader.safeInt64();
  const lastStable = reader.safeInt64();
  const logStart = reader.safeInt64();
  const aborted = reader.array((one) => ({ producerId: one.safeInt64(), firstOffset: one.safeInt64() }));
  reader.int32(); // the replica that would be nearer
  const length = Math.max(0, reader.int32());
  const start = reader.skip(length);
  return { partition, errorCode, highWatermark, lastStable, logStart, aborted, start, end: start + length };
}
