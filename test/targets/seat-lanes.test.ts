import { Partitioners } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { seatLanes } from '../../src/targets/seat-lanes.ts';
import { partitionOf } from '../../src/wire/kafka/murmur2.ts';
import { testFleet } from '../contracts/sink.ts';

const partition = Partitioners.DefaultPartitioner();

/** As KafkaJS chooses it, like the Java client. */
function theirs(key: string, partitions: number): number {
  const partitionMetadata = Array.from({ length: partitions }, (_, partitionId) => ({ partitionId, leader: 0 }));
  return partition({ topic: 't', partitionMetadata, message: { key, value: null } } as never);
}

const whole = { index: 0, count: 1 };

describe('seatLanes', () => {
  it.each([
    ['<device>', (seat: number) => `fleet3-${seat}`],
    ['<fleet>/<index:05>', (seat: number) => `fleet3/${`${seat}`.padStart(5, '0')}`],
    ['<run>-<index>', (seat: number) => `r1-${seat}`],
    ['constant', () => 'constant'],
    // What no seat fixes stands as it is.
    ['<device>-<sequence>', (seat: number) => `fleet3-${seat}-<sequence>`],
  ])('gives a seat the partition of its key %s', (address, keyOf) => {
    const laneOf = seatLanes(7, partitionOf, { part: whole, fleets: [testFleet(3, 200, address)], runId: 'r1' });
    const lanes = new Set<number>();
    for (let seat = 0; seat < 200; seat++) {
      expect(laneOf(3, seat)).toBe(theirs(keyOf(seat), 7));
      expect(laneOf(3, seat)).toBe(laneOf(3, seat));
      lanes.add(laneOf(3, seat));
    }
    expect(lanes.size).toBe(address === 'constant' ? 1 : 7);
  });

  it('is the same for every share of the seats', () => {
    const fleets = [testFleet(0, 50, '<device>'), testFleet(1, 9, '<device>')];
    const all = seatLanes(5, partitionOf, { part: whole, fleets, runId: 'r' });
    for (let index = 0; index < 3; index++) {
      const some = seatLanes(5, partitionOf, { part: { index, count: 3 }, fleets, runId: 'r' });
      for (const { index: fleet, devices } of fleets)
        for (let seat = index; seat < devices; seat += 3) expect(some(fleet, seat)).toBe(all(fleet, seat));
    }
  });

  it('spreads seats without a key evenly', () => {
    const laneOf = seatLanes(3, partitionOf, { part: whole, fleets: [testFleet(0, 7, '')], runId: 'r' });
    expect([0, 1, 2, 3, 4].map((seat) => laneOf(0, seat))).toEqual([0, 1, 2, 0, 1]);
  });
});
