import { invalidArgument, KinesisError } from '../kinesis-error.ts';
import type { Shard } from '../shard.ts';
import type { Stream } from '../stream.ts';

/** How long one is good for, ms. */
const LIFE_MS = 300_000;

/** What an iterator says: where a reader of a shard goes on. */
export interface ShardIterator {
  stream: string;
  /** Of the stream, ms: one of the same name that was made later is another one. */
  createdMs: number;
  shard: number;
  /** Place in the shard's log. */
  place: number;
}

export function iteratorText(stream: Stream, shard: Shard, place: number, nowMs: number): string {
  const fields = [stream.name, stream.createdMs, shard.number, place, nowMs];
  return Buffer.from(fields.join('/')).toString('base64');
}

/** @throws KinesisError for what is no iterator, or is one that has had its time */
export function parseIterator(text: string, nowMs: number): ShardIterator {
  const fields = /^([\w.-]+)\/(\d+)\/(\d+)\/(\d+)\/(\d+)$/.exec(Buffer.from(text, 'base64').toString('latin1'));
  if (fields === null) throw invalidArgument('Invalid ShardIterator.');
  const [, stream, createdMs, shard, place, issuedMs] = fields;
  if (nowMs - Number(issuedMs) > LIFE_MS)
    throw new KinesisError(
      'ExpiredIteratorException',
      `Iterator expired. The iterator was created at time ${issuedMs} while right now it is ${nowMs} which is further in the future than the tolerated delay of ${LIFE_MS} milliseconds.`,
    );
  return {
    stream: stream as string,
    createdMs: Number(createdMs),
    shard: Number(shard),
    place: Number(place),
  };
}
