import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Part } from '../../src/core/anchor.ts';
import { systemClock } from '../../src/core/clock.ts';
import type { ErrorCode } from '../../src/core/errors.ts';
import { createEventBatch, type EventBatch } from '../../src/core/event-batch.ts';
import type { Outcome } from '../../src/core/outcome.ts';
import type { Sink, SinkContext, SinkEvents, TargetFleet } from '../../src/targets/target.ts';

/** One way to open a target's sink, and what to expect of it. A test calls `start` before and `stop` after each case. */
export interface SinkSubject {
  /** The outcome of an event when nothing goes wrong. */
  outcome: Outcome;
  /** Address template of the fleets, as the plan would have it. */
  address: string;
  /** Most events of a case, for a target that is slow; default 20 000. */
  most?: number;
  start(): Promise<{
    open(context: SinkContext): Promise<Sink>;
    /** The same with options that lead nowhere; must reject with `deadCode`. */
    openDead(context: SinkContext): Promise<Sink>;
    deadCode: ErrorCode;
    stop(): Promise<void>;
  }>;
}

/** Settled outcomes per fleet and slot, and everything else a sink reports. */
export class SinkRecord implements SinkEvents {
  readonly outcomes = new Map<string, { outcome: Outcome; reason: string; sentAtUs: number; atUs: number }>();
  /** Slots settled more than once; empty unless the sink is wrong. */
  readonly repeated: string[] = [];
  /** Slots that were sent once more, as often as they were. */
  readonly again: string[] = [];
  readonly drains: number[] = [];
  readonly notices: string[] = [];
  onDrained: (lane: number) => void = () => {};

  settled(
    fleet: number,
    slots: Float64Array,
    sentAtUs: Float64Array,
    count: number,
    outcome: Outcome,
    reason: string,
    atUs: number,
  ): void {
    for (let i = 0; i < count; i++) {
      const key = `${fleet}/${slots[i] as number}`;
      if (this.outcomes.has(key)) this.repeated.push(key);
      this.outcomes.set(key, { outcome, reason, sentAtUs: sentAtUs[i] as number, atUs });
    }
  }

  resent(fleet: number, slots: Float64Array, count: number): void {
    for (let i = 0; i < count; i++) this.again.push(`${fleet}/${slots[i] as number}`);
  }

  drained(lane: number): void {
    this.drains.push(lane);
    this.onDrained(lane);
  }

  notice(kind: string, detail: string, count: number): void {
    expect(count).toBeGreaterThan(0);
    this.notices.push(`${kind}: ${detail}`);
  }

  /** Number of slots with this outcome. */
  count(outcome: Outcome): number {
    return [...this.outcomes.values()].filter((settled) => settled.outcome === outcome).length;
  }
}

/** A fleet of `devices` devices named `<name>-<seat>`. */
export function testFleet(index: number, devices: number, address: string): TargetFleet {
  const name = `fleet${index}`;
  return { index, name, devices, address, deviceId: (seat) => `${name}-${seat}` };
}

export function sinkContext(
  events: SinkEvents,
  fleets: readonly TargetFleet[],
  part: Part = { index: 0, count: 1 },
): SinkContext {
  return {
    clock: systemClock(),
    runId: 'r0000test',
    part,
    fleets,
    events,
    remake: (fleet, slot, batch) => {
      appendEvent(batch, fleets.find(({ index }) => index === fleet) as TargetFleet, slot);
      return true;
    },
    random: () => 0.5,
    reveal: (text) => text,
  };
}

/** Address of an event: the fleet's template with `<device>` filled in. */
export function addressOf(fleet: TargetFleet, seat: number): string {
  return fleet.address.replace('<device>', fleet.deviceId(seat));
}

/** Payload of an event of these tests: fleet, slot, and filler whose length varies with the slot. */
export function payloadOf(fleet: number, slot: number): string {
  return `{"fleet":${fleet},"slot":${slot},"pad":"${'x'.repeat((slot * 37) % 300)}"}`;
}

/** Appends an event of these tests. */
export function appendEvent(batch: EventBatch, fleet: TargetFleet, slot: number): void {
  const i = batch.count++;
  const seat = slot % fleet.devices;
  batch.slots[i] = slot;
  batch.seats[i] = seat;
  batch.starts[i] = batch.end;
  batch.end += Buffer.from(batch.bytes.buffer).write(addressOf(fleet, seat), batch.end);
  batch.identities[i] = batch.end;
  batch.payloads[i] = batch.end;
  batch.end += Buffer.from(batch.bytes.buffer).write(payloadOf(fleet.index, slot), batch.end);
  batch.ends[i] = batch.end;
}

/**
 * Sends slots [from, to) of a fleet as the engine does: one room per event, waiting for `drained` where a lane has none. Every
 * batch is overwritten right after `send`. Resolves when all were handed over.
 */
export async function sendSlots(
  sink: Pick<Sink, 'room' | 'laneOf' | 'send'>,
  record: SinkRecord,
  fleet: TargetFleet,
  from: number,
  to: number,
): Promise<void> {
  const clock = systemClock();
  const batch = createEventBatch(64, 64 * 1024);
  batch.fleet = fleet.index;
  const flush = (): void => {
    if (batch.count === 0) return;
    sink.send(batch, clock.nowUs());
    batch.bytes.fill(0xee);
    batch.slots.fill(-1);
    batch.count = 0;
    batch.end = 0;
  };
  for (let slot = from; slot < to; slot++) {
    const lane = sink.laneOf(fleet.index, slot % fleet.devices);
    if ((sink.room[lane] as number) <= 0) {
      flush();
      // The flush itself may have made room: a target without acknowledgements settles while it sends.
      if ((sink.room[lane] as number) <= 0) await drainedLane(record, lane);
    }
    const room = sink.room[lane] as number;
    expect(room).toBeGreaterThan(0);
    sink.room[lane] = room - 1;
    appendEvent(batch, fleet, slot);
    if (batch.count === batch.capacity) flush();
  }
  flush();
}

function drainedLane(record: SinkRecord, lane: number): Promise<void> {
  return new Promise((resolve) => {
    record.onDrained = (which) => {
      if (which !== lane) return;
      record.onDrained = () => {};
      resolve();
    };
  });
}

/** What every sink keeps, whatever its protocol. */
export function sinkContract(name: string, subject: SinkSubject): void {
  describe(`${name} as a sink`, () => {
    let fixture: Awaited<ReturnType<SinkSubject['start']>>;
    let record: SinkRecord;
    const fleets = [testFleet(0, 5, subject.address), testFleet(3, 2, subject.address)];
    const [first, second] = fleets as [TargetFleet, TargetFleet];
    const open = (): Promise<Sink> => fixture.open(sinkContext(record, fleets));

    beforeEach(async () => {
      record = new SinkRecord();
      fixture = await subject.start();
    });
    afterEach(() => fixture.stop());

    it('settles each slot exactly once, with its send time', async () => {
      const sink = await open();
      const startUs = systemClock().nowUs();
      await sendSlots(sink, record, first, 0, 500);
      await sendSlots(sink, record, second, 0, 100);
      await sink.flush(10_000);
      await sink.close();
      expect(record.repeated).toEqual([]);
      expect(record.outcomes.size).toBe(600);
      expect(record.count(subject.outcome)).toBe(600);
      for (const settled of record.outcomes.values()) {
        expect(settled.sentAtUs).toBeGreaterThanOrEqual(startUs);
        expect(settled.atUs).toBeGreaterThanOrEqual(settled.sentAtUs);
        expect(settled.reason).toMatch(/^[a-z][a-z0-9 -]*$/);
      }
    });

    it('gives every room back, and gives each seat one lane', async () => {
      const sink = await open();
      const before = Array.from(sink.room);
      expect(before).toHaveLength(sink.lanes);
      for (const room of before) expect(room).toBeGreaterThan(0);
      for (const fleet of fleets) {
        for (let seat = 0; seat < fleet.devices; seat++) {
          const lane = sink.laneOf(fleet.index, seat);
          expect(lane).toBeGreaterThanOrEqual(0);
          expect(lane).toBeLessThan(sink.lanes);
        }
      }
      await sendSlots(sink, record, first, 0, 333);
      await sink.flush(10_000);
      expect(Array.from(sink.room)).toEqual(before);
      await sink.close();
    });

    it('takes many times its room, one wait for `drained` after the other', async () => {
      const sink = await open();
      const room = Math.min(sink.room[sink.laneOf(0, 0)] as number, 1000);
      const total = Math.min(subject.most ?? 20_000, 4 * room * first.devices);
      await sendSlots(sink, record, first, 0, total);
      await sink.flush(10_000);
      await sink.close();
      expect(record.repeated).toEqual([]);
      expect(record.count(subject.outcome)).toBe(total);
    });

    it('has nothing outstanding after flush, and flushes at once when idle', async () => {
      const sink = await open();
      await sink.flush(10_000);
      await sendSlots(sink, record, first, 0, 200);
      await sink.flush(10_000);
      expect(record.outcomes.size).toBe(200);
      await sink.close();
      expect(record.outcomes.size).toBe(200);
    });

    it('closes more than once, and leaves no slot open', async () => {
      const sink = await open();
      await sendSlots(sink, record, first, 0, 50);
      await Promise.all([sink.close(), sink.close()]);
      await sink.close();
      expect(record.outcomes.size).toBe(50);
      expect(record.repeated).toEqual([]);
    });

    it('publishes a message outside the schedule without settling anything', async () => {
      const sink = await open();
      await sink.publish(addressOf(first, 0), Buffer.from('{"iotload":"probe"}'));
      await sink.close();
      expect(record.outcomes.size).toBe(0);
    });

    it('rejects with a code where its options lead nowhere', async () => {
      await expect(fixture.openDead(sinkContext(record, fleets))).rejects.toMatchObject({
        name: 'IotloadError',
        code: fixture.deadCode,
      });
    });
  });
}
