import { SequenceNumbers } from '../log/sequence-numbers.ts';
import { type LogRun, RECORD_HEADER } from '../log/shard-log.ts';
import type { Shard } from '../shard.ts';

const ARRIVAL = Buffer.from('{"ApproximateArrivalTimestamp":');
const DATA = Buffer.from(',"Data":"');
const ENCRYPTED = Buffer.from('","EncryptionType":"KMS');
const KEY = Buffer.from('","PartitionKey":"');
const NUMBER = '","SequenceNumber":"';
const END = Buffer.from('"},');
/** Of a time in seconds with three places. */
const LONGEST_TIME = 17;
const PLACE_DIGITS = 16;

export interface AnswerFacts {
  millisBehind: number;
  /** null at the end of a shard that is closed. */
  nextIterator: string | null;
  isEncrypted: boolean;
}

/** What GetRecords answers. */
export function recordsAnswer(shard: Shard, runs: readonly LogRun[], facts: AnswerFacts): Buffer {
  const { millisBehind, nextIterator, isEncrypted } = facts;
  const rest = {
    ...(nextIterator === null ? { ChildShards: childrenOf(shard) } : {}),
    MillisBehindLatest: millisBehind,
    NextShardIterator: nextIterator,
  };
  const head = `${JSON.stringify(rest).slice(0, -1)},"Records":[`;
  const number = Buffer.from(NUMBER + shard.numbers.prefix);
  const encryption = isEncrypted ? ENCRYPTED : Buffer.alloc(0);
  const fixed = ARRIVAL.length + LONGEST_TIME + DATA.length + encryption.length + KEY.length + number.length;
  let size = head.length + 2;
  for (const { from, to, count } of runs)
    size += to - from + count * (fixed + PLACE_DIGITS + END.length - RECORD_HEADER);
  const answer = Buffer.allocUnsafe(size);
  let at = answer.write(head, 0, 'latin1');
  let ms = -1;
  let time = '';
  const put = (bytes: Uint8Array): void => {
    answer.set(bytes, at);
    at += bytes.length;
  };
  for (const { bytes, view, from, to, first } of runs) {
    let place = first;
    for (let record = from; record < to; place++) {
      const key = record + RECORD_HEADER;
      const data = key + view.getUint32(record);
      const end = data + view.getUint32(record + 4);
      const arrival = view.getFloat64(record + 8);
      if (arrival !== ms) {
        ms = arrival;
        time = (ms / 1000).toFixed(3);
      }
      put(ARRIVAL);
      at += answer.write(time, at, 'latin1');
      put(DATA);
      at += bytes.copy(answer, at, data, end);
      put(encryption);
      put(KEY);
      at += bytes.copy(answer, at, key, data);
      put(number);
      at = SequenceNumbers.write(answer, at, place + 1);
      put(END);
      record = end;
    }
  }
  if (runs.length > 0) at--;
  at += answer.write(']}', at, 'latin1');
  return answer.subarray(0, at);
}

function childrenOf(shard: Shard): object[] {
  return shard.children.map(({ id, parents, range }) => ({
    ShardId: id,
    ParentShards: parents.map((parent) => parent.id),
    HashKeyRange: { StartingHashKey: `${range.first}`, EndingHashKey: `${range.last}` },
  }));
}
