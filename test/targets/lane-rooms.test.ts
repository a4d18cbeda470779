import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LaneRooms, Shut } from '../../src/targets/lane-rooms.ts';

const step = fc.oneof(
  fc.record({ kind: fc.constant('take' as const), lane: fc.nat(2), count: fc.nat(5) }),
  fc.record({ kind: fc.constant('give' as const), lane: fc.nat(2), count: fc.nat(5) }),
  fc.record({
    kind: fc.constant('set' as const),
    lane: fc.nat(2),
    reason: fc.constantFrom(...Object.values(Shut)),
    holds: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('full' as const), full: fc.boolean() }),
);

describe('LaneRooms', () => {
  it('lose and invent no room, have none while shut, and tell when there is some again', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const drained: number[] = [];
        const rooms = new LaneRooms(3, 10, (lane) => drained.push(lane));
        const taken = [0, 0, 0];
        const shut = [new Set([Shut.down]), new Set([Shut.down]), new Set([Shut.down])] as Set<number>[];
        let full = false;
        for (const what of steps) {
          const before = Array.from(rooms.room);
          drained.length = 0;
          if (what.kind === 'take') {
            const count = Math.min(what.count, rooms.room[what.lane] as number);
            rooms.room[what.lane] = (rooms.room[what.lane] as number) - count;
            taken[what.lane] = (taken[what.lane] as number) + count;
          } else if (what.kind === 'give') {
            const count = Math.min(what.count, taken[what.lane] as number);
            taken[what.lane] = (taken[what.lane] as number) - count;
            rooms.giveBack(what.lane, count);
          } else if (what.kind === 'set') {
            shut[what.lane]?.[what.holds ? 'add' : 'delete'](what.reason);
            rooms.set(what.lane, what.reason, what.holds);
          } else {
            full = what.full;
            rooms.setFull(full);
          }
          for (let lane = 0; lane < 3; lane++) {
            const open = !full && shut[lane]?.size === 0;
            expect(rooms.room[lane]).toBe(open ? 10 - (taken[lane] as number) : 0);
            const opened = what.kind !== 'take' && before[lane] === 0 && (rooms.room[lane] as number) > 0;
            expect(drained.filter((told) => told === lane)).toHaveLength(opened ? 1 : 0);
          }
        }
      }),
    );
  });
});
