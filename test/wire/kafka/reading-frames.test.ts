import { createRequire } from 'node:module';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FetchResponse, fetchFrame, readFetchResponse } from '../../../src/wire/kafka/fetch.ts';
import { leaderEpochsFrame, readLeaderEpochsResponse } from '../../../src/wire/kafka/leader-epochs.ts';
import {
  type ListOffsetsResponse,
  listOffsetsFrame,
  OffsetOf,
  Replica,
  readListOffsetsResponse,
} from '../../../src/wire/kafka/list-offsets.ts';
import { ProtocolWriter } from '../../../src/wire/kafka/protocol-writer.ts';

type Body = Record<string, unknown>;
const load = createRequire(import.meta.url);
const api = (name: string, version: number) => ({
  request: load(`kafkajs/src/protocol/requests/${name}/v${version}/request`) as (body: Body) => unknown,
  decode: (load(`kafkajs/src/protocol/requests/${name}/v${version}/response`) as { decode(b: Buffer): Promise<Body> })
    .decode,
});
const encodeRequest = load('kafkajs/src/protocol/request') as (request: Body) => Promise<{ buffer: Buffer }>;

const settings = {
  clientId: 'iotload-verify',
  topic: 'readings',
  committed: true,
  maxWaitMs: 500,
  minBytes: 1,
  maxBytes: 8_000_000,
  partitionBytes: 1_000_000,
};

function fetchAnswer(response: Omit<FetchResponse, 'partitions'>, partitions: readonly Body[]): Uint8Array {
  const writer = new ProtocolWriter();
  writer.int32(response.correlationId).int32(response.throttleMs).int16(response.errorCode).int32(0);
  return writer
    .array(partitions.length === 0 ? [] : ['readings'], (topic) => {
      writer.string(topic).array(partitions, (one) => {
        writer.int32(one['partition'] as number).int16(one['errorCode'] as number);
        for (const key of ['highWatermark', 'lastStable', 'logStart']) writer.int64(one[key] as number);
        writer.array(one['aborted'] as Body[] | null, ({ producerId, firstOffset }) =>
          writer.int64(producerId as number).int64(firstOffset as number),
        );
        writer.int32(-1).bytes(one['records'] as Uint8Array | null);
      });
    })
    .take();
}

const one = {
  partition: 3,
  errorCode: 0,
  highWatermark: 2 ** 40,
  lastStable: 2 ** 40 - 5,
  logStart: 17,
  aborted: [{ producerId: 4001, firstOffset: 99 }],
  records: Uint8Array.of(1, 2, 3),
};

describe('Fetch', () => {
  it('asks in the same bytes as kafkajs', async () => {
    const partitions = [
      { partition: 5, position: 2 ** 45 },
      { partition: 0, position: 0 },
    ];
    const { request } = api('fetch', 11);
    const theirs = await encodeRequest({
      correlationId: 77,
      clientId: settings.clientId,
      request: request({
        replicaId: -1,
        maxWaitTime: 500,
        minBytes: 1,
        maxBytes: 8_000_000,
        topics: [
          {
            topic: 'readings',
            partitions: partitions.map(({ partition, position }) => ({
              partition,
              fetchOffset: `${position}`,
              maxBytes: 1_000_000,
            })),
          },
        ],
      }),
    });
    expect(Buffer.from(fetchFrame(settings, 77, partitions)).toString('hex')).toBe(theirs.buffer.toString('hex'));
    const isolation = fetchFrame({ ...settings, committed: false }, 77, partitions);
    expect(Buffer.compare(isolation, theirs.buffer)).not.toBe(0);
  });

  it('reads answers, with and without records', () => {
    const other = { ...one, partition: 4, errorCode: 6, highWatermark: -1, aborted: null, records: null };
    const frame = fetchAnswer({ correlationId: 8, throttleMs: 20, errorCode: 0 }, [one, other]);
    const { partitions, ...head } = readFetchResponse(frame);
    expect(head).toEqual({ correlationId: 8, throttleMs: 20, errorCode: 0 });
    const [first, second] = partitions;
    expect(first).toMatchObject({ partition: 3, highWatermark: 2 ** 40, lastStable: 2 ** 40 - 5, logStart: 17 });
    expect(first?.aborted).toEqual(one.aborted);
    expect([...frame.subarray(first?.start, first?.end)]).toEqual([1, 2, 3]);
    expect(second).toMatchObject({ partition: 4, errorCode: 6, highWatermark: -1, aborted: [] });
    expect(second?.start).toBe(second?.end);
    expect(readFetchResponse(fetchAnswer({ correlationId: 8, throttleMs: 0, errorCode: 70 }, []))).toEqual({
      correlationId: 8,
      throttleMs: 0,
      errorCode: 70,
      partitions: [],
    });
  });

  it('refuses an answer that is cut off or claims more than it has', () => {
    const frame = fetchAnswer({ correlationId: 8, throttleMs: 0, errorCode: 0 }, [one]);
    for (let length = 0; length < frame.length; length++) {
      expect(() => readFetchResponse(frame.subarray(0, length))).toThrow(/protocol/);
    }
    fc.assert(
      fc.property(fc.nat(frame.length - 1), fc.nat(255), (at, value) => {
        const bytes = frame.slice();
        bytes[at] = value;
        try {
          for (const { start, end } of readFetchResponse(bytes).partitions) {
            expect(start <= end && end <= bytes.length).toBe(true);
          }
        } catch (error) {
          expect(error).toMatchObject({ code: 'target-refused' });
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('ListOffsets', () => {
  it('asks in the same bytes as kafkajs', async () => {
    const theirs = await encodeRequest({
      correlationId: 9,
      clientId: 'iotload',
      request: api('listOffsets', 2).request({
        replicaId: -1,
        isolationLevel: 1,
        topics: [{ topic: 'readings', partitions: [{ partition: 2 }, { partition: 0 }] }],
      }),
    });
    const settings = { clientId: 'iotload', topic: 'readings', replica: Replica.consumer, committed: true };
    const ours = listOffsetsFrame(settings, 9, [2, 0], OffsetOf.end);
    expect(Buffer.from(ours).toString('hex')).toBe(theirs.buffer.toString('hex'));
  });

  it('reads answers as kafkajs does', async () => {
    const body = new ProtocolWriter().int32(3);
    body.array(['readings'], (topic) => {
      body.string(topic).array([0, 1], (partition) => {
        body
          .int32(partition)
          .int16(partition * 6)
          .int64(-1)
          .int64(partition === 0 ? 2 ** 41 : -1);
      });
    });
    const bytes = body.take();
    const ours = readListOffsetsResponse(Buffer.concat([Buffer.from([0, 0, 0, 9]), bytes]));
    expect(ours).toEqual({
      correlationId: 9,
      throttleMs: 3,
      partitions: [
        { partition: 0, errorCode: 0, offset: 2 ** 41 },
        { partition: 1, errorCode: 6, offset: -1 },
      ],
    } satisfies ListOffsetsResponse);
    const { responses } = await api('listOffsets', 2).decode(Buffer.from(bytes));
    const [{ partitions }] = responses as [{ partitions: { offset: string }[] }];
    expect(partitions.map(({ offset }) => Number(offset))).toEqual(ours.partitions.map(({ offset }) => offset));
  });
});

it('asks where the records of a leader end, and reads the answer', () => {
  const frame = leaderEpochsFrame({ clientId: 'c', topic: 't' }, 5, [{ partition: 3, epoch: 9 }]);
  // length, api 23 version 3, correlation id, client, replica, one topic, one partition: number, present epoch, epoch
  expect(Buffer.from(frame).toString('hex')).toBe(
    `00000026${'00170003'}00000005${'000163'}ffffffff${'00000001'}${'000174'}00000001${'00000003'}ffffffff${'00000009'}`,
  );
  const answer = new ProtocolWriter().int32(5).int32(0);
  answer.array(['t'], (topic) => {
    answer.string(topic).array([3, 4], (partition) => {
      answer
        .int16(partition - 3)
        .int32(partition)
        .int32(9)
        .int64(2 ** 40);
    });
  });
  expect(readLeaderEpochsResponse(answer.take())).toEqual([
    { partition: 3, errorCode: 0, endOffset: 2 ** 40 },
    { partition: 4, errorCode: 1, endOffset: 2 ** 40 },
  ]);
});
