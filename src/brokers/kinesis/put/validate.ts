import { invalidArgument, invalidValue } from '../kinesis-error.ts';
import { hashKeyFrom } from '../parameters.ts';
import type { Shard } from '../shard.ts';
import type { Stream } from '../stream.ts';
import type { PutRequest } from './put-records-request.ts';
import { MOST_RECORDS } from './record-places.ts';

const MIB = 1024 * 1024;
/** Of a record's data, whatever the stream takes. */
const MOST_DATA_BYTES = 10 * MIB;
/** Of all data and keys of a request. */
const MOST_REQUEST_BYTES = 10 * MIB;
/** Of data and key of a record, for a stream that nobody set another limit for. */
const MOST_RECORD_BYTES = MIB;
/** Characters. */
const LONGEST_KEY = 256;

/** @throws KinesisError for the first thing about the request that the service does not take; then nothing is stored */
export function validate(request: PutRequest): void {
  const { count } = request;
  if (count === 0) throw invalidValue('records', 'Member must have length greater than or equal to 1');
  if (count > MOST_RECORDS)
    throw invalidValue('records', `Member must have length less than or equal to ${MOST_RECORDS}`);
  let total = 0;
  for (let i = 0; i < count; i++) {
    const dataBytes = request.dataBytes(i);
    const keyBytes = request.keyBytes(i);
    if (dataBytes > MOST_DATA_BYTES)
      throw invalidValue(
        `records.${i + 1}.member.data`,
        `Member must have length less than or equal to ${MOST_DATA_BYTES}`,
      );
    if (keyBytes === 0) throw invalidKey(i, 'Member must have length greater than or equal to 1');
    if (keyBytes > LONGEST_KEY && [...keyText(request, i)].length > LONGEST_KEY)
      throw invalidKey(i, `Member must have length less than or equal to ${LONGEST_KEY}`);
    if (dataBytes + keyBytes > MOST_RECORD_BYTES)
      throw invalidArgument(
        `Record ${i + 1} has ${dataBytes + keyBytes} bytes with its key; this stream takes ${MOST_RECORD_BYTES}.`,
      );
    total += dataBytes + keyBytes;
  }
  if (total > MOST_REQUEST_BYTES)
    throw invalidArgument(`Records and keys have ${total} bytes; a request may have ${MOST_REQUEST_BYTES}.`);
}

/** @throws KinesisError for an explicit hash key that is none */
export function shardOf(stream: Stream, request: PutRequest, i: number): Shard {
  const { bytes } = request;
  const hashFrom = request.hashFrom[i] as number;
  if (hashFrom !== -1)
    return stream.shardOfHash(hashKeyFrom(bytes.toString('latin1', hashFrom, request.hashTo[i]), 'explicitHashKey'));
  const key = request.keys?.[i];
  if (key === undefined) return stream.shardOfKey(bytes, request.keyFrom[i] as number, request.keyTo[i] as number);
  const plain = Buffer.from(key);
  return stream.shardOfKey(plain, 0, plain.length);
}

function keyText(request: PutRequest, i: number): string {
  return request.keys?.[i] ?? request.bytes.toString('utf8', request.keyFrom[i], request.keyTo[i]);
}

function invalidKey(i: number, rule: string): Error {
  return invalidValue(`records.${i + 1}.member.partitionKey`, rule);
}
