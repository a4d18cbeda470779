import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { ProduceHead, readProduceResponse } from '../../../src/wire/kafka/produce.ts';
import { ProtocolWriter } from '../../../src/wire/kafka/protocol-writer.ts';

const { decode, parse } = createRequire(import.meta.url)('kafkajs/src/protocol/requests/produce/v7/response') as {
  decode(bytes: Buffer): Promise<unknown>;
  parse(data: unknown): Promise<unknown>;
};

describe('Produce, version 7', () => {
  it('has this head', () => {
    const head = new ProduceHead({ clientId: 'ab', topic: 'top', acks: -1, timeoutMs: 30_000 });
    expect(Buffer.from(head.write(7, 2, 100)).toString('hex')).toBe(
      // length, Produce 7, correlation id, client id
      '00000085' +
        '0000' +
        '0007' +
        '00000007' +
        '00026162' +
        // no transaction, acks, timeout, one topic, two partitions
        'ffff' +
        'ffff' +
        '00007530' +
        '00000001' +
        '0003746f70' +
        '00000002',
    );
    expect(head.write(8, 1, 0)).not.toEqual(head.write(9, 1, 0));
  });

  const answer = new ProtocolWriter()
    .int32(77)
    .array(['top'], (topic, to) =>
      to.string(topic).array([0, 5], (partition, into) =>
        into
          .int32(partition)
          .int16(partition === 0 ? 0 : 19)
          .int64(partition === 0 ? 2 ** 40 : -1)
          .int64(-1)
          .int64(0),
      ),
    )
    .int32(250)
    .take();

  it('reads an answer, as kafkajs does', async () => {
    expect(readProduceResponse(answer)).toEqual({
      correlationId: 77,
      partitions: [
        { partition: 0, errorCode: 0, baseOffset: 2 ** 40 },
        { partition: 5, errorCode: 19, baseOffset: -1 },
      ],
      throttleMs: 250,
    });
    const theirs = await decode(Buffer.from(answer.subarray(4)));
    expect(theirs).toMatchObject({
      topics: [{ topicName: 'top', partitions: [{ partition: 0 }, { partition: 5, errorCode: 19 }] }],
    });
    await expect(parse(theirs)).rejects.toMatchObject({ type: 'NOT_ENOUGH_REPLICAS' });
  });

  it('refuses an answer that is cut', () => {
    for (let end = 0; end < answer.length; end++) {
      expect(() => readProduceResponse(answer.subarray(0, end))).toThrow(
        expect.objectContaining({ code: 'target-refused' }),
      );
    }
  });
});
