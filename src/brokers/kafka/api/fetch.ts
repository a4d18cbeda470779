import type { Clock } from '../../../core/clock.ts';
import { ErrorCode } from '../../../wire/kafka/error-codes.ts';
import { ProtocolWriter } from '../../../wire/kafka/protocol-writer.ts';
import type { LogSlice, PartitionLog } from '../log/partition-log.ts';
import type { Answer, Api, BrokerState, Ending, Request } from '../request.ts';

/** Most bytes of records in an answer, whatever was asked for; a single batch may be larger. */
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;
/** Longest wait, ms. */
const MAX_WAIT_MS = 60_000;

interface Wanted {
  index: number;
  log: PartitionLog | undefined;
  offset: number;
  maxBytes: number;
  error: number;
}

interface FetchRequest {
  maxWaitMs: number;
  minBytes: number;
  maxBytes: number;
  sessionId: number;
  topics: { name: string; partitions: Wanted[] }[];
}

interface Found {
  wanted: Wanted;
  error: number;
  slices: LogSlice[];
  bytes: number;
}

/** Batches from given offsets on; waits for them where there are too few. Without sessions (KIP-227): every request names all that it wants. */
export const fetchApi: Api = {
  key: 1,
  name: 'Fetch',
  versions: [4, 11],
  async handle(request, broker, connection) {
    const fetch = read(request, broker);
    if (fetch.sessionId !== 0)
      return answer(ErrorCode.fetchSessionIdNotFound, { ...fetch, topics: [] }, [], request.version);
    const deadlineUs = broker.clock.nowUs() + Math.min(fetch.maxWaitMs, MAX_WAIT_MS) * 1000;
    for (;;) {
      const found = await gather(fetch);
      const bytes = found.reduce((sum, one) => sum + one.bytes, 0);
      const leftMs = (deadlineUs - broker.clock.nowUs()) / 1000;
      const settled = found.some(({ error }) => error !== ErrorCode.none);
      if (bytes >= fetch.minBytes || leftMs <= 0 || settled || connection.ended)
        return answer(ErrorCode.none, fetch, found, request.version);
      release(found);
      await moreBytes(fetch, fetch.minBytes - bytes, leftMs, broker.clock, connection);
    }
  },
};

function read({ reader, version }: Request, broker: BrokerState): FetchRequest {
  reader.int32();
  const [maxWaitMs, minBytes, maxBytes] = [reader.int32(), reader.int32(), reader.int32()];
  reader.int8();
  const sessionId = version >= 7 ? reader.int32() : 0;
  if (version >= 7) reader.int32();
  const topics = reader.array(() => {
    const name = reader.string();
    const partitions = reader.array((): Wanted => {
      const index = reader.int32();
      const leaderEpoch = version >= 9 ? reader.int32() : -1;
      const offset = reader.safeInt64();
      if (version >= 5) reader.int64();
      const log = broker.topics.partition(name, index);
      return {
        index,
        log,
        offset,
        maxBytes: reader.int32(),
        error: leaderEpoch > 0 ? ErrorCode.unknownLeaderEpoch : 0,
      };
    });
    return { name, partitions };
  });
  return { maxWaitMs, minBytes, maxBytes: Math.min(maxBytes, MAX_ANSWER_BYTES), sessionId, topics };
}

/** Takes what there is, partition by partition, as far as the bytes of the request go; at least one batch where there is any. */
async function gather({ topics, maxBytes }: FetchRequest): Promise<Found[]> {
  let left = maxBytes;
  let any = false;
  const all: Found[] = [];
  for (const { partitions } of topics) {
    for (const wanted of partitions) {
      const { log, offset } = wanted;
      const found: Found = { wanted, error: wanted.error, slices: [], bytes: 0 };
      all.push(found);
      if (log === undefined || log.dropped) found.error = ErrorCode.unknownTopicOrPartition;
      else if (offset < log.startOffset || offset > log.endOffset) found.error = ErrorCode.offsetOutOfRange;
      if (log === undefined || found.error !== ErrorCode.none) continue;
      let budget = Math.min(left, wanted.maxBytes);
      try {
        for (let next = offset; ; ) {
          const slice = await log.read(next, budget, !any);
          if (slice === null) break;
          found.slices.push(slice);
          found.bytes += slice.to - slice.from;
          budget -= slice.to - slice.from;
          any = true;
          next = slice.endOffset;
        }
      } catch {
        found.error = ErrorCode.storageError;
      }
      left -= found.bytes;
    }
  }
  return all;
}

/** Resolves when as many bytes have come as are missing, when the time is over or when nobody waits any more. */
function moreBytes(
  { topics }: FetchRequest,
  missing: number,
  ms: number,
  clock: Clock,
  connection: Ending,
): Promise<void> {
  return new Promise((resolve) => {
    const undo: (() => void)[] = [];
    const end = (): void => {
      for (const task of undo) task();
      resolve();
    };
    let left = missing;
    const came = (bytes: number): void => {
      left -= bytes;
      if (left <= 0) end();
    };
    undo.push(clock.after(ms, end), connection.whenEnded(end));
    for (const { partitions } of topics)
      for (const { log } of partitions) if (log !== undefined) undo.push(log.watch(came));
  });
}

function answer(error: number, { topics }: FetchRequest, found: readonly Found[], version: number): Answer {
  const pieces: Uint8Array[] = [];
  const writer = new ProtocolWriter(512).int32(0);
  if (version >= 7) writer.int16(error).int32(0);
  writer.int32(topics.length);
  let next = 0;
  for (const { name, partitions } of topics) {
    writer.string(name).int32(partitions.length);
    for (const { index } of partitions) {
      const one = found[next++] as Found;
      const end = one.error === ErrorCode.none ? (one.wanted.log?.endOffset ?? -1) : -1;
      writer.int32(index).int16(one.error).int64(end).int64(end);
      if (version >= 5) writer.int64(one.error === ErrorCode.none ? (one.wanted.log?.startOffset ?? -1) : -1);
      // No aborted transactions; no better replica to read from.
      writer.int32(-1);
      if (version >= 11) writer.int32(-1);
      writer.int32(one.bytes);
      if (one.slices.length === 0) continue;
      pieces.push(writer.take());
      for (const { bytes, from, to } of one.slices) pieces.push(bytes.subarray(from, to));
    }
  }
  if (writer.length > 0) pieces.push(writer.take());
  return { pieces, sent: () => release(found) };
}

function release(found: readonly Found[]): void {
  for (const { slices, wanted } of found) for (const slice of slices) wanted.log?.release(slice);
}
