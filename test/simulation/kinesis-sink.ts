import type { KinesisCalls } from '../../src/targets/kinesis/calls.ts';
import { ShardMap } from '../../src/targets/kinesis/shard-map.ts';
import { PutSink } from '../../src/targets/kinesis/sink.ts';
import type { Sink, SinkContext, SinkEvents } from '../../src/targets/target.ts';
import { type KinesisWorld, SimulatedCalls } from './kinesis-calls.ts';
import { add, keyOf } from './kinesis-service.ts';

/** The sink of Kinesis as it is, on simulated calls; what it tells is told to the world first. */
export async function openKinesisSink(
  world: KinesisWorld,
  context: SinkContext,
  twisted: (calls: KinesisCalls) => KinesisCalls,
): Promise<[Sink, SimulatedCalls]> {
  const { setting, broker, dice } = world;
  const { kinesis } = setting;
  const calls = new SimulatedCalls(world, kinesis.timeoutUs);
  const rooms = new Rooms(broker.violated.bind(broker));
  const sink = new PutSink(twisted(calls), 'simulated', new ShardMap(await calls.shards()), kinesis, {
    ...context,
    random: () => dice.next(),
    events: watched(world, context.events, rooms),
  });
  rooms.watch(sink, (fleet) => (setting.plan.fleets[fleet] as { devices: number }).devices);
  const decoder = new TextDecoder();
  const watching: Sink = {
    lanes: sink.lanes,
    room: sink.room,
    laneOf: (fleet, seat) => sink.laneOf(fleet, seat),
    send(batch, atUs) {
      for (let i = 0; i < batch.count; i++) {
        const payload = decoder.decode(batch.bytes.subarray(batch.payloads[i], batch.ends[i]));
        broker.know(payload, batch.fleet, batch.slots[i] as number);
        rooms.took(batch.fleet, batch.slots[i] as number);
      }
      sink.send(batch, atUs);
      rooms.check();
    },
    async flush(timeoutMs) {
      broker.deadlinesUs.push(context.clock.nowUs() + timeoutMs * 1000);
      await sink.flush(timeoutMs);
      rooms.checkRest();
    },
    close: () => sink.close(),
    publish: (address, payload) => sink.publish(address, payload),
  };
  return [watching, calls];
}

/** Whether a lane ever has more room than it had at the start, or less when nothing is on the way. */
class Rooms {
  readonly #violated: (what: string) => void;
  #sink: Sink | null = null;
  #devicesOf: (fleet: number) => number = () => 1;
  #windows: number[] = [];
  #taken: number[] = [];

  constructor(violated: (what: string) => void) {
    this.#violated = violated;
  }

  watch(sink: Sink, devicesOf: (fleet: number) => number): void {
    this.#sink = sink;
    this.#devicesOf = devicesOf;
    this.#windows = [...sink.room];
    this.#taken = this.#windows.map(() => 0);
  }

  took(fleet: number, slot: number): void {
    this.#move(fleet, slot, 1);
  }

  gave(fleet: number, slot: number): void {
    this.#move(fleet, slot, -1);
  }

  check(): void {
    for (const [lane, window] of this.#windows.entries()) {
      const [room, taken] = [this.#sink?.room[lane] as number, this.#taken[lane] as number];
      if (room < 0 || taken < 0 || room + taken > window)
        this.#violated(`lane ${lane} has room for ${room} with ${taken} of ${window} taken`);
    }
  }

  /** Everything has its outcome. */
  checkRest(): void {
    for (const [lane, window] of this.#windows.entries()) {
      const room = this.#sink?.room[lane];
      if (room !== window || this.#taken[lane] !== 0)
        this.#violated(`lane ${lane} has room for ${room} of ${window} in the end, ${this.#taken[lane]} taken`);
    }
  }

  #move(fleet: number, slot: number, by: number): void {
    const lane = this.#sink?.laneOf(fleet, slot % this.#devicesOf(fleet)) as number;
    this.#taken[lane] = (this.#taken[lane] as number) + by;
  }
}

function watched({ trace, truth, broker }: KinesisWorld, events: SinkEvents, rooms: Rooms): SinkEvents {
  return {
    settled(fleet, slots, sentAtUs, count, outcome, reason, atUs) {
      for (const slot of slots.subarray(0, count)) {
        trace.note('settled', fleet, slot, outcome);
        rooms.gave(fleet, slot);
        const known = truth?.of(fleet, slot);
        if (known !== undefined) Object.assign(known, { outcome, toldUs: atUs, times: known.times + 1 });
      }
      rooms.check();
      events.settled(fleet, slots, sentAtUs, count, outcome, reason, atUs);
    },
    resent(fleet, slots, count, mayDouble) {
      for (const slot of slots.subarray(0, count)) {
        const key = keyOf(fleet, slot);
        if (mayDouble !== broker.doubts.has(key))
          broker.violated(`event ${key} is sent again as one that ${mayDouble ? 'may' : 'cannot'} be stored`);
        if (mayDouble) add(broker.doubtfulRepeats, key);
        const known = truth?.of(fleet, slot);
        if (known === undefined) continue;
        known.attempts++;
        known.mayDouble ||= mayDouble;
      }
      events.resent(fleet, slots, count, mayDouble);
    },
    drained(lane) {
      rooms.check();
      events.drained(lane);
    },
    notice: (kind, detail, count) => events.notice(kind, detail, count),
  };
}
