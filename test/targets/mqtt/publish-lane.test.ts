import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Outcome } from '../../../src/core/outcome.ts';
import { PublishLane } from '../../../src/targets/mqtt/publish-lane.ts';
import { Settlements } from '../../../src/targets/mqtt/settlements.ts';
import { SinkRecord } from '../../contracts/sink.ts';

describe('PublishLane', () => {
  it('conserves its room and announces it exactly when it returns', () => {
    const step = fc.constantFrom('take', 'take', 'take', 'ack', 'ack', 'lose', 'connect', 'fill', 'empty', 'expire');
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), fc.integer({ min: 1, max: 8 }), (script, window) => {
        const record = new SinkRecord();
        const settlements = new Settlements([0], record);
        const room = new Int32Array(1);
        const lane = new PublishLane(0, 1, window, room, (which) => record.drained(which));
        const pending: number[] = [];
        let [up, full, slot] = [false, false, 0];
        for (const action of script) {
          slot++;
          const before = room[0] as number;
          const drains = record.drains.length;
          settlements.begin(action === 'ack' ? Outcome.acked : Outcome.unknown, 'test', slot);
          switch (action) {
            case 'take':
              if (before === 0) continue;
              room[0] = before - 1;
              pending.push(lane.begin(0, slot, slot));
              continue;
            case 'ack':
              if (pending.length > 0) lane.giveBack(lane.acknowledge(pending.shift() as number, settlements));
              break;
            case 'expire':
              lane.giveBack(lane.expire(slot, settlements));
              pending.length = 0;
              break;
            case 'lose':
              [up, full] = [false, false];
              lane.lost(settlements);
              pending.length = 0;
              break;
            case 'connect':
              [up, full] = [true, false];
              lane.connected();
              break;
            case 'fill':
              full = true;
              lane.filled();
              break;
            case 'empty':
              full = false;
              lane.emptied();
          }
          settlements.flush();
          const after = room[0] as number;
          expect(after).toBe(up && !full ? window - lane.outstanding : 0);
          expect(record.drains.length - drains).toBe(before === 0 && after > 0 ? 1 : 0);
        }
        expect(record.repeated).toEqual([]);
      }),
    );
  });

  it('asks for a new session before identifiers run out', () => {
    const settlements = new Settlements([0], new SinkRecord());
    const room = new Int32Array(1);
    const lane = new PublishLane(0, 1, 1000, room, () => {});
    lane.connected();
    let rounds = 0;
    while (!lane.idsExhausted) {
      for (let slot = 0; slot < 1000; slot++) lane.begin(0, slot, rounds);
      settlements.begin(Outcome.unknown, 'timeout', rounds);
      lane.expire(rounds + 1, settlements);
      rounds++;
    }
    expect(rounds).toBe(33);
    lane.lost(settlements);
    expect(lane.idsExhausted).toBe(false);
  });
});
