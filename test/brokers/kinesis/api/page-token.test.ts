import fc from 'fast-check';
import { expect, it } from 'vitest';
import { pageToken, readPageToken } from '../../../../src/brokers/kinesis/api/page-token.ts';
import { propertyRuns } from '../../../property-runs.ts';
import { BEGIN_MS, refusal } from './api-world.ts';

const LIST = 'ListThings';
const invalid = refusal('InvalidArgumentException', 'Invalid NextToken.');
const base64 = (text: string) => Buffer.from(text).toString('base64');

it('says again what went into it', () => {
  const field = fc.oneof(fc.string({ maxLength: 40 }), fc.maxSafeInteger(), fc.constant(null));
  fc.assert(
    fc.property(fc.array(field, { maxLength: 5 }), fc.nat(300_000), (fields, ageMs) => {
      expect(readPageToken(LIST, pageToken(LIST, fields, BEGIN_MS), BEGIN_MS + ageMs)).toEqual(fields);
    }),
    propertyRuns(100),
  );
});

it('is good for five minutes', () => {
  const token = pageToken(LIST, ['a'], BEGIN_MS);
  expect(readPageToken(LIST, token, BEGIN_MS + 300_000)).toEqual(['a']);
  expect(() => readPageToken(LIST, token, BEGIN_MS + 300_001)).toThrow(
    refusal('ExpiredNextTokenException', 'NextToken has expired.'),
  );
});

it.each([
  ['empty', ''],
  ['no base64', '%%%'],
  ['with something behind', `${pageToken(LIST, ['a'], BEGIN_MS)}=`],
  ['in another alphabet', base64('["ListThings",1700000001000,"??>>"]').replace('/', '_')],
  ['no JSON', base64('ListThings')],
  ['no list', base64('{"0":"ListThings"}')],
  ['nothing', base64('null')],
  ['an empty list', base64('[]')],
  ['of another list', pageToken('ListOthers', ['a'], BEGIN_MS)],
  ['without a time', base64('["ListThings"]')],
  ['with a time that is none', base64('["ListThings","","a"]')],
  ['endless', pageToken(LIST, ['a'.repeat(1024)], BEGIN_MS)],
])('is not one that is %s', (_, token) => {
  expect(() => readPageToken(LIST, token, BEGIN_MS)).toThrow(invalid);
});
