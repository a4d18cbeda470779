import { describe, expect, it } from 'vitest';
import { outcomeNames } from '../../../src/core/outcome.ts';
import { FallbackSink } from '../../../src/targets/kafka/fallback-sink.ts';
import { isRefusal, type PlainProducer } from '../../../src/targets/kafka/kafkajs-producer.ts';
import { SinkRecord, sinkContext, testFleet } from '../../contracts/sink.ts';
import { VirtualClock } from '../../simulation/virtual-clock.ts';
import { Feeder } from './feeder.ts';

function opened(send: PlainProducer['send']) {
  const clock = new VirtualClock();
  const record = new SinkRecord();
  const fleet = testFleet(0, 1, '<device>');
  const producer: PlainProducer = { partitions: 1, send, close: async () => {} };
  const sink = new FallbackSink(producer, { acks: -1, lingerUs: 5_000 }, { ...sinkContext(record, [fleet]), clock });
  const outcomes = (): string[] =>
    [...record.outcomes.values()].map(({ outcome, reason }) => `${outcomeNames[outcome]} ${reason}`);
  return { clock, record, sink, outcomes, feeder: new Feeder(clock, sink, fleet, record) };
}

const never = (): Promise<void> => new Promise(() => {});

describe('FallbackSink', () => {
  it('says what it is', () => {
    const { record } = opened(never);
    expect(record.notices).toEqual([
      'warning: kafkajs is not the version iotload knows: slow sending by producer.send',
    ]);
  });

  it.each([
    [{ code: 29 }, 'rejected refused'],
    [{ code: 10, retryCount: 0 }, 'rejected refused'],
    [{ code: 29, retryCount: 2 }, 'unknown send failed'],
    [{ code: 19 }, 'unknown send failed'],
    [new Error('no broker'), 'unknown send failed'],
  ])('takes %j for nothing but what it proves', async (error, outcome) => {
    const { clock, feeder, outcomes } = opened(() => Promise.reject(error));
    feeder.feed(2);
    await clock.advance(clock.nowUs() + 10_000);
    expect(outcomes()).toEqual([outcome, outcome]);
    expect(isRefusal(error)).toBe(outcome.startsWith('rejected'));
  });

  it('sends one call after the other, and takes no more than its window', async () => {
    const calls: number[] = [];
    const { clock, feeder, sink } = opened((_, messages) => {
      calls.push(messages.length);
      return never();
    });
    feeder.feed(5_000);
    await clock.advance(clock.nowUs() + 50_000);
    expect(calls).toEqual([1_000]);
    expect([feeder.waiting, sink.room[0]]).toEqual([904, 0]);
  });

  it('gives up at the end of a flush: unknown where it was sent, rejected where it was not; late answers change nothing', async () => {
    let answer = (): void => {};
    const { clock, record, sink, feeder, outcomes } = opened(
      () =>
        new Promise((resolve) => {
          answer = resolve;
        }),
    );
    feeder.feed(1);
    await clock.advance(clock.nowUs() + 10_000);
    feeder.feed(1);
    let done = false;
    void sink.flush(100).then(() => {
      done = true;
    });
    await clock.advance(clock.nowUs() + 200_000);
    expect([done, ...outcomes()]).toEqual([true, 'unknown timeout', 'rejected timeout unsent']);
    answer();
    await clock.advance(clock.nowUs() + 10_000);
    await sink.close();
    expect(record.repeated).toEqual([]);
    expect(sink.room[0]).toBe(4_096);
  });
});
