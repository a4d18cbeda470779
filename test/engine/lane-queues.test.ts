import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LaneQueues } from '../../src/engine/lane-queues.ts';

describe('LaneQueues', () => {
  it('behaves like one array per lane with a common bound', () => {
    const operation = fc.oneof(
      fc.record({ kind: fc.constant('push' as const), lane: fc.nat(3), slot: fc.nat(1e9) }),
      fc.record({ kind: fc.constant('shift' as const), lane: fc.nat(3), slot: fc.constant(0) }),
    );
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 200 }), fc.integer({ min: 0, max: 12 }), (operations, capacity) => {
        const queues = new LaneQueues(4, capacity);
        const model: number[][] = [[], [], [], []];
        for (const { kind, lane, slot } of operations) {
          const line = model[lane] as number[];
          const length = model.reduce((sum, one) => sum + one.length, 0);
          if (kind === 'push') {
            expect(queues.push(lane, lane + 1, slot, slot + 5)).toBe(length < capacity);
            if (length < capacity) line.push(slot);
          } else if (line.length > 0) {
            expect(queues.headSlot(lane)).toBe(line.shift());
            expect(queues.headFleet(lane)).toBe(lane + 1);
            expect(queues.headPickedUpUs(lane)).toBe(queues.headSlot(lane) + 5);
            queues.shift(lane);
          }
          expect(queues.length).toBe(model.reduce((sum, one) => sum + one.length, 0));
          expect(queues.isEmpty(lane)).toBe(line.length === 0);
        }
      }),
    );
  });
});
