import { describe, expect, it } from 'vitest';
import type { BridgePlan } from '../../../src/brokers/bridge/bridge-plan.ts';
import { type BridgeRecord, Forwarder, type HarmRecord } from '../../../src/brokers/bridge/forwarder.ts';
import { VirtualClock } from '../../simulation/virtual-clock.ts';

/** A forwarder under a virtual clock, before a Kafka that answers after 5 ms. */
class World {
  readonly clock = new VirtualClock();
  readonly records: (BridgeRecord & { atUs: number })[] = [];
  readonly requests: number[] = [];
  readonly kept: HarmRecord[] = [];
  readonly settled: string[] = [];
  rooms = 0;
  failures: Error[] = [];
  /** What the next request ends with. */
  refusal: Error | null = null;
  /** How many records the log holds. */
  logRoom = Number.POSITIVE_INFINITY;
  readonly forwarder: Forwarder;
  #underWay = 0;

  constructor(plan: Partial<BridgePlan> = {}) {
    const whole = {
      routes: [{ filter: '#', topic: 'lake' }],
      wrap: 'none',
      key: 'topic',
      faults: {},
      ...plan,
    } as const;
    this.forwarder = new Forwarder({
      clock: this.clock,
      plan: whole,
      send: (records) => this.#send(records),
      keep: (done) => {
        this.kept.push(...done);
        return this.kept.length < this.logRoom;
      },
      room: () => {
        this.rooms++;
      },
      failed: (error) => this.failures.push(error),
    });
  }

  give(payload: string | Buffer, topic = 'a/b'): void {
    const bytes = Buffer.from(payload);
    const settled = (): void => void this.settled.push(bytes.toString());
    this.forwarder.take({ topic, payload: bytes, qos: 1, retain: false, dup: false, settled });
  }

  async pass(ms: number): Promise<void> {
    await this.clock.advance(this.clock.nowUs() + ms * 1000);
  }

  values(): string[] {
    return this.records.map(({ value }) => value.toString());
  }

  async #send(records: readonly BridgeRecord[]): Promise<void> {
    expect(this.#underWay++).toBe(0);
    this.requests.push(records.length);
    await new Promise<void>((resolve) => {
      this.clock.after(5, resolve);
    });
    this.#underWay--;
    if (this.refusal !== null) throw this.refusal;
    this.records.push(...records.map((record) => ({ ...record, atUs: this.clock.nowUs() })));
  }
}

const numbers = (count: number): string[] => Array.from({ length: count }, (_, i) => `${i}`);

describe('without faults', () => {
  it('each message becomes one record, in order, one request at a time, and is settled behind it', async () => {
    const world = new World();
    const wallMs = Math.floor(world.clock.wallUs() / 1000);
    world.give('0');
    world.give('1', 'c');
    await world.pass(4);
    expect(world.settled).toEqual([]);
    world.give('2');
    await world.pass(2);
    expect(world.settled).toEqual(['0', '1']);
    await world.pass(10);
    expect(world.settled).toEqual(['0', '1', '2']);
    expect(world.values()).toEqual(['0', '1', '2']);
    expect(world.requests).toEqual([2, 1]);
    expect(world.records[0]).toMatchObject({ topic: 'lake', key: 'a/b', timestampMs: wallMs });
    expect(world.records[1]).toMatchObject({ key: 'c', timestampMs: wallMs });
    expect(world.records[2]).toMatchObject({ timestampMs: wallMs + 4 });
    expect(world.forwarder.counts).toEqual({ came: 3, produced: 3, dropped: 0, doubled: 0, open: 0 });
  });

  it('goes to the topic of its route, under the client that its topic names; without a route nowhere', async () => {
    const routes = [
      { filter: 'pir/+', topic: 'pir_test' },
      { filter: 'dht/#', topic: 'dht' },
    ];
    const world = new World({ routes, key: { level: 2 } });
    world.give('0', 'pir/board-1');
    world.give('1', 'dht/board-2/temp');
    world.give('2', 'dht');
    world.give('3', 'sonar/board-1');
    await world.pass(20);
    expect(world.records.map(({ topic, key }) => [topic, key])).toEqual([
      ['pir_test', 'board-1'],
      ['dht', 'board-2'],
      ['dht', 'dht'],
    ]);
    expect(world.settled).toEqual(['3', '0', '1', '2']);
  });

  it('wraps it into the result of a rule', async () => {
    const world = new World({ wrap: 'rule', key: { level: 1 } });
    world.give('{"msg": "23"}', 'board-1/temp');
    await world.pass(10);
    const result = JSON.parse(world.values()[0] as string);
    expect(result).toMatchObject({ payload: '{"msg": "23"}', topic: 'board-1/temp', clientid: 'board-1', qos: 1 });
  });

  it('is full at its bounds, and says when there is room', async () => {
    const world = new World();
    for (const payload of numbers(3999)) world.give(payload);
    expect(world.forwarder.isFull).toBe(false);
    world.give('3999');
    expect(world.forwarder.isFull).toBe(true);
    await world.pass(6);
    expect([world.rooms, world.forwarder.isFull]).toEqual([1, false]);
    await world.pass(100);
    expect(world.values()).toEqual(numbers(4000));
    expect(world.requests).toEqual([1000, 1000, 1000, 1000]);
    const large = new World();
    for (let i = 0; i < 33; i++) large.give(Buffer.alloc(1024 * 1024, 97));
    expect(large.forwarder.isFull).toBe(true);
    await large.pass(6);
    // Each is larger than a request may be, and goes alone.
    expect(large.requests).toEqual([1, 1]);
  });

  it('says so once where Kafka takes nothing, and settles nothing more', async () => {
    const world = new World();
    world.refusal = new Error('too large');
    world.give('0');
    await world.pass(20);
    world.give('1');
    await world.pass(20);
    expect(world.failures).toEqual([world.refusal]);
    expect([world.settled, world.requests]).toEqual([[], [1]]);
  });

  it('drains what it has', async () => {
    const world = new World();
    await world.forwarder.drain(100);
    world.give('0');
    const drained = world.forwarder.drain(100);
    await world.pass(10);
    await drained;
    expect(world.values()).toEqual(['0']);
  });

  it('drains no longer than it was told', async () => {
    const world = new World();
    world.give('0');
    const drained = world.forwarder.drain(1);
    await world.pass(2);
    await drained;
    world.forwarder.stop();
    await world.pass(10);
    expect([world.settled, world.forwarder.counts.open]).toEqual([[], 1]);
  });
});

describe('with faults', () => {
  const some = { faults: { seed: 7, drop: { share: 0.01 }, double: { share: 0.02 } } };

  it('drops and doubles by the seed alone, and keeps what it did before it settles', async () => {
    const [one, other, third] = [new World(some), new World(some), new World({ faults: { ...some.faults, seed: 8 } })];
    for (const world of [one, other, third]) {
      for (const payload of numbers(3000)) world.give(payload, `t/${payload}`);
      await world.pass(100);
      expect(world.settled).toEqual(numbers(3000));
    }
    expect(other.kept).toEqual(one.kept);
    expect(third.kept).not.toEqual(one.kept);
    const of = (kind: string): number[] => one.kept.filter((done) => done.kind === kind).map(({ ordinal }) => ordinal);
    const [dropped, doubled] = [new Set(of('drop')), new Set(of('double'))];
    // 30 ± 5.5 and 59 ± 7.6 by the binomial distribution.
    expect(dropped.size).toBeGreaterThan(10);
    expect(dropped.size).toBeLessThan(50);
    expect(doubled.size).toBeGreaterThan(30);
    expect(doubled.size).toBeLessThan(90);
    expect(one.values()).toEqual(
      numbers(3000).flatMap((value, i) => (dropped.has(i) ? [] : doubled.has(i) ? [value, value] : [value])),
    );
    expect(one.kept[0]).toMatchObject({ to: 'lake', key: `t/${one.kept[0]?.ordinal}`, topic: one.kept[0]?.key });
    const counts = { came: 3000, dropped: dropped.size, doubled: doubled.size, open: 0 };
    expect(one.forwarder.counts).toEqual({ ...counts, produced: 3000 - dropped.size + doubled.size });
  });

  it('touches no readiness marker, and counts none', async () => {
    const world = new World({ faults: { drop: { share: 1 }, delayMs: 1000 } });
    world.give('{"iotload":"probe","run":"r"}');
    world.give('0');
    await world.pass(10);
    expect(world.values()).toEqual(['{"iotload":"probe","run":"r"}']);
    await world.pass(1000);
    expect(world.kept).toMatchObject([{ kind: 'drop', ordinal: 0 }]);
    expect(world.forwarder.counts).toEqual({ came: 1, produced: 0, dropped: 1, doubled: 0, open: 0 });
  });

  it('does no more harm than its log holds', async () => {
    const world = new World({ faults: { drop: { share: 1 } } });
    world.logRoom = 2;
    for (const payload of numbers(3)) {
      world.give(payload);
      await world.pass(10);
    }
    expect(world.values()).toEqual(['2']);
  });

  it('delays each message as long as it was told', async () => {
    const world = new World({ faults: { delayMs: 100 } });
    const startUs = world.clock.nowUs();
    world.give('0');
    await world.pass(30);
    world.give('1');
    await world.pass(200);
    expect(world.records.map(({ atUs }) => atUs - startUs)).toEqual([105_000, 135_000]);
  });

  it('produces nothing while it stalls, then all in order', async () => {
    const world = new World({ faults: { stall: { everyMs: 1000, forMs: 400, firstAfterMs: 100 } } });
    const startUs = world.clock.nowUs();
    await world.pass(150);
    for (const payload of numbers(5)) world.give(payload);
    await world.pass(800);
    world.give('5');
    await world.pass(1000);
    expect(world.values()).toEqual(numbers(6));
    expect(world.records.map(({ atUs }) => atUs - startUs)).toEqual([...Array(5).fill(505_000), 955_000]);
  });

  it('ends stalls and delays to drain', async () => {
    const stalling = { everyMs: 1e6, forMs: 9e5, firstAfterMs: 0 };
    const world = new World({ faults: { stall: stalling, delayMs: 5000 } });
    await world.pass(1);
    world.give('0');
    const drained = world.forwarder.drain(1000);
    await world.pass(10);
    await drained;
    expect(world.values()).toEqual(['0']);
  });
});
