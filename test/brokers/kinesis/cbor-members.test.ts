import { decode, encode, Tagged } from 'cborg';
import { expect, it } from 'vitest';
import { cborOfMembers, membersOfCbor } from '../../../src/brokers/kinesis/cbor-members.ts';

it('reads a request as JSON has it: bytes as base64, times in seconds, wherever they stand', () => {
  const request = {
    StreamName: 's',
    Limit: 7,
    At: new Tagged(1, 1_700_000_000_250),
    Other: new Tagged(2, 5),
    Records: [{ Data: Uint8Array.of(1, 2), PartitionKey: 'k' }, null, true],
  };
  expect(membersOfCbor(encode(request))).toEqual({
    StreamName: 's',
    Limit: 7,
    At: 1_700_000_000.25,
    Other: 5,
    Records: [{ Data: 'AQI=', PartitionKey: 'k' }, null, true],
  });
});

it('throws what is no CBOR back', () => {
  expect(() => membersOfCbor(Buffer.from('{"StreamName":"s"}'))).toThrow(SyntaxError);
});

it('writes an answer with data as bytes and times as whole milliseconds, and nothing else changed', () => {
  const answer = {
    StreamCreationTimestamp: 1_700_000_000,
    Name: 'AQI=',
    Records: [{ Data: 'AQI=', ApproximateArrivalTimestamp: 1_700_000_000.123, SequenceNumber: '49', More: 1.5 }],
  };
  expect(decode(cborOfMembers(answer), { tags: Tagged.preserve(1) })).toEqual({
    StreamCreationTimestamp: new Tagged(1, 1_700_000_000_000),
    Name: 'AQI=',
    Records: [
      {
        Data: Uint8Array.of(1, 2),
        ApproximateArrivalTimestamp: new Tagged(1, 1_700_000_000_123),
        SequenceNumber: '49',
        More: 1.5,
      },
    ],
  });
});
