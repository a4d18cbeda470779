import { encode } from 'cborg';
import { expect, it } from 'vitest';
import { CborRequestReader } from '../../../../src/brokers/kinesis/put/cbor-request-reader.ts';
import type { RecordPlaces } from '../../../../src/brokers/kinesis/put/record-places.ts';
import { PutRecordsBody } from '../../../../src/wire/kinesis/put-records-body.ts';

const places = (): RecordPlaces => ({
  stream: [null, null],
  bytes: Buffer.alloc(0),
  count: 0,
  keyFrom: [],
  keyTo: [],
  dataFrom: [],
  dataTo: [],
  hashFrom: [],
  hashTo: [],
});

/** What the reader found by itself; null where it met a surprise. */
function read(body: Uint8Array): { stream: RecordPlaces['stream']; records: string[][] } | null {
  const found = places();
  if (!new CborRequestReader().read(Buffer.from(body), found)) return null;
  const { stream, count, bytes, keyFrom, keyTo, dataFrom, dataTo, hashFrom, hashTo } = found;
  const text = (from: number[], to: number[], i: number): string => bytes.toString('latin1', from[i], to[i]);
  const records = Array.from({ length: count }, (_, i) => [
    text(keyFrom, keyTo, i),
    text(dataFrom, dataTo, i),
    ...(hashFrom[i] === -1 ? [] : [text(hashFrom, hashTo, i)]),
  ]);
  return { stream, records };
}

const data = Uint8Array.of(1, 2);
const record = { Data: data, PartitionKey: 'k' };

it('reads what we send, maps and lists without a length', () => {
  const body = new PutRecordsBody({ name: 's' }, 'cbor');
  const key = Buffer.from('dev-1');
  body.add(data, 0, 2, key, 0, 5, null);
  body.add(data, 1, 2, key, 0, 4, Buffer.from('17'));
  expect(read(body.finish())).toEqual({
    stream: ['s', null],
    records: [
      ['dev-1', 'AQI='],
      ['dev-', 'Ag==', '17'],
    ],
  });
});

it('reads what others send, members in any order', () => {
  const request = { Records: [{ PartitionKey: 'k', ExplicitHashKey: '7', Data: data }], StreamARN: 'a:stream/s' };
  expect(read(encode(request))).toEqual({ stream: [null, 'a:stream/s'], records: [['k', 'AQI=', '7']] });
});

it.each<[string, Uint8Array]>([
  ['no map', encode([])],
  ['no records', encode({ StreamName: 's', Records: [] })],
  ['records twice', Buffer.from(`a2${`675265636f726473${hexOf([record])}`.repeat(2)}`, 'hex')],
  ['a member that it does not know', encode({ Records: [record], StreamId: 'x' })],
  ['a member of a record that it does not know', encode({ Records: [{ ...record, Other: 1 }] })],
  ['a name of a stream that none may have', encode({ Records: [record], StreamName: 'a b' })],
  ['a key that JSON would escape', encode({ Records: [{ ...record, PartitionKey: '"' }] })],
  ['a key beyond ASCII', encode({ Records: [{ ...record, PartitionKey: 'ü' }] })],
  ['a record without a key', encode({ Records: [{ Data: data }] })],
  ['a record without data', encode({ Records: [{ PartitionKey: 'k' }] })],
  ['data that is a text', encode({ Records: [{ ...record, Data: 'AQI=' }] })],
  ['less than all of it', encode({ Records: [record] }).subarray(0, -1)],
  ['more than it', Buffer.concat([encode({ Records: [record] }), Buffer.alloc(1)])],
])('leaves %s to whoever reads anything', (_, body) => {
  expect(read(body)).toBeNull();
});

it('begins anew with each request, in the same bytes', () => {
  const reader = new CborRequestReader();
  const [first, second] = [places(), places()];
  expect(reader.read(Buffer.from(encode({ Records: [record, record] })), first)).toBe(true);
  expect(reader.read(Buffer.from(encode({ Records: [{ ...record, PartitionKey: 'other' }] })), second)).toBe(true);
  expect(second.count).toBe(1);
  expect(second.bytes.toString('latin1', second.keyFrom[0], second.keyTo[0])).toBe('other');
  expect(second.bytes).toBe(first.bytes);
  expect(Math.min(second.keyFrom[0] as number, second.dataFrom[0] as number)).toBe(0);
});

function hexOf(value: unknown): string {
  return Buffer.from(encode(value)).toString('hex');
}
