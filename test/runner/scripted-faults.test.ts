import { describe, expect, it } from 'vitest';
import type { BrokerFaults } from '../../src/brokers/broker-faults.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { scheduleFaults } from '../../src/runner/scripted-faults.ts';
import { VirtualClock } from '../simulation/virtual-clock.ts';

const fault = (atS: number, forS: number, faults: BrokerFaults): Plan['timeline'][number] => ({
  kind: 'fault',
  atUs: atS * 1e6,
  forUs: forS * 1e6,
  fleets: null,
  faults,
});

/** What the broker is told, and when, in seconds since slot time 0. */
function told(timeline: Plan['timeline'], { fromS = 0, offS = 100 } = {}): [second: number, faults: BrokerFaults][] {
  const clock = new VirtualClock(3_000_000);
  const anchor = { runId: 'r', startWallUs: 0, startMonoUs: 5_000_000 };
  const all: [number, BrokerFaults][] = [];
  const inject = (faults: BrokerFaults): void => void all.push([(clock.nowUs() - anchor.startMonoUs) / 1e6, faults]);
  const callOff = scheduleFaults({ timeline }, { anchor, fromUs: fromS * 1e6 }, clock, inject);
  clock.advanceTo(5_000_000 + offS * 1e6);
  callOff();
  clock.advanceTo(999_000_000);
  return all;
}

describe('faults of the timeline', () => {
  it('begin and end on time; other entries are no affair of the broker’s', () => {
    const note: Plan['timeline'][number] = { kind: 'note', atUs: 0, fleets: null, text: 'x' };
    expect(told([note, fault(2, 3, { loss: 0.1 }), fault(8, 1, { stall: true })])).toEqual([
      [2, { loss: 0.1 }],
      [5, {}],
      [8, { stall: true }],
      [9, {}],
    ]);
    expect(told([note])).toEqual([]);
  });

  it('add up where they overlap, the later one first, and follow each other without a gap', () => {
    expect(
      told([fault(0, 10, { loss: 0.1, delayUs: 5 }), fault(4, 2, { loss: 0.5 }), fault(10, 1, { altered: 1 })]),
    ).toEqual([
      [0, { loss: 0.1, delayUs: 5 }],
      [4, { loss: 0.5, delayUs: 5 }],
      [6, { loss: 0.1, delayUs: 5 }],
      [10, { altered: 1 }],
      [11, {}],
    ]);
  });

  it('are called off with the run, and not done again when it is gone on with', () => {
    expect(told([fault(2, 3, { loss: 0.1 })], { offS: 4 })).toEqual([[2, { loss: 0.1 }]]);
    expect(told([fault(2, 3, { loss: 0.1 }), fault(6, 1, { stall: true })], { fromS: 4 })).toEqual([
      [6, { stall: true }],
      [7, {}],
    ]);
  });
});
