import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Outcome } from '../../../src/core/outcome.ts';
import type { ProduceOptions } from '../../../src/targets/kafka/produce-sink.ts';
import { ErrorCode } from '../../../src/wire/kafka/error-codes.ts';
import { SinkRecord, sinkContext, testFleet } from '../../contracts/sink.ts';
import { propertyRuns } from '../../property-runs.ts';
import { VirtualClock } from '../../simulation/virtual-clock.ts';
import { Feeder } from './feeder.ts';
import { type Deed, ModelCluster } from './model-cluster.ts';
import { openOnModel } from './produce-sink-fixture.ts';

const BROKERS = 3;
const PARTITIONS = 4;
/** How long harm is done. */
const HARM_US = 1_500_000;

/** Numbers in [0, 1) that repeat. */
function dice(seed: number): () => number {
  let state = seed | 1;
  return () => {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d);
    state = Math.imul(state ^ (state >>> 12), 0x297a2d39);
    state ^= state >>> 15;
    return (state >>> 0) / 2 ** 32;
  };
}

const pick = <T>(of: readonly T[], random: number): T => of[Math.floor(random * of.length)] as T;

/** What a broker does to one of ten requests. */
const deeds: readonly Deed[] = [
  { code: ErrorCode.notEnoughReplicas },
  { code: ErrorCode.notLeaderOrFollower },
  { code: ErrorCode.corruptMessage },
  { code: ErrorCode.requestTimedOut },
  { codeAfter: ErrorCode.requestTimedOut },
  { codeAfter: ErrorCode.notEnoughReplicasAfterAppend },
  { codeAfter: ErrorCode.unknownServerError },
  { code: ErrorCode.messageTooLarge },
  { code: ErrorCode.invalidRecord },
  { code: ErrorCode.unknownProducerId },
  { ends: 'cut-before' },
  { ends: 'cut-after' },
  { ends: 'mute' },
  { throttleMs: 30 },
  { delayMs: 200 },
];

interface World {
  seed: number;
  options: Partial<ProduceOptions>;
  harm: number;
}

async function live({ seed, options, harm }: World) {
  const clock = new VirtualClock();
  const roll = dice(seed);
  const cluster = new ModelCluster(clock, PARTITIONS, BROKERS);
  const record = new SinkRecord();
  const fleet = testFleet(0, 11, '<device>');
  const context = { ...sinkContext(record, [fleet]), clock, random: roll };
  let opened = false;
  const opening = openOnModel(cluster, options, context);
  void opening.then(() => {
    opened = true;
  });
  await clock.advance(clock.nowUs() + 1_000_000, () => opened);
  const sink = await opening;
  const before = Array.from(sink.room);
  const endUs = clock.nowUs() + HARM_US;
  const harmful = (): boolean => clock.nowUs() < endUs;
  cluster.onProduce = () => {
    const usual = { delayMs: roll() * 3 };
    return harmful() && roll() < harm ? { ...usual, ...pick(deeds, roll()) } : usual;
  };
  cluster.onIdentity = () => {
    if (harmful() && roll() < harm) throw new Error('no coordinator');
  };
  cluster.onMetadata = () => {
    if (harmful() && roll() < harm) throw new Error('no broker');
  };
  const feeder = new Feeder(clock, sink, fleet, record);
  const cancel = [
    clock.every(2, () => {
      if (harmful()) feeder.feed(Math.floor(roll() * 6));
    }),
    clock.every(97, () => {
      if (!harmful() || roll() > 5 * harm) return;
      cluster.leaders[Math.floor(roll() * PARTITIONS)] = Math.floor(roll() * (BROKERS + 1)) - 1;
    }),
    clock.every(211, () => {
      if (!harmful() || roll() > 5 * harm) return;
      const broker = Math.floor(roll() * BROKERS);
      cluster.down.add(broker);
      cluster.cut(broker);
      clock.after(roll() * 300, () => void cluster.down.delete(broker));
    }),
  ];
  await clock.advance(endUs);
  cluster.down.clear();
  for (const partition of cluster.leaders.keys()) cluster.leaders[partition] = partition % BROKERS;
  await clock.advance(endUs + 10_000_000, () => feeder.waiting === 0);
  expect(feeder.waiting).toBe(0);
  let flushed = false;
  void sink.flush(20_000).then(() => {
    flushed = true;
  });
  await clock.advance(clock.nowUs() + 30_000_000, () => flushed);
  // What was given up may still be in flight; its answers free the rest.
  await clock.advance(clock.nowUs() + 5_000_000);
  const after = Array.from(sink.room);
  await sink.close();
  for (const stop of cancel) stop();
  return { cluster, record, feeder, before, after };
}

/** Slots of each log, in its order. */
function slotsOf(cluster: ModelCluster): number[][] {
  return cluster.logs.map(({ records }) => records.map(({ value }) => (JSON.parse(value) as { slot: number }).slot));
}

function isSorted(slots: readonly number[]): boolean {
  return slots.every((slot, i) => i === 0 || slot > (slots[i - 1] as number));
}

const ways: [string, Partial<ProduceOptions>][] = [
  ['idempotent', { idempotent: true }],
  ['idempotent, without linger, small batches', { idempotent: true, lingerUs: 0, batchBytes: 16_384, maxInFlight: 2 }],
  ['acks all', { idempotent: false }],
  ['acks 1, one in flight', { idempotent: false, acks: 1, maxInFlight: 1 }],
  ['acks 0', { idempotent: false, acks: 0 }],
];

describe.each(ways)('whatever brokers do, %s', (_, options) => {
  it('each slot has one outcome, which is true, and its room is given back', async () => {
    const world = fc.record({ seed: fc.integer(), harm: fc.constantFrom(0, 0.03, 0.1, 0.3) });
    let worst = 0;
    await fc.assert(
      fc.asyncProperty(world, async ({ seed, harm }) => {
        const all = { ...options, timeoutUs: 1_000_000 };
        const { cluster, record, feeder, before, after } = await live({ seed, harm, options: all });
        expect(record.repeated).toEqual([]);
        expect(record.outcomes.size).toBe(feeder.due);
        expect(after).toEqual(before);
        expect(cluster.mostInFlight).toBeLessThanOrEqual(options.maxInFlight ?? 5);
        expect(cluster.closed).toBe(1);
        const logs = slotsOf(cluster);
        const stored = new Map<number, number>();
        for (const slot of logs.flat()) stored.set(slot, (stored.get(slot) ?? 0) + 1);
        for (const [key, { outcome, reason }] of record.outcomes) {
          const copies = stored.get(Number(key.split('/')[1])) ?? 0;
          if (outcome === Outcome.acked) expect([key, copies]).toEqual([key, 1]);
          else if (outcome === Outcome.rejected) expect([key, reason, copies]).toEqual([key, reason, 0]);
          else expect(copies).toBeLessThanOrEqual(1);
        }
        if ((options.idempotent ?? false) || options.maxInFlight === 1)
          expect(logs.map(isSorted)).toEqual(logs.map(() => true));
        if (harm === 0) expect(stored.size).toBe(feeder.due);
        worst = Math.max(worst, record.outcomes.size - record.count(Outcome.acked));
      }),
      propertyRuns(12),
    );
    expect(worst).toBeGreaterThan(0);
  });
});
