import { encode } from 'cborg';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PutRecordsAnswer } from '../../../src/wire/kinesis/put-records-answer.ts';

const THROTTLED = 'ProvisionedThroughputExceededException';
const stored = (shard = 0): object => ({ SequenceNumber: '4953', ShardId: `shardId-00000000000${shard}` });
const throttled = (shard = 0): object => ({
  ErrorCode: THROTTLED,
  ErrorMessage: `Rate exceeded for shard shardId-00000000000${shard} in stream s under account 1.`,
});

function answerOf(json: unknown, entries: number, space?: number): PutRecordsAnswer | null {
  const answer = new PutRecordsAnswer();
  const text = typeof json === 'string' ? json : JSON.stringify(json, null, space);
  return answer.read(Buffer.from(text), entries) ? answer : null;
}

const outcomes = (answer: PutRecordsAnswer | null, entries: number): string[] =>
  Array.from({ length: entries }, (_, i) => `${answer?.outcome(i)} ${answer?.shard(i)}`.trim());

/** With maps and lists of unknown length. */
function javaLike(said: unknown): Buffer {
  if (Array.isArray(said)) return Buffer.concat([Uint8Array.of(0x9f), ...said.map(javaLike), Uint8Array.of(0xff)]);
  if (typeof said !== 'object' || said === null) return Buffer.from(encode(said));
  const members = Object.entries(said).flatMap(([name, value]) => [Buffer.from(encode(name)), javaLike(value)]);
  return Buffer.concat([Uint8Array.of(0xbf), ...members, Uint8Array.of(0xff)]);
}

describe('PutRecordsAnswer', () => {
  it('says what became of each', () => {
    const Records = [
      stored(1),
      throttled(2),
      { ErrorCode: 'InternalFailure', ErrorMessage: 'Internal Service Failure' },
      { ErrorCode: 'SomethingNew', ErrorMessage: 'shardId-000000000003' },
      { ...stored(4), ErrorCode: null, ErrorMessage: null },
      {},
      { ErrorCode: 'constructor' },
    ];
    const answer = answerOf({ FailedRecordCount: 5, Records }, 7);
    expect(outcomes(answer, 7)).toEqual([
      'stored shardId-000000000001',
      'throttled shardId-000000000002',
      'failed',
      'refused shardId-000000000003',
      'stored shardId-000000000004',
      'failed',
      'refused',
    ]);
    expect(answer?.failed).toBe(5);
  });

  it.each([
    ['{"FailedRecordCount":0,"Records":not looked at}'],
    ['{"EncryptionType":"KMS","FailedRecordCount":0,"Records":not looked at}'],
    ['{ "Records": not looked at,\n"FailedRecordCount" : 0 , "EncryptionType": "NONE" }'],
    ['{"Records":not looked at,"FailedRecordCount":0}'],
  ])('does not look at the records of %s', (json) => {
    const answer = answerOf(json, 500);
    expect(answer?.failed).toBe(0);
    expect(answer?.outcome(499)).toBe('stored');
    expect(answer?.shard(0)).toBe('');
  });

  it.each([
    ['nothing', '', 1],
    ['a page of HTML', '<html>"FailedRecordCount":0</html>', 1],
    ['half of it', '{"FailedRecordCount":0,"Records":[{"SequenceNu', 1],
    ['no records', '{"FailedRecordCount":1}', 1],
    ['a number', '1', 1],
    ['null', 'null', 1],
    ['fewer entries', { FailedRecordCount: 1, Records: [throttled()] }, 2],
    ['more entries', { FailedRecordCount: 1, Records: [throttled(), stored()] }, 1],
  ])('knows nothing from %s', (_, json, entries) => {
    expect(answerOf(json, entries)).toBeNull();
  });

  it('is not taken in by a text of the same words, or by a count that only begins with 0', () => {
    const message = 'a "FailedRecordCount":0, b';
    const Records = [{ ErrorCode: THROTTLED, ErrorMessage: message }];
    expect(outcomes(answerOf({ Records, FailedRecordCount: 1 }, 1), 1)).toEqual(['throttled']);
    expect(outcomes(answerOf({ FailedRecordCount: 1, Records }, 1), 1)).toEqual(['throttled']);
    expect(answerOf('{"FailedRecordCount":0.5,"Records":[]}', 1)).toBeNull();
  });

  it.each([
    ['first', { FailedRecordCount: 0, Records: [stored(1), stored(2)] }],
    ['last', { EncryptionType: 'KMS', Records: [stored(1), stored(2)], FailedRecordCount: 0 }],
    ['last, and says so in a name as well', { Records: [stored(1), { FailedRecordCount: 1 }], FailedRecordCount: 0 }],
  ])('finds the number of failures in CBOR where it comes %s', (_, said) => {
    for (const bytes of [Buffer.from(encode(said)), javaLike(said)]) {
      const answer = new PutRecordsAnswer();
      // Of another number of records, if it were to look at them.
      expect(answer.read(bytes, 500)).toBe(true);
      expect([answer.failed, answer.outcome(499), answer.shard(0)]).toEqual([0, 'stored', '']);
      for (let cut = 1; cut < bytes.length; cut++) expect(answer.read(bytes.subarray(0, cut), 2)).toBe(false);
      expect(answer.read(Buffer.concat([bytes, Buffer.alloc(1)]), 2)).toBe(false);
    }
  });

  it('is not taken in by a text of the same bytes in CBOR, or by a count within', () => {
    const ErrorMessage = `a ${Buffer.from(encode('FailedRecordCount'))}\u0000 b`;
    const Records = [{ ErrorCode: THROTTLED, ErrorMessage, FailedRecordCount: 0 }];
    for (const said of [
      { FailedRecordCount: 1, Records },
      { Records, FailedRecordCount: 1 },
    ]) {
      const answer = new PutRecordsAnswer();
      expect(answer.read(Buffer.from(encode(said)), 1)).toBe(true);
      expect(outcomes(answer, 1)).toEqual(['throttled']);
    }
  });

  it('forgets the answer before', () => {
    const answer = new PutRecordsAnswer();
    expect(answer.read(Buffer.from(JSON.stringify({ FailedRecordCount: 1, Records: [throttled()] })), 1)).toBe(true);
    expect(answer.failed).toBe(1);
    expect(answer.read(Buffer.from('{"FailedRecordCount":0,"Records":[]}'), 1)).toBe(true);
    expect([answer.failed, answer.outcome(0), answer.shard(0)]).toEqual([0, 'stored', '']);
  });

  it('agrees with what was answered, in any order and with any blanks', () => {
    const kinds = ['stored', 'throttled', 'failed'] as const;
    const entries = fc.array(fc.tuple(fc.constantFrom(...kinds), fc.nat(9)), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(entries, fc.boolean(), fc.nat(3), fc.boolean(), (all, countFirst, space, isCbor) => {
        const Records = all.map(([kind, shard]) => {
          if (kind === 'failed') return { ErrorMessage: 'Internal', ErrorCode: 'InternalFailure' };
          return kind === 'stored' ? { ErrorCode: null, ...stored(shard) } : throttled(shard);
        });
        const FailedRecordCount = all.filter(([kind]) => kind !== 'stored').length;
        const json = countFirst ? { FailedRecordCount, Records } : { Records, FailedRecordCount };
        const answer = isCbor ? new PutRecordsAnswer() : answerOf(json, all.length, space);
        if (isCbor) expect(answer?.read(space > 1 ? javaLike(json) : Buffer.from(encode(json)), all.length)).toBe(true);
        expect(answer?.failed).toBe(FailedRecordCount);
        expect(all.map((_, i) => answer?.outcome(i))).toEqual(all.map(([kind]) => kind));
      }),
    );
  });
});
