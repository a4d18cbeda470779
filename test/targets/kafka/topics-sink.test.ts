import { describe, expect, it } from 'vitest';
import { createEventBatch } from '../../../src/core/event-batch.ts';
import { Outcome } from '../../../src/core/outcome.ts';
import { openTopicsSink, type TopicPart } from '../../../src/targets/kafka/topics-sink.ts';
import type { Sink, SinkContext } from '../../../src/targets/target.ts';
import { SinkRecord, sinkContext, testFleet } from '../../contracts/sink.ts';

const far = 1_048_576;
const fleets = [testFleet(0, 10, 'a'), testFleet(1, 10, 'b'), testFleet(3, 10, 'a')];
/** The second fleet sends to the second topic. */
const topicOf = (fleet: string): number => (fleet === 'fleet1' ? 1 : 0);

/** A topic that says what becomes of it. */
class Topic implements TopicPart {
  readonly partitions: number;
  readonly said: string[] = [];
  context: SinkContext | null = null;
  among: { room: Int32Array; share: number } | null = null;

  constructor(partitions: number) {
    this.partitions = partitions;
  }

  async open(context: SinkContext, among?: { room: Int32Array; share: number }): Promise<Sink> {
    this.context = context;
    this.among = among ?? null;
    const say = (what: string): Promise<void> => Promise.resolve(void this.said.push(what));
    return {
      lanes: this.partitions,
      room: this.among?.room as Int32Array,
      laneOf: (_, seat) => seat % this.partitions,
      send: ({ fleet }) => this.said.push(`send ${fleet}`),
      flush: (ms) => say(`flush ${ms}`),
      close: () => say('close sink'),
      publish: (address, _, fleet) => say(`publish ${address} ${fleet}`),
    };
  }

  close = (): Promise<void> => Promise.resolve(void this.said.push('close topic'));
}

interface Counted {
  partitions: number[][];
  connections: number[][];
}

async function open(topics: readonly Topic[] = [new Topic(2), new Topic(3)], fails?: 'ready' | 'open') {
  const record = new SinkRecord();
  const counted: Counted = { partitions: [], connections: [] };
  const events = Object.assign(record, {
    partition: (...told: number[]) => counted.partitions.push(told),
    connections: (...told: number[]) => counted.connections.push(told),
  });
  const last = topics.at(-1) as Topic;
  if (fails === 'open') last.open = () => Promise.reject(new Error('no'));
  const ready = async (name: string): Promise<TopicPart> => {
    const topic = topics[Number(name)] as Topic;
    if (fails === 'ready' && topic === last) throw new Error('no');
    return topic;
  };
  const names = topics.map((_, i) => `${i}`);
  return { topics, record, counted, opened: openTopicsSink(names, topicOf, ready, sinkContext(events, fleets)) };
}

describe('a sink of several topics', () => {
  it('has the lanes of one behind those of the other, each sink in its own stretch of the room', async () => {
    const { opened, topics } = await open();
    const sink = await opened;
    expect(sink.lanes).toBe(5);
    for (const [i, { among }] of topics.entries()) among?.room.fill(i + 1);
    expect([...sink.room]).toEqual([1, 1, 2, 2, 2]);
    expect(topics.map(({ among }) => among?.share)).toEqual([0.5, 0.5]);
    expect([sink.laneOf(0, 3), sink.laneOf(1, 3), sink.laneOf(1, 5), sink.laneOf(3, 2)]).toEqual([1, 2, 4, 0]);
  });

  it('gives each topic its fleets, and their events and markers', async () => {
    const { opened, topics } = await open();
    const sink = await opened;
    expect(topics.map(({ context }) => context?.fleets.map(({ name }) => name))).toEqual([
      ['fleet0', 'fleet3'],
      ['fleet1'],
    ]);
    for (const fleet of [0, 1, 3]) {
      const batch = createEventBatch(1, 1);
      batch.fleet = fleet;
      sink.send(batch, 0);
    }
    await sink.publish('m', Buffer.alloc(0), 1);
    await sink.publish('m', Buffer.alloc(0), 2);
    await sink.flush(7);
    await sink.close();
    expect(topics.map(({ said }) => said)).toEqual([
      ['send 0', 'send 3', 'publish m 2', 'flush 7', 'close sink'],
      ['send 1', 'publish m 1', 'flush 7', 'close sink'],
    ]);
  });

  it('numbers lanes and partitions of the second behind those of the first, and adds up connections', async () => {
    const { opened, topics, record, counted } = await open();
    await opened;
    const [first, second] = topics.map(({ context }) => context?.events);
    first?.drained(1);
    second?.drained(1);
    first?.partition?.(1, 5, 0);
    second?.partition?.(1, 0, 6);
    first?.connections?.(1, 2);
    second?.connections?.(3, 3);
    second?.settled(1, Float64Array.of(9), Float64Array.of(1), 1, Outcome.acked, '', 2);
    second?.resent(1, Float64Array.of(9), 1, false);
    second?.notice('warning', 'slow', 1);
    expect(record.drains).toEqual([1, 3]);
    expect(counted).toEqual({
      partitions: [
        [1, 5, 0],
        [far + 1, 0, 6],
      ],
      connections: [
        [1, 2],
        [4, 5],
      ],
    });
    expect([...record.outcomes.keys(), ...record.again, ...record.notices]).toEqual(['1/9', '1/9', 'warning: slow']);
  });

  it('leaves nothing open where a topic is not ready, or does not open', async () => {
    const unready = await open(undefined, 'ready');
    await expect(unready.opened).rejects.toThrow('no');
    expect(unready.topics.map(({ said }) => said)).toEqual([['close topic'], []]);
    const unopened = await open([new Topic(1), new Topic(1)], 'open');
    await expect(unopened.opened).rejects.toThrow('no');
    expect(unopened.topics.map(({ said }) => said)).toEqual([['close sink'], ['close topic']]);
  });
});
