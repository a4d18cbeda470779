import { encode } from 'cborg';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { PutRequest } from '../../../../src/brokers/kinesis/put/put-records-request.ts';
import { MOST_RECORDS } from '../../../../src/brokers/kinesis/put/record-places.ts';
import { PutRecordsBody } from '../../../../src/wire/kinesis/put-records-body.ts';
import { propertyRuns } from '../../../property-runs.ts';

interface Entry {
  Data: string;
  PartitionKey: string;
  ExplicitHashKey?: string;
}

const base64 = fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString('base64'));
const entry = fc.record(
  {
    Data: base64,
    PartitionKey: fc.oneof(fc.string({ minLength: 1, maxLength: 12 }), fc.string({ unit: 'binary', minLength: 1 })),
    ExplicitHashKey: fc.bigInt({ min: 0n, max: (1n << 128n) - 1n }).map(String),
  },
  { requiredKeys: ['Data', 'PartitionKey'] },
);

/** What was read, as it was meant. */
function readBack(request: PutRequest): Entry[] {
  const text = (from: number[], to: number[], i: number) => request.bytes.toString('utf8', from[i], to[i]);
  return Array.from({ length: request.count }, (_, i) => ({
    Data: text(request.dataFrom, request.dataTo, i),
    PartitionKey: JSON.parse(`"${text(request.keyFrom, request.keyTo, i)}"`),
    ...(request.hashFrom[i] === -1 ? {} : { ExplicitHashKey: text(request.hashFrom, request.hashTo, i) }),
  }));
}

it('reads whatever JSON there is for a request', () => {
  const request = new PutRequest();
  fc.assert(
    fc.property(fc.array(entry, { minLength: 1, maxLength: 20 }), fc.constantFrom('', ' ', '\n  '), (Records, gap) => {
      request.read(Buffer.from(JSON.stringify({ StreamName: 's', Records }, null, gap)), 'json');
      expect(request.stream).toEqual(['s', null]);
      expect(readBack(request)).toEqual(Records);
      Records.forEach(({ Data, PartitionKey }, i) => {
        expect(request.dataBytes(i)).toBe(Buffer.from(Data, 'base64').length);
        expect(request.keyBytes(i)).toBe(Buffer.byteLength(PartitionKey));
      });
    }),
    propertyRuns(200),
  );
});

/** As a client in another form of CBOR writes it; ours has its own golden bytes. */
const cborOf = ({ Data, ...rest }: Entry) => ({ ...rest, Data: Buffer.from(Data, 'base64') });

it('reads whatever CBOR there is for a request', () => {
  const request = new PutRequest();
  const body = new PutRecordsBody({ name: 's' }, 'cbor');
  fc.assert(
    fc.property(fc.array(entry, { minLength: 1, maxLength: 20 }), fc.boolean(), (Records, ours) => {
      body.reset();
      for (const { Data, PartitionKey, ExplicitHashKey } of Records) {
        const [data, key] = [Buffer.from(Data, 'base64'), Buffer.from(PartitionKey)];
        body.add(data, 0, data.length, key, 0, key.length, ExplicitHashKey ? Buffer.from(ExplicitHashKey) : null);
      }
      const others = encode({ StreamName: 's', Records: Records.map(cborOf) });
      request.read(Buffer.from(ours ? body.finish() : others), 'cbor');
      expect(request.stream).toEqual(['s', null]);
      expect(readBack(request)).toEqual(Records);
      Records.forEach(({ Data, PartitionKey }, i) => {
        expect(request.dataBytes(i)).toBe(Buffer.from(Data, 'base64').length);
        expect(request.keyBytes(i)).toBe(Buffer.byteLength(PartitionKey));
      });
    }),
    propertyRuns(200),
  );
});

it('has room for a request of many empty records, and stops at one more than is allowed, in CBOR', () => {
  const request = new PutRequest();
  const records = (count: number) =>
    Array.from({ length: count }, () => ({ Data: Buffer.alloc(1), PartitionKey: 'k' }));
  request.read(Buffer.from(encode({ StreamName: 's', Records: records(500) })), 'cbor');
  expect(readBack(request)).toEqual(records(500).map(({ PartitionKey }) => ({ Data: 'AA==', PartitionKey })));
  request.read(Buffer.from(encode({ StreamARN: 'a', Records: records(700) })), 'cbor');
  expect(request.count).toBe(MOST_RECORDS + 1);
});

it.each([
  ['nothing', Buffer.alloc(0), 'ValidationException'],
  [
    'half of it',
    encode({ Records: [{ Data: Buffer.alloc(9), PartitionKey: 'k' }] }).subarray(0, -3),
    'SerializationException',
  ],
  ['more behind it', Buffer.concat([encode({ Records: [] }), Buffer.alloc(1)]), 'SerializationException'],
  ['a list', encode([]), 'SerializationException'],
  ['records that are no list', encode({ Records: 1 }), 'SerializationException'],
  ['a record that is none', encode({ Records: [1] }), 'SerializationException'],
  ['data that is a number', encode({ Records: [{ Data: 1, PartitionKey: 'k' }] }), 'SerializationException'],
  [
    'data that is a text and no base64',
    encode({ Records: [{ Data: '+', PartitionKey: 'k' }] }),
    'SerializationException',
  ],
  ['no data', encode({ Records: [{ PartitionKey: 'k' }] }), 'ValidationException'],
  ['no key', encode({ Records: [{ Data: Buffer.alloc(2) }] }), 'ValidationException'],
])('refuses %s, in CBOR', (_, body, name) => {
  expect(() => new PutRequest().read(Buffer.from(body), 'cbor')).toThrow(expect.objectContaining({ name }));
});

it('knows a stream by its ARN, members in any order, and others that it need not know', () => {
  const request = new PutRequest();
  const record = { ExplicitHashKey: '7', PartitionKey: 'k', Data: 'QQ==' };
  request.read(Buffer.from(JSON.stringify({ Records: [record], StreamARN: 'a:stream/s', StreamId: 'x' })), 'json');
  expect(request.stream).toEqual([null, 'a:stream/s']);
  expect(readBack(request)).toEqual([record]);
  request.read(Buffer.from(JSON.stringify({ Records: [{ ...record, Other: 1 }], StreamName: 's' })), 'json');
  expect(readBack(request)).toEqual([record]);
});

it('stops at one more than is allowed', () => {
  const request = new PutRequest();
  for (const PartitionKey of ['k', '"']) {
    const Records = Array.from({ length: 700 }, () => ({ Data: '', PartitionKey }));
    request.read(Buffer.from(JSON.stringify({ StreamName: 's', Records })), 'json');
    expect(request.count).toBe(MOST_RECORDS + 1);
  }
});

it.each([
  ['no JSON', '{"Records":[{"Data":"QQ==","PartitionKey":"k"}],"StreamName":"s"', 'SerializationException'],
  ['no JSON behind it', '{"Records":[{"Data":"QQ==","PartitionKey":"k"}],"StreamName":"s"}x', 'SerializationException'],
  ['nothing', '', 'ValidationException'],
  ['a list', '[]', 'SerializationException'],
  ['records that are no list', '{"Records":1}', 'SerializationException'],
  ['a record that is none', '{"Records":[1]}', 'SerializationException'],
  ['data that is a number', '{"Records":[{"Data":1,"PartitionKey":"k"}]}', 'SerializationException'],
  ['data that is no base64', '{"Records":[{"Data":"QQ=","PartitionKey":"k"}]}', 'SerializationException'],
  ['data with another character', '{"Records":[{"Data":"QQ_=","PartitionKey":"k"}]}', 'SerializationException'],
  ['no data', '{"Records":[{"PartitionKey":"k"}]}', 'ValidationException'],
  ['no key', '{"Records":[{"Data":"QQ=="}]}', 'ValidationException'],
])('refuses %s', (_, body, name) => {
  expect(() => new PutRequest().read(Buffer.from(body), 'json')).toThrow(expect.objectContaining({ name }));
});
