import type { BrokerState } from '../broker-state.ts';
import { invalidArgument, KinesisError } from '../kinesis-error.ts';
import { type LogRun, nextRecord, RECORD_HEADER } from '../log/shard-log.ts';
import type { Parameters } from '../parameters.ts';
import { messageOf } from '../put/put-answer.ts';
import type { Shard } from '../shard.ts';
import { recordsAnswer } from './records-answer.ts';
import { iteratorText, parseIterator } from './shard-iterator.ts';

const MOST_RECORDS = 10_000;
/** Of data, before it is base64; the log has it as that, and a few bytes beside each record. */
const MOST_BYTES = (10 * 1024 * 1024 * 4) / 3;

export async function getRecords(state: BrokerState, parameters: Parameters): Promise<Buffer> {
  const { streams } = state;
  const limit = parameters.whole('Limit', 1, MOST_RECORDS) ?? MOST_RECORDS;
  const nowMs = streams.nowMs();
  const iterator = parseIterator(parameters.requiredText('ShardIterator'), nowMs);
  const stream = streams.getInUse(iterator.stream, null);
  const shard = stream.shards[iterator.shard];
  if (stream.createdMs !== iterator.createdMs || shard === undefined) throw invalidArgument('Invalid ShardIterator.');
  if (state.limited && !shard.limits.admitRead(state.clock.nowUs())) {
    const name = 'ProvisionedThroughputExceededException';
    throw new KinesisError(name, messageOf(name, shard.id, stream.name));
  }
  streams.trim(stream);
  const { runs, next } = await readFrom(shard, iterator.place, limit);
  try {
    if (state.limited) shard.limits.readOut(bytesOf(runs));
    const isTip = next >= shard.log.end && state.faults?.holds(shard) !== true;
    const isOver = shard.closedMs !== null && next >= shard.log.end;
    return recordsAnswer(shard, runs, {
      millisBehind: isTip ? 0 : Math.max(1, nowMs - lastArrival(runs, nowMs)),
      nextIterator: isOver ? null : iteratorText(stream, shard, next, nowMs),
      isEncrypted: stream.keyId !== null,
    });
  } finally {
    for (const run of runs) shard.log.release(run);
  }
}

async function readFrom({ log }: Shard, place: number, limit: number): Promise<{ runs: LogRun[]; next: number }> {
  const runs: LogRun[] = [];
  let next = Math.max(place, log.start);
  let left = limit;
  let bytes = MOST_BYTES;
  while (left > 0 && bytes > 0) {
    const run = await log.read(next, left, bytes);
    if (run === null) break;
    if (runs.length > 0 && run.to - run.from > bytes) {
      log.release(run);
      break;
    }
    runs.push(run);
    next += run.count;
    left -= run.count;
    bytes -= run.to - run.from;
  }
  return { runs, next };
}

/** Of keys and data as they were put, roughly. */
function bytesOf(runs: readonly LogRun[]): number {
  let bytes = 0;
  for (const { from, to, count } of runs) bytes += to - from - count * RECORD_HEADER;
  return (bytes * 3) / 4;
}

/** When the last record came that is answered. */
function lastArrival(runs: readonly LogRun[], nowMs: number): number {
  const run = runs.at(-1);
  if (run === undefined) return nowMs;
  let last = run.from;
  for (let at = run.from; at < run.to; at = nextRecord(run.view, at)) last = at;
  return run.view.getFloat64(last + 8);
}
