import { expect, it } from 'vitest';
import { KafkaJsCalls } from '../../../src/targets/kafka/kafkajs-calls.ts';
import { loadKafkaJs } from '../../../src/targets/kafka/kafkajs-internals.ts';
import { ProtocolReader } from '../../../src/wire/kafka/protocol-reader.ts';
import { ProtocolWriter } from '../../../src/wire/kafka/protocol-writer.ts';
import { VirtualClock } from '../../simulation/virtual-clock.ts';

const INIT_PRODUCER_ID = 22;

function setting(versions: object = { [INIT_PRODUCER_ID]: { minVersion: 0, maxVersion: 1 } }) {
  const clock = new VirtualClock();
  const calls = new KafkaJsCalls({ kafkajs: loadKafkaJs(), clock, clientId: 'me', versions, timeoutMs: 5_000 });
  const written: Buffer[] = [];
  let destroyed = 0;
  calls.connection = {
    broker: { id: 1, host: 'k1', port: 9092 },
    replaceByUs: null,
    unsentBytes: 0,
    write: (pieces) => written.push(Buffer.concat(pieces)),
    destroy: () => destroyed++,
  };
  const ask = () => {
    const answer = calls.ask('InitProducerId', { transactionalId: null, transactionTimeout: 1_000 });
    answer.catch(() => {});
    return answer;
  };
  /** Until so many requests have been written. */
  const sent = async (count: number) => {
    while (written.length < count) await new Promise((resolve) => setImmediate(resolve));
  };
  return { clock, calls, written, ask, sent, destroyed: () => destroyed };
}

const answer = (correlationId: number, id: number, error = 0) =>
  new ProtocolWriter().int32(correlationId).int32(0).int16(error).int64(id).int16(3).take();

it('asks in the newest version of both, and gives each its own answer', async () => {
  const { calls, written, ask, sent } = setting();
  const asked = [ask(), ask()];
  await sent(2);
  const reader = new ProtocolReader(written[1] as Buffer);
  expect(reader.int32()).toBe((written[1] as Buffer).length - 4);
  const head = [reader.int16(), reader.int16(), reader.int32(), reader.string(), reader.nullableString()];
  expect([...head, reader.int32(), reader.remaining]).toEqual([INIT_PRODUCER_ID, 1, 1, 'me', null, 1_000, 0]);
  calls.answered(answer(0, 77));
  // Whatever error stands in it.
  calls.answered(answer(1, -1, 53));
  expect(await asked[0]).toMatchObject({ errorCode: 0, producerId: '77', producerEpoch: 3 });
  expect(await asked[1]).toMatchObject({ errorCode: 53 });
});

it('keeps an answer whose bytes are used for something else at once', async () => {
  const { calls, ask, sent } = setting();
  const asked = ask();
  await sent(1);
  const frame = answer(0, 77);
  calls.answered(frame);
  frame.fill(0xff);
  expect(await asked).toMatchObject({ producerId: '77' });
});

it('says what the broker is too old for', async () => {
  const { ask, written } = setting({});
  await expect(ask()).rejects.toMatchObject({
    code: 'target-refused',
    reason: 'the broker knows no InitProducerId',
    hint: expect.stringContaining('2.1'),
  });
  expect(written).toEqual([]);
});

it('refuses answers in another order, and such as cannot be read', async () => {
  const { calls, ask, sent } = setting();
  const [one, two] = [ask(), ask()];
  await sent(2);
  calls.answered(answer(1, 77));
  await expect(one).rejects.toMatchObject({ code: 'target-refused', reason: expect.stringContaining('another order') });
  calls.answered(answer(1, 77).subarray(0, 9));
  await expect(two).rejects.toMatchObject({
    code: 'target-refused',
    reason: 'an answer to InitProducerId that cannot be read',
  });
});

it('hangs up on a broker that does not answer in time, and all who wait are told', async () => {
  const { calls, clock, ask, sent, destroyed } = setting();
  const asked = [ask(), ask()];
  await sent(2);
  await clock.advance(clock.nowUs() + 4_999_999);
  expect([calls.open, destroyed()]).toEqual([true, 0]);
  await clock.advance(clock.nowUs() + 1);
  for (const one of asked)
    await expect(one).rejects.toMatchObject({ code: 'target-unreachable', reason: 'no answer within 5 s' });
  expect([calls.open, destroyed()]).toEqual([false, 1]);
  await expect(ask()).rejects.toMatchObject({ reason: 'no answer within 5 s' });
});

it('has no timer behind an answer', async () => {
  const { calls, clock, ask, sent } = setting();
  const asked = ask();
  await sent(1);
  calls.answered(answer(0, 77));
  await asked;
  await clock.advance(clock.nowUs() + 60_000_000);
  expect([clock.ran, calls.open]).toEqual([0, true]);
});

it('supposes that a login is missing where nothing was ever answered', async () => {
  const { calls, ask, sent } = setting();
  const asked = ask();
  await sent(1);
  calls.closed('connection closed by the broker');
  await expect(asked).rejects.toEqual({
    code: 'target-unreachable',
    reason: 'connection closed by the broker',
    hint: expect.stringContaining('auth'),
  });
  const later = setting();
  const [first, second] = [later.ask(), later.ask()];
  await later.sent(2);
  later.calls.answered(answer(0, 1));
  await first;
  later.calls.closed('connection reset');
  await expect(second).rejects.toEqual({ code: 'target-unreachable', reason: 'connection reset' });
});

it('asks nobody once it is closed, or before it is connected', async () => {
  const { calls, ask, destroyed } = setting();
  calls.close();
  calls.close();
  calls.closed('connection reset');
  expect([calls.open, destroyed()]).toEqual([false, 1]);
  await expect(ask()).rejects.toEqual({ code: 'target-unreachable', reason: 'closed' });
  const early = setting();
  early.calls.connection = null;
  await expect(early.ask()).rejects.toMatchObject({ reason: 'not connected' });
});
