import { decode } from 'cborg';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_PUT_RECORDS, PutRecordsBody } from '../../../src/wire/kinesis/put-records-body.ts';
import type { WireForm } from '../../../src/wire/kinesis/wire-form.ts';
import { batchOf, type KeyedEvent } from './keyed-events.ts';

const forms: readonly WireForm[] = ['json', 'cbor'];
const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const stream = { name: 'iotload' };

interface Written {
  StreamName?: string;
  StreamARN?: string;
  Records: { Data: string | Uint8Array; PartitionKey: string; ExplicitHashKey?: string }[];
}

function fill(body: PutRecordsBody, events: readonly KeyedEvent[], hashKey: Uint8Array | null = null): void {
  const batch = batchOf(events);
  for (const i of events.keys()) expect(body.append(batch, i, hashKey)).toBe(true);
}

/** By others' readers. */
function parsed(body: PutRecordsBody, form: WireForm): Written {
  const bytes = body.finish();
  return (form === 'json' ? JSON.parse(bytes.toString()) : decode(bytes)) as Written;
}
const base64Of = (data: string | Uint8Array): string =>
  typeof data === 'string' ? data : Buffer.from(data).toString('base64');
const eventsOf = ({ Records }: Written): { key: string; data: string }[] =>
  Records.map(({ Data, PartitionKey }) => ({ key: PartitionKey, data: base64Of(Data) }));
const expectedOf = (events: readonly KeyedEvent[]): { key: string; data: string }[] =>
  events.map(({ key, data }) => ({ key, data: Buffer.from(data).toString('base64') }));

const event = fc.record({
  key: fc.string({ unit: 'binary', maxLength: 30 }),
  data: fc.uint8Array({ maxLength: 400 }),
});
const numbered = (count: number, bytes = 1): KeyedEvent[] =>
  Array.from({ length: count }, (_, i) => ({ key: `k${i % 10}`, data: new Uint8Array(bytes).fill(i) }));

it('writes these bytes of JSON', () => {
  expect(golden('json').toString()).toBe(
    '{"StreamName":"iotload","Records":[{"Data":"eyJhIjoxfQ==","PartitionKey":"dev-\\"1\\""},' +
      '{"Data":"","PartitionKey":"gerät\\u000a","ExplicitHashKey":"340282366920938463463374607431768211455"}]}',
  );
});

it('writes these bytes of CBOR', () => {
  expect(golden('cbor').toString('hex')).toBe(
    [
      'bf6a53747265616d4e616d6567696f746c6f6164675265636f7264739f', // { "StreamName": "iotload", "Records": [
      'bf6444617461477b2261223a317d6c506172746974696f6e4b6579676465762d223122ff', // { "Data": 7 bytes, "PartitionKey": 7 }
      'bf6444617461406c506172746974696f6e4b65796767' + '6572c3a4740a', // { "Data": 0 bytes, "PartitionKey": 7 bytes of text,
      '6f4578706c69636974486173684b65797827', // "ExplicitHashKey": 39 digits
      '333430323832333636393230393338343633343633333734363037343331373638323131343535ff', // }
      'ffff',
    ].join(''),
  );
});

function golden(form: WireForm): Buffer {
  const body = new PutRecordsBody(stream, form);
  fill(body, [{ key: 'dev-"1"', data: text('{"a":1}') }]);
  fill(body, [{ key: 'gerät\n', data: text('') }], text('340282366920938463463374607431768211455'));
  expect(body.count).toBe(2);
  expect(body.recordBytes).toBe(7 + 7 + 0 + 7);
  expect([body.sizeOf(0), body.sizeOf(1)]).toEqual([14, 7]);
  return body.finish();
}

describe.each(forms)('PutRecordsBody in %s', (form) => {
  it('names a stream by its ARN', () => {
    const body = new PutRecordsBody({ arn: 'arn:aws:kinesis:eu-central-1:123456789012:stream/a' }, form);
    expect(parsed(body, form)).toEqual({
      StreamARN: 'arn:aws:kinesis:eu-central-1:123456789012:stream/a',
      Records: [],
    });
  });

  it('gives a request in which every key and all data are what they were', () => {
    const body = new PutRecordsBody(stream, form);
    fc.assert(
      fc.property(fc.array(event, { maxLength: 20 }), fc.boolean(), (events, hashed) => {
        body.reset();
        fill(body, events, hashed ? text('17') : null);
        const written = parsed(body, form);
        expect(eventsOf(written)).toEqual(expectedOf(events));
        for (const { ExplicitHashKey } of written.Records) expect(ExplicitHashKey).toBe(hashed ? '17' : undefined);
        expect(parsed(body, form)).toEqual(written);
      }),
    );
  });

  it('copies entries into the next request as they are', () => {
    const [first, next] = [new PutRecordsBody(stream, form), new PutRecordsBody(stream, form)];
    fc.assert(
      fc.property(
        fc.array(fc.tuple(event, fc.boolean()), { maxLength: 20 }),
        fc.array(event, { maxLength: 5 }),
        (all, more) => {
          first.reset();
          next.reset();
          fill(first, all.map(([one]) => one), text('99')); // biome-ignore format: as a row
          fill(next, more);
          const again = all.filter(([, failed]) => failed).map(([one]) => one);
          for (const [i, [, failed]] of all.entries()) if (failed) expect(next.copy(first, i)).toBe(true);
          const written = parsed(next, form);
          expect(eventsOf(written)).toEqual(expectedOf([...more, ...again]));
          expect(written.Records.slice(more.length).every(({ ExplicitHashKey }) => ExplicitHashKey === '99')).toBe(
            true,
          );
          const bytes = [...more, ...again].map(({ key, data }) => Buffer.byteLength(key) + data.length);
          expect(next.recordBytes).toBe(bytes.reduce((sum, size) => sum + size, 0));
          expect(bytes.map((_, i) => next.sizeOf(i))).toEqual(bytes);
        },
      ),
    );
  });

  it('takes 500 records', () => {
    const body = new PutRecordsBody(stream, form);
    fill(body, numbered(MAX_PUT_RECORDS));
    const whole = body.finish().toString('hex');
    expect(body.hasRoom(0)).toBe(false);
    expect(body.append(batchOf(numbered(1)), 0, null)).toBe(false);
    expect(body.copy(body, 0)).toBe(false);
    expect(body.finish().toString('hex')).toBe(whole);
    expect(parsed(body, form).Records).toHaveLength(500);
  });

  it('takes as many bytes of data and keys as it may, not one more', () => {
    const body = new PutRecordsBody(stream, form, 100);
    fill(body, numbered(4, 20));
    expect(body.hasRoom(12)).toBe(true);
    expect(body.hasRoom(13)).toBe(false);
    expect(body.append(batchOf(numbered(1, 11)), 0, null)).toBe(false);
    fill(body, numbered(1, 10));
    expect(body.recordBytes).toBe(100);
  });

  it('has room for the largest request', () => {
    const body = new PutRecordsBody(stream, form);
    const data = new Uint8Array(1024 * 1024 - 1).fill(0xfb);
    const large = Array.from({ length: 10 }, () => ({ key: '\u0001', data }));
    fill(body, large);
    expect(body.hasRoom(1)).toBe(false);
    const { Records } = parsed(body, form);
    expect(Records).toHaveLength(10);
    expect(Records.every(({ Data }) => base64Of(Data) === Buffer.from(data).toString('base64'))).toBe(true);
  });
});
