import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GetRecordsAnswer } from '../../../src/wire/kinesis/get-records-answer.ts';
import { textsOf } from './user-record-texts.ts';

const answer = new GetRecordsAnswer();

function read(text: string): GetRecordsAnswer {
  answer.read(Buffer.from(text));
  return answer;
}

describe('the answer to GetRecords', () => {
  it('is read as the service writes it', () => {
    read(
      '{"ChildShards":[{"HashKeyRange":{"EndingHashKey":"9","StartingHashKey":"0"},"ParentShards":["a\\"]"],"ShardId":"b"}],' +
        '"MillisBehindLatest":1200,"NextShardIterator":"AAAA/bbb+c==","Records":[' +
        '{"ApproximateArrivalTimestamp":1.480123E9,"Data":"eyJhIjoxfQ==","EncryptionType":"KMS","PartitionKey":"k1","SequenceNumber":"4951"},' +
        '{"ApproximateArrivalTimestamp":1480123456.789,"Data":"","PartitionKey":"k2","SequenceNumber":"4952"}]}',
    );
    expect(textsOf(answer.records)).toEqual([
      ['k1', '{"a":1}'],
      ['k2', ''],
    ]);
    expect(answer).toMatchObject({ count: 2, bytes: 11, lastSequence: '4952', behindMs: 1200 });
    expect(answer.nextIterator).toBe('AAAA/bbb+c==');
  });

  it('says the end of a shard by an iterator that is null or absent', () => {
    expect(read('{"MillisBehindLatest":0,"NextShardIterator":null,"Records":[]}').nextIterator).toBeNull();
    expect(read(' { "Records" : [ ] } ')).toMatchObject({
      nextIterator: null,
      behindMs: 0,
      count: 0,
      lastSequence: '',
    });
  });

  it('reads any records as JSON.parse does, whatever the order, the blanks and the escapes', () => {
    const record = fc.record({
      PartitionKey: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }),
      Data: fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString('base64')),
      SequenceNumber: fc.stringMatching(/^[1-9]\d{0,55}$/),
      ApproximateArrivalTimestamp: fc.double({ noNaN: true, noDefaultInfinity: true }),
      Unknown: fc.jsonValue(),
    });
    const shuffled = record.chain((one) =>
      fc.shuffledSubarray(Object.entries(one), { minLength: 5 }).map((members) => Object.fromEntries(members)),
    );
    fc.assert(
      fc.property(
        fc.array(shuffled),
        fc.option(fc.string()),
        fc.nat(),
        fc.constantFrom(0, 1, '\t'),
        fc.boolean(),
        (Records, NextShardIterator, MillisBehindLatest, space, slashed) => {
          const text = JSON.stringify(
            { Other: [null, true], Records, NextShardIterator, MillisBehindLatest },
            null,
            space,
          );
          read(slashed ? text.replaceAll('/', '\\/') : text);
          const records = Records as Record<'PartitionKey' | 'Data' | 'SequenceNumber', string>[];
          const expected = records.map(({ PartitionKey, Data }) => [
            Buffer.from(PartitionKey).toString(),
            Buffer.from(Data, 'base64').toString('latin1'),
          ]);
          expect(textsOf(answer.records)).toEqual(expected);
          const lastSequence = records.at(-1)?.SequenceNumber ?? '';
          expect(answer).toMatchObject({ count: records.length, lastSequence, nextIterator: NextShardIterator });
          expect(answer.behindMs).toBe(MillisBehindLatest);
        },
      ),
    );
  });

  it('refuses what is cut off, and what is none', () => {
    const whole = '{"NextShardIterator":"i","Records":[{"Data":"YWJj","PartitionKey":"k","SequenceNumber":"1"}]}';
    expect(read(whole).count).toBe(1);
    for (let end = 0; end < whole.length; end++) {
      expect(() => read(whole.slice(0, end)), whole.slice(0, end)).toThrow('cannot be read');
      expect(answer.records.count).toBe(0);
    }
    for (const wrong of [
      '{}',
      '[]',
      'null',
      '{"Records":[{"Data":"YWJj","PartitionKey":"k"}]}',
      '{"Records":[{"PartitionKey":"k","SequenceNumber":"1"}]}',
      '{"Records":[{"Data":"YW!j","PartitionKey":"k","SequenceNumber":"1"}]}',
      '{"Records":[{"Data":"YWJ","PartitionKey":"k","SequenceNumber":"1"}]}',
      '{"Records":[],"NextShardIterator":7}',
      '{"Records":[],"MillisBehindLatest":"x"}',
      '{"Records":[] "MillisBehindLatest":1}',
    ])
      expect(() => read(wrong), wrong).toThrow('cannot be read');
  });
});
