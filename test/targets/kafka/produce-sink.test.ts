import { describe, expect, it } from 'vitest';
import { Outcome } from '../../../src/core/outcome.ts';
import { ErrorCode } from '../../../src/wire/kafka/error-codes.ts';
import type { Deed, ModelRequest } from './model-cluster.ts';
import { SinkWorld } from './sink-world.ts';

/** The first so many requests meet with this, the others with nothing special. */
function first(count: number, deed: Deed): (request: ModelRequest) => Deed {
  let seen = 0;
  return () => (seen++ < count ? deed : {});
}

describe('a sink on brokers', () => {
  it('has one connection to each leader, and batches of several partitions in a request', async () => {
    const world = await SinkWorld.open({}, 6, 2);
    expect(world.cluster.connections.map(({ broker }) => broker.id).sort()).toEqual([0, 1]);
    world.feeder.feed(40);
    await world.pass(20);
    // The first request of each waits for the identity; every partition has its own first batch.
    expect(world.cluster.requests.map(({ batches }) => batches.length)).toEqual([3, 3]);
    expect(world.outcomes).toEqual(['acked acks-all 40']);
    expect(world.cluster.identities).toBe(1);
  });

  it('sends at once without linger, and never more requests than the window holds', async () => {
    const world = await SinkWorld.open({ lingerUs: 0, maxInFlight: 2, idempotent: false }, 1, 1);
    world.cluster.onProduce = () => ({ delayMs: 50 });
    for (let i = 0; i < 10; i++) world.feeder.feed(3);
    expect(world.cluster.requests).toHaveLength(2);
    await world.pass(200);
    // What came while the window was full went together.
    expect(world.cluster.requests).toHaveLength(3);
    expect(world.cluster.mostInFlight).toBe(2);
    expect(world.outcomes).toEqual(['acked acks-all 30']);
  });

  it('repeats over a new connection what got no answer in a third of the timeout', async () => {
    const world = await SinkWorld.open({ timeoutUs: 9_000_000 }, 1, 1);
    world.cluster.onProduce = first(1, { ends: 'mute' });
    world.feeder.feed(5);
    await world.pass(2_900);
    expect(world.cluster.connections).toHaveLength(1);
    await world.pass(1_600);
    expect(world.cluster.connections.map(({ ended }) => ended)).toEqual([true, false]);
    expect(world.outcomes).toEqual(['acked acks-all 5']);
    expect(world.cluster.values).toHaveLength(5);
    expect(world.record.again).toHaveLength(5);
    expect(world.record.notices).toEqual(['disconnected: broker:9000: request timeout', 'reconnected: broker:9000']);
  });

  it('does not know of what got no answer without idempotence', async () => {
    const world = await SinkWorld.open({ timeoutUs: 2_000_000, idempotent: false }, 1, 1);
    world.cluster.onProduce = first(1, { ends: 'mute' });
    world.feeder.feed(5);
    await world.pass(2_500);
    expect(world.outcomes).toEqual(['unknown timeout 5']);
    world.feeder.feed(5);
    await world.pass(1_000);
    expect(world.outcomes).toEqual(['acked acks-all 5', 'unknown timeout 5']);
  });

  it('sends nothing while it is throttled, and says so', async () => {
    const world = await SinkWorld.open({ lingerUs: 0 }, 1, 1);
    world.cluster.onProduce = first(1, { throttleMs: 400 });
    world.feeder.feed(1);
    await world.pass(10);
    world.feeder.feed(1);
    await world.pass(380);
    expect(world.cluster.requests).toHaveLength(1);
    expect(world.record.notices).toEqual(['throttled: broker:9000']);
    await world.pass(20);
    expect(world.outcomes).toEqual(['acked acks-all 2']);
  });

  it('replaces a connection before its login ends, with nothing in flight on it', async () => {
    const world = new SinkWorld(1, 1);
    world.cluster.replaceByUs = world.clock.nowUs() + 20_000_000;
    await world.open({ lingerUs: 0 });
    world.cluster.replaceByUs = null;
    world.cluster.onProduce = () => ({ delayMs: 40 });
    const stop = world.clock.every(10, () => world.feeder.feed(1));
    await world.pass(12_000);
    stop();
    await world.pass(500);
    expect(world.cluster.connections.map(({ ended }) => ended)).toEqual([true, false]);
    expect(world.outcomes).toEqual([`acked acks-all ${world.feeder.due}`]);
    expect(world.record.again).toEqual([]);
  });

  it('follows a leader to another broker, and a broker to another address', async () => {
    const world = await SinkWorld.open({ lingerUs: 0 }, 1, 2);
    expect(world.cluster.connections.map(({ broker }) => broker.id)).toEqual([0]);
    world.feeder.feed(3);
    await world.pass(100);
    world.cluster.leaders[0] = 1;
    world.feeder.feed(3);
    await world.pass(1_000);
    expect(world.cluster.connections.map(({ broker, ended }) => [broker.id, ended])).toEqual([
      [0, true],
      [1, false],
    ]);
    world.cluster.brokers[1] = { id: 1, host: 'elsewhere', port: 7 };
    world.cluster.cut(1);
    world.feeder.feed(3);
    await world.pass(2_000);
    expect(world.cluster.connections.at(-1)?.broker.host).toBe('elsewhere');
    expect(world.outcomes).toEqual(['acked acks-all 9']);
    expect(world.cluster.values).toHaveLength(9);
  });

  it('has no room in a lane without a leader, from the start on, until there is one', async () => {
    const world = new SinkWorld(2, 1);
    world.cluster.leaders[1] = -1;
    await world.open();
    expect([world.sink.room[0], world.sink.room[1]]).toEqual([65_536, 0]);
    world.cluster.leaders[1] = 0;
    await world.pass(2_000);
    expect(world.sink.room[1]).toBe(65_536);
    expect(world.record.drains).toContain(1);
    world.cluster.down.add(0);
    world.cluster.cut(0);
    await world.pass(50);
    expect([world.sink.room[0], world.sink.room[1]]).toEqual([0, 0]);
    world.cluster.down.clear();
    await world.pass(2_000);
    expect([world.sink.room[0], world.sink.room[1]]).toEqual([65_536, 65_536]);
  });

  it('holds no more than a few batches per lane, whatever waits', async () => {
    const world = await SinkWorld.open({ batchBytes: 16_384, maxInFlight: 5 }, 1, 1);
    world.cluster.onProduce = () => ({ ends: 'mute' });
    world.feeder.feed(20_000);
    await world.pass(1_000);
    const taken = world.feeder.due - world.feeder.waiting;
    // Seven batches of 16 KiB hold about 700 of these events; one more batch of the engine may come on top.
    expect(taken).toBeGreaterThan(300);
    expect(taken).toBeLessThan(900);
    expect(world.sink.room[0]).toBe(0);
  });

  it.each([
    ['an answer to another request', Buffer.from('7fffffff0000000000000000', 'hex')],
    ['what is no answer', Buffer.from('00')],
  ])('ends a connection that gives %s', async (_, frame) => {
    const world = await SinkWorld.open({}, 1, 1);
    world.cluster.onProduce = first(1, { frame });
    world.feeder.feed(3);
    await world.pass(2_000);
    expect(world.cluster.connections).toHaveLength(2);
    expect(world.outcomes).toEqual(['acked acks-all 3']);
    expect(world.record.notices[0]).toBe('disconnected: broker:9000: an answer to something else');
  });

  it('takes no answer about a partition for none that proves anything', async () => {
    const world = await SinkWorld.open({ idempotent: false }, 1, 1);
    // Correlation id 0, one topic, no partition, no throttle.
    const frame = Buffer.from('00000000' + '00000001' + '00016d' + '00000000' + '00000000', 'hex');
    world.cluster.onProduce = first(1, { frame });
    world.feeder.feed(3);
    await world.pass(100);
    expect(world.outcomes).toEqual(['unknown unknown server error 3']);
  });

  it('gives up at the end of a flush: unknown where it was sent, rejected where it was not', async () => {
    const world = await SinkWorld.open({ maxInFlight: 1, lingerUs: 0 }, 1, 1);
    world.cluster.onProduce = () => ({ ends: 'mute' });
    world.feeder.feed(3);
    await world.pass(10);
    world.feeder.feed(4);
    await world.done(world.sink.flush(500));
    expect(world.outcomes).toEqual(['rejected timeout unsent 4', 'unknown timeout 3']);
    await world.done(world.sink.close());
    expect(world.record.outcomes.size).toBe(7);
  });

  it('publishes outside the schedule, and says why not', async () => {
    const world = await SinkWorld.open({}, 3, 1);
    await world.done(world.sink.publish('somewhere', Buffer.from('probe')));
    expect(world.cluster.logs.flatMap(({ records }) => records)).toMatchObject([{ key: 'somewhere', value: 'probe' }]);
    world.cluster.onProduce = () => ({ code: ErrorCode.topicAuthorizationFailed });
    await expect(world.done(world.sink.publish('', Buffer.from('probe')))).rejects.toMatchObject({
      code: 'target-unreachable',
      message: 'a record to partition 0 of topic model was not taken: topic authorization failed',
    });
    expect(world.record.outcomes.size).toBe(0);
  });

  it('is not opened on a topic that does not exist, nor where a leader cannot be reached; the cluster is closed', async () => {
    const none = new SinkWorld(0, 1);
    await expect(none.open()).rejects.toMatchObject({ code: 'target-refused' });
    expect(none.cluster.closed).toBe(1);
    const unreachable = new SinkWorld(2, 2);
    unreachable.cluster.connect = () => Promise.reject(new Error('refused'));
    await expect(unreachable.open()).rejects.toThrow('refused');
    expect(unreachable.cluster.closed).toBe(1);
  });

  it('halves batches that are too large for the broker, and says so', async () => {
    const world = await SinkWorld.open({}, 1, 1);
    world.cluster.onProduce = ({ batches }) =>
      batches.some(({ bytes }) => bytes.length > 4_000) ? { code: ErrorCode.messageTooLarge } : {};
    world.feeder.feed(300);
    await world.pass(5_000);
    expect(world.outcomes).toEqual(['acked acks-all 300']);
    expect(world.cluster.values).toHaveLength(300);
    expect(world.record.notices).toContain('warning: message too large: batches are halved');
    expect([...world.record.outcomes.values()].every(({ outcome }) => outcome === Outcome.acked)).toBe(true);
  });
});
