import { describe, expect, it } from 'vitest';
import { fleetTopics, topicNumber, topicsOfRun } from '../../../src/targets/kafka/fleet-topics.ts';
import { kafka } from '../../../src/targets/kafka/index.ts';
import { testFleet } from '../../contracts/sink.ts';
import { kafkaOptions } from './kafka-options.ts';

const own = kafkaOptions('embedded', { topic: 'turbines-<run>' });

function into(topics: Record<string, string | null>, used = false) {
  const options = fleetTopics.into(own, new Map(Object.entries(topics)), { scenario: 'a soak', used });
  return { options, many: options as unknown as Parameters<typeof topicsOfRun>[0] };
}

describe('topics of fleets', () => {
  it('change nothing where every fleet has that of the target', () => {
    expect(into({ a: null, b: 'turbines-<run>' }).options).toBe(own);
    expect(topicsOfRun(into({ a: null }).many, 'r1')).toEqual(['turbines-r1']);
    expect(into({}, true).options).toBe(own);
  });

  it('follow that of the target, which keeps its numbers, each once', () => {
    const { many } = into({ boards: 'boards', constructor: null, phones: '<scenario>-<run>', more: 'boards' });
    expect(topicsOfRun(many, 'r1')).toEqual(['turbines-r1', 'boards', 'a-soak-r1']);
    expect(['boards', 'constructor', 'phones', 'more', 'somebody'].map((fleet) => topicNumber(many, fleet))).toEqual([
      1, 0, 2, 1, 0,
    ]);
  });

  it('leave out the topic to which nobody sends', () => {
    expect(topicsOfRun(into({ boards: 'boards' }).many, 'r1')).toEqual(['boards']);
    expect(topicsOfRun(into({ boards: 'boards' }, true).many, 'r1')).toEqual(['turbines-r1', 'boards']);
  });

  it('are named by the rules of Kafka', () => {
    expect(fleetTopics.problem('boards/temperature')?.error).toBe('a Kafka topic has no "/"');
    expect(fleetTopics.problem('b-<device>')?.error).toContain('<device>');
    expect(fleetTopics.problem('b-<scenario>.<run>')).toBeNull();
  });

  it('tell a seat its partition among those of its own topic', () => {
    const { options } = into({ fleet0: null, fleet1: 'boards' });
    const fleets = [testFleet(0, 40, '<device>'), testFleet(1, 40, '<device>')];
    const seats = Array.from({ length: 40 }, (_, seat) => seat);
    const far = 1_048_576;
    const partitionOf = kafka.seatPartitions?.([0, 1, 2, far, far + 1], { options, fleets, runId: 'r1' });
    expect(new Set(seats.map((seat) => partitionOf?.(0, seat)))).toEqual(new Set([0, 1, 2]));
    expect(new Set(seats.map((seat) => partitionOf?.(1, seat)))).toEqual(new Set([far, far + 1]));
  });
});
