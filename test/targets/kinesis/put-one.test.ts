import { decode } from 'cborg';
import { describe, expect, it } from 'vitest';
import { CallError, type CallFailure, type KinesisCalls } from '../../../src/targets/kinesis/calls.ts';
import { putOne } from '../../../src/targets/kinesis/put-one.ts';
import type { WireForm } from '../../../src/wire/kinesis/wire-form.ts';
import { VirtualClock } from '../../simulation/virtual-clock.ts';

type Answer = object | CallFailure | 'no JSON';
const stored = { FailedRecordCount: 0, Records: [{ SequenceNumber: '1', ShardId: 'shardId-000000000000' }] };
const throttled = { FailedRecordCount: 1, Records: [{ ErrorCode: 'ProvisionedThroughputExceededException' }] };

/** Puts a record to a service that answers so, the last one again and again; how it came out, and when it was asked. */
async function put(answers: readonly Answer[], { form = 'json' as WireForm, address = 'dev-1' } = {}) {
  const clock = new VirtualClock();
  const asked: { body: Buffer; form: WireForm; afterMs: number }[] = [];
  const began = clock.nowUs();
  const calls: Pick<KinesisCalls, 'putRecords'> = {
    async putRecords(body, asForm) {
      const answer = answers[Math.min(asked.length, answers.length - 1)] as Answer;
      asked.push({ body: Buffer.from(body), form: asForm, afterMs: (clock.nowUs() - began) / 1000 });
      if (answer === 'no JSON') return Buffer.from('<html>');
      if (typeof answer === 'object') return Buffer.from(JSON.stringify(answer));
      throw new CallError(answer, `it was ${answer}`, 'Error', null);
    },
  };
  const outcome = putOne(calls, clock, { stream: 's', form }, address, Buffer.from('{"a":1}')).then(
    () => 'stored',
    (error: Error) => error,
  );
  await clock.advance(clock.nowUs() + 10_000_000);
  return { outcome: await outcome, asked };
}

describe('a record by itself', () => {
  it('goes under its key, in the form that was asked for', async () => {
    const json = await put([stored]);
    expect(json.outcome).toBe('stored');
    expect(json.asked).toMatchObject([{ form: 'json', afterMs: 0 }]);
    expect(JSON.parse(`${json.asked[0]?.body}`)).toEqual({
      StreamName: 's',
      Records: [{ Data: Buffer.from('{"a":1}').toString('base64'), PartitionKey: 'dev-1' }],
    });
    const cbor = await put([stored], { form: 'cbor', address: '' });
    expect(cbor.asked).toMatchObject([{ form: 'cbor' }]);
    expect(decode(cbor.asked[0]?.body as Buffer)).toEqual({
      StreamName: 's',
      Records: [{ Data: new Uint8Array(Buffer.from('{"a":1}')), PartitionKey: 'iotload' }],
    });
  });

  it('goes again after a pause where it was throttled, nobody knows, or nothing can be read', async () => {
    const { outcome, asked } = await put([throttled, 'ambiguous', 'no JSON', stored]);
    expect(outcome).toBe('stored');
    expect(asked.map(({ afterMs }) => afterMs)).toEqual([0, 250, 500, 750]);
  });

  it('is given up after five times, for the last reason', async () => {
    const { outcome, asked } = await put(['unsent', throttled]);
    expect(asked).toHaveLength(5);
    expect(outcome).toMatchObject({
      code: 'target-unreachable',
      message: 'a record to stream s was not taken: throttled',
      where: 'target.stream',
      value: 's',
    });
  });

  it.each(['refused', 'missing'] as const)('is given up at once where it is %s', async (failure) => {
    const { outcome, asked } = await put([failure, stored]);
    expect(asked).toHaveLength(1);
    expect(outcome).toMatchObject({ message: `a record to stream s was not taken: it was ${failure}` });
  });
});
