import { describe, expect, it } from 'vitest';
import { ShardWorld } from './shard-world.ts';

const [A, B] = ['shardId-000000000000', 'shardId-000000000001'] as const;

describe('reading a stream', () => {
  it('leaves out what was there, and delivers what comes', async () => {
    const world = new ShardWorld();
    world.stream.put(A, 'old');
    const reader = await world.open();
    world.stream.put(A, 'a', 'b');
    world.stream.put(B, 'c');
    expect(await world.during(reader.readToEnd(10_000))).toEqual({ complete: true });
    expect(world.arrived.sort()).toEqual(['a', 'b', 'c']);
    expect(reader.health()).toEqual({ gaps: 0, gapNames: [], fullReads: 0, brokerDropped: null });
    await reader.close();
    expect(world.stream.closed).toBe(true);
  });

  it('reads everything there is when nobody knows how far an earlier reader came', async () => {
    const world = new ShardWorld();
    world.stream.put(A, 'old');
    const [left] = world.stream.split(A);
    world.stream.put(left, 'younger');
    const reader = await world.open({ fromStart: true });
    expect(await world.during(reader.readToEnd(10_000))).toEqual({ complete: true });
    expect(world.arrived).toEqual(['old', 'younger']);
  });

  it('waits for a stream that is not there yet, and reads it from its beginning', async () => {
    const world = new ShardWorld();
    world.stream.exists = false;
    const reader = await world.open();
    world.stream.put(A, 'first');
    world.stream.exists = true;
    await world.until(() => world.arrived.length === 1);
    expect(await world.during(reader.readToEnd(10_000))).toEqual({ complete: true });
  });

  it('reads a stream that is being made from its beginning', async () => {
    const world = new ShardWorld(1);
    world.stream.status = 'CREATING';
    world.stream.put(A, 'early');
    const reader = await world.open();
    expect(reader.positions()).toBeNull();
    world.stream.status = 'ACTIVE';
    await world.until(() => world.arrived.length === 1);
    await reader.close();
  });

  it('makes so many calls at once', async () => {
    const world = new ShardWorld(100);
    const reader = await world.open();
    expect(world.stream.mostAtOnce).toBe(32);
    await reader.close();
  });

  it('reads a shard at most four times a second, which leaves one to others, and once a poll where nothing comes', async () => {
    const world = new ShardWorld(1);
    const reader = await world.open({}, 1);
    await world.seconds(2);
    const idle = world.stream.calls.length;
    await world.seconds(10);
    expect(world.stream.calls.length - idle).toBe(40);
    world.stream.put(A, ...Array.from({ length: 60 }, (_, i) => `${i}`));
    await world.seconds(10);
    const times = world.stream.calls.filter(({ call }) => call === 'read').map(({ atUs }) => atUs);
    times.forEach((atUs, i) => {
      if (i >= 4) expect(atUs - (times[i - 4] as number)).toBeGreaterThanOrEqual(1_000_000);
    });
    expect(world.arrived.length).toBeGreaterThanOrEqual(39);
    expect(reader.health().fullReads).toBeGreaterThan(30);
    await reader.close();
  });

  it('is not at the end before what was just acknowledged could be seen', async () => {
    const world = new ShardWorld(1);
    world.stream.hiddenMs = 900;
    const reader = await world.open();
    world.stream.put(A, 'late');
    expect(await world.during(reader.readToEnd(10_000))).toEqual({ complete: true });
    expect(world.arrived).toEqual(['late']);
  });

  it('says which shard it has not read to its end, when time is up', async () => {
    const world = new ShardWorld(2);
    world.stream.most = 1;
    const reader = await world.open();
    world.stream.put(B, ...Array.from({ length: 100 }, (_, i) => `${i}`));
    expect(await world.during(reader.readToEnd(2_000))).toEqual({ complete: false });
    expect(world.notices.join()).toMatch(`shard ${B} was not read to its end: there was no time for it, `);
    expect(reader.health().gaps).toBe(0);
  });

  it('delivers nothing after it was closed', async () => {
    const world = new ShardWorld(1);
    const reader = await world.open();
    world.stream.put(A, 'unseen');
    await reader.close();
    const calls = world.stream.calls.length;
    await world.seconds(5);
    expect(world.arrived).toEqual([]);
    expect(world.stream.calls.length).toBe(calls);
  });

  it('looks for nothing after it was closed', async () => {
    const world = new ShardWorld(1);
    world.stream.exists = false;
    const reader = await world.open();
    const late = reader.readToEnd(60_000);
    await world.seconds(1);
    await reader.close();
    const calls = world.stream.calls.length;
    expect(await world.during(late)).toEqual({ complete: false });
    await world.seconds(5);
    expect(world.stream.calls.length).toBe(calls);
  });

  it('is not complete where nobody says which shards there are', async () => {
    const world = new ShardWorld(1);
    const reader = await world.open();
    world.stream.refuse = (call) => (call === 'describe' ? 'ambiguous' : null);
    expect(await world.during(reader.readToEnd(4_000))).toEqual({ complete: false });
    world.stream.refuse = (call) => (call === 'shards' ? 'throttled' : null);
    expect(await world.during(reader.readToEnd(4_000))).toEqual({ complete: false });
    world.stream.refuse = () => null;
    expect(await world.during(reader.readToEnd(4_000))).toEqual({ complete: true });
    await reader.close();
  });
});

describe('resharding', () => {
  it('reads the halves of a shard after it, in the order of their events', async () => {
    const world = new ShardWorld(1);
    world.stream.most = 2;
    const reader = await world.open();
    world.stream.put(A, '1', '2', '3', '4', '5');
    const [left, right] = world.stream.split(A);
    world.stream.put(left, '6');
    world.stream.put(right, '7');
    expect(await world.during(reader.readToEnd(10_000))).toEqual({ complete: true });
    expect(world.arrived.slice(0, 5)).toEqual(['1', '2', '3', '4', '5']);
    expect(world.arrived.slice(5).sort()).toEqual(['6', '7']);
  });

  it('reads what two shards became only after both', async () => {
    const world = new ShardWorld(2);
    world.stream.most = 1;
    const reader = await world.open();
    world.stream.put(A, 'a');
    world.stream.put(B, ...Array.from({ length: 20 }, (_, i) => `b${i}`));
    const merged = world.stream.merge(A, B);
    world.stream.put(merged, 'm');
    await world.until(() => world.arrived.includes('m'));
    expect(world.arrived).toHaveLength(22);
    expect(world.arrived.at(-1)).toBe('m');
    expect(await world.during(reader.readToEnd(10_000))).toEqual({ complete: true });
  });

  it('follows several generations at once', async () => {
    const world = new ShardWorld(1);
    const reader = await world.open();
    world.stream.put(A, '0');
    const [left, right] = world.stream.split(A);
    world.stream.put(left, '1');
    const merged = world.stream.merge(left, right);
    world.stream.put(merged, '2');
    const [last] = world.stream.split(merged);
    world.stream.put(last, '3');
    expect(await world.during(reader.readToEnd(10_000))).toEqual({ complete: true });
    expect(world.arrived).toEqual(['0', '1', '2', '3']);
  });

  it('is not complete while a shard that ended has no heirs that are known', async () => {
    const world = new ShardWorld(1);
    const reader = await world.open();
    world.stream.shard(A).open = false;
    expect(await world.during(reader.readToEnd(3_000))).toEqual({ complete: false });
    const heir = world.stream.add([A]);
    world.stream.put(heir, 'x');
    await world.until(() => world.arrived.length === 1);
    expect(await world.during(reader.readToEnd(3_000))).toEqual({ complete: true });
  });

  it('begins at the end of the open shards of a stream that was resharded before', async () => {
    const world = new ShardWorld(1);
    world.stream.put(A, 'old');
    const [left, right] = world.stream.split(A);
    world.stream.put(left, 'old too');
    const reader = await world.open();
    world.stream.put(right, 'new');
    expect(await world.during(reader.readToEnd(5_000))).toEqual({ complete: true });
    expect(world.arrived).toEqual(['new']);
    expect(world.stream.calls.some(({ shard }) => shard === A)).toBe(false);
  });
});

describe('calls that fail', () => {
  it('comes back more slowly when it is throttled, and says so', async () => {
    const world = new ShardWorld(1);
    const reader = await world.open();
    let refused = 0;
    world.stream.refuse = (call) => (call === 'read' && refused++ < 5 ? 'throttled' : null);
    world.stream.put(A, 'x');
    await world.until(() => world.arrived.length === 1);
    expect(world.notices).toEqual(Array.from({ length: 5 }, () => `throttled: ${A} (reader)`));
    expect(await world.during(reader.readToEnd(5_000))).toEqual({ complete: true });
  });

  it('names so many shards and no more', async () => {
    const world = new ShardWorld(70);
    const reader = await world.open();
    let refusing = true;
    world.stream.refuse = (call) => (call === 'read' && refusing ? 'throttled' : null);
    await world.seconds(1);
    refusing = false;
    expect(new Set(world.notices).size).toBe(65);
    expect(world.notices).toContain('throttled: other shards (reader)');
    await reader.close();
  });

  it.each(['ambiguous', 'malformed', 'expired-iterator'] as const)('loses and doubles nothing: %s', async (failure) => {
    const world = new ShardWorld(2);
    world.stream.most = 3;
    const reader = await world.open();
    let calls = 0;
    world.stream.refuse = (call) => (call === 'read' && calls++ % 3 === 0 ? failure : null);
    const expected: string[] = [];
    for (let i = 0; i < 30; i++) {
      world.stream.put(i % 2 === 0 ? A : B, `${i}`);
      expected.push(`${i}`);
    }
    expect(await world.during(reader.readToEnd(60_000))).toEqual({ complete: true });
    expect(world.arrived.sort()).toEqual(expected.sort());
  });

  it('finds its place again when no record was read before the iterator became too old', async () => {
    const world = new ShardWorld(1);
    const reader = await world.open();
    await world.seconds(1);
    world.stream.put(A, 'x');
    let once = true;
    world.stream.refuse = (call) => {
      const refuses = once && call === 'read';
      if (refuses) once = false;
      return refuses ? 'expired-iterator' : null;
    };
    await world.until(() => world.arrived.length > 0);
    expect(world.arrived).toEqual(['x']);
    expect(world.stream.calls.some(({ call }) => call === 'iterator time')).toBe(true);
    await reader.close();
  });

  it('opens later where it is throttled, and not where it may not read', async () => {
    const patient = new ShardWorld(1);
    let refused = 0;
    patient.stream.refuse = () => (refused++ < 3 ? 'throttled' : null);
    await patient.open();

    for (const call of ['describe', 'shards', 'iterator', 'read']) {
      const world = new ShardWorld(1);
      world.stream.refuse = (name) => (name === call ? 'refused' : null);
      await expect(world.open()).rejects.toMatchObject({ failure: 'refused' });
    }
  });

  it('rejects where nobody answers', async () => {
    const world = new ShardWorld(1);
    world.stream.refuse = () => 'ambiguous';
    await expect(world.open()).rejects.toMatchObject({ failure: 'ambiguous' });
    const half = new ShardWorld(2);
    half.stream.refuse = (call, shard) => (call === 'read' && shard === B ? 'ambiguous' : null);
    await expect(half.open()).rejects.toMatchObject({ failure: 'ambiguous', reason: 'timeout' });
  });
});

describe('gaps', () => {
  it('names a shard that went before it was read to its end', async () => {
    const world = new ShardWorld(2);
    const reader = await world.open();
    world.stream.shardMap.delete(A);
    await world.until(() => reader.health().gaps > 0);
    expect(reader.health().gapNames).toEqual([`shard ${A} of meters went before it was read to its end`]);
    world.stream.put(B, 'b');
    expect(await world.during(reader.readToEnd(5_000))).toEqual({ complete: false });
    expect(world.arrived).toEqual(['b']);
    const calls = world.stream.calls.filter(({ shard }) => shard === A).length;
    await world.seconds(10);
    expect(world.stream.calls.filter(({ shard }) => shard === A).length).toBe(calls);
  });

  it('names a stream that was taken away', async () => {
    const world = new ShardWorld(1);
    const reader = await world.open();
    world.stream.exists = false;
    world.stream.shardMap.clear();
    await world.until(() => reader.health().gaps > 0);
    expect(reader.health().gapNames).toEqual(['stream meters is not there any more']);
    expect(await world.during(reader.readToEnd(2_000))).toEqual({ complete: false });
  });

  it('names a stream that was deleted and made again, and reads the new one', async () => {
    const world = new ShardWorld(2);
    const reader = await world.open();
    world.stream.put(A, 'before');
    await world.until(() => world.arrived.length === 1);
    world.stream.makeAgain(1);
    world.stream.put(A, 'after');
    expect(await world.during(reader.readToEnd(5_000))).toEqual({ complete: false });
    expect(reader.health().gapNames).toEqual(['stream meters was deleted and made again']);
    expect(world.arrived).toEqual(['before', 'after']);
  });

  it('names records that went before they were read', async () => {
    const world = new ShardWorld(1);
    world.stream.retentionHours = 1;
    world.stream.most = 1;
    const reader = await world.open();
    world.stream.put(A, '1');
    await world.until(() => world.arrived.length === 1);
    world.stream.put(A, '2', '3');
    world.stream.refuse = (call) => (call === 'read' ? 'ambiguous' : null);
    await world.seconds(1);
    world.stream.refuse = () => null;
    world.clock.advanceTo(world.clock.nowUs() + 3_601_000_000);
    await world.until(() => world.arrived.length > 1);
    expect(reader.health().gapNames).toEqual([
      `records of shard ${A} were deleted before they were read (kept for 1 h)`,
    ]);
    await reader.close();
  });
});

describe('going on where an earlier reader was', () => {
  it('reads each record once, also of shards that were split in between', async () => {
    const world = new ShardWorld(3);
    const C = 'shardId-000000000002';
    const first = await world.open();
    world.stream.put(A, 'a1');
    world.stream.put(B, 'b1');
    await world.until(() => world.arrived.length === 2);
    const positions: unknown = JSON.parse(JSON.stringify(first.positions()));
    await first.close();
    world.stream.put(A, 'a2');
    world.stream.put(C, 'c1');
    const [left] = world.stream.split(B);
    world.stream.put(left, 'b2');
    const second = await world.open({ resumeFrom: positions });
    expect(await world.during(second.readToEnd(5_000))).toEqual({ complete: true });
    expect(world.arrived.sort()).toEqual(['a1', 'a2', 'b1', 'b2', 'c1']);
  });

  it('does not read again what was read to its end', async () => {
    const world = new ShardWorld(1);
    const first = await world.open();
    world.stream.put(A, '1');
    const [left] = world.stream.split(A);
    world.stream.put(left, '2');
    await world.until(() => world.arrived.length === 2);
    const positions: unknown = JSON.parse(JSON.stringify(first.positions()));
    await first.close();
    const second = await world.open({ resumeFrom: positions });
    expect(await world.during(second.readToEnd(5_000))).toEqual({ complete: true });
    expect(world.arrived).toEqual(['1', '2']);
  });

  it('keeps the gaps, and adds that the stream is another, or that records were kept for a shorter time', async () => {
    const world = new ShardWorld(1);
    world.stream.retentionHours = 1;
    const first = await world.open();
    const positions = JSON.parse(JSON.stringify(first.positions()));
    await first.close();
    const later = await world.open({ resumeFrom: { ...positions, gaps: ['something'], createdMs: 3 } });
    expect(later.health().gapNames).toEqual(['something', 'stream meters was deleted and made again']);
    await later.close();
    world.clock.advanceTo(world.clock.nowUs() + 3_600_000_000);
    const last = await world.open({ resumeFrom: positions });
    expect(last.health().gapNames).toEqual(['records may have been deleted before they were read (kept for 1 h)']);
    await last.close();
  });
});
