import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lanePerDevice, lanePool } from '../../../src/targets/mqtt/lane-map.ts';
import { testFleet } from '../../contracts/sink.ts';

const parts = fc.integer({ min: 1, max: 9 });

describe('lanePerDevice', () => {
  it('gives every seat of every part its own connection, named like its device', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 4 }), parts, (sizes, count) => {
        const fleets = sizes.map((devices, i) => testFleet(2 * i, devices, 't'));
        const ids: string[] = [];
        for (let index = 0; index < count; index++) {
          const map = lanePerDevice({ index, count }, fleets);
          const taken = new Set<number>();
          for (const fleet of fleets) {
            for (let seat = index; seat < fleet.devices; seat += count) {
              const lane = map.laneOf(fleet.index, seat);
              expect(map.clientId(lane)).toBe(fleet.deviceId(seat));
              taken.add(lane);
              ids.push(map.clientId(lane));
            }
          }
          expect([...taken].sort((a, b) => a - b)).toEqual(Array.from({ length: map.lanes }, (_, lane) => lane));
        }
        expect(new Set(ids).size).toBe(sizes.reduce((sum, devices) => sum + devices, 0));
      }),
    );
  });
});

describe('lanePool', () => {
  it('opens as many connections as asked over all parts, at least one per part, and uses them evenly', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), parts, (connections, count) => {
        let total = 0;
        const ids = new Set<string>();
        for (let index = 0; index < count; index++) {
          const map = lanePool({ index, count }, connections, 'p');
          total += map.lanes;
          const uses = new Array<number>(map.lanes).fill(0);
          for (let seat = index; seat < count * map.lanes * 3; seat += count) {
            const lane = map.laneOf(0, seat);
            uses[lane] = (uses[lane] as number) + 1;
          }
          expect(uses).toEqual(new Array(map.lanes).fill(3));
          for (let lane = 0; lane < map.lanes; lane++) ids.add(map.clientId(lane));
        }
        expect(total).toBe(Math.max(connections, count));
        expect(ids.size).toBe(total);
      }),
    );
  });
});
