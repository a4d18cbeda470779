import { expect, it } from 'vitest';
import { scheduleCuts } from '../../src/engine/scripted-cuts.ts';
import type { Cut, Sink } from '../../src/targets/target.ts';
import { VirtualClock } from '../simulation/virtual-clock.ts';
import { testPlan } from '../verify/test-plan.ts';

const anchor = { runId: 'r', startWallUs: 0, startMonoUs: 2_000_000 };

function scheduled(fromUs = 0) {
  const clock = new VirtualClock(1_500_000);
  const calls: { atUs: number; cut: Cut; forMs: number }[] = [];
  const sink = { disconnect: (cut: Cut, forMs: number) => calls.push({ atUs: clock.nowUs(), cut, forMs }) };
  const plan = testPlan([{ devices: 1, slots: 1 }]);
  plan.timeline = [
    { atUs: 1_000_000, fleets: [0], kind: 'disconnect', forUs: 250_000, share: 0.8 },
    { atUs: 2_000_000, fleets: null, kind: 'note', text: 'nothing to cut' },
    { atUs: 3_000_000, fleets: null, kind: 'disconnect', forUs: 1_000, share: 1 },
  ];
  // The second target has no connections.
  const callOff = scheduleCuts(plan, anchor, fromUs, clock, [sink, {}] as unknown as Sink[]);
  return { clock, calls, callOff };
}

it('cuts at the time of each entry, with a key of its own that every worker has', () => {
  const { clock, calls } = scheduled();
  clock.advanceTo(2_999_999);
  expect(calls).toEqual([]);
  clock.advanceTo(9_000_000);
  expect(calls).toMatchObject([
    { atUs: 3_000_000, cut: { fleets: [0], share: 0.8 }, forMs: 250 },
    { atUs: 5_000_000, cut: { fleets: null, share: 1 }, forMs: 1 },
  ]);
  const keys = calls.map(({ cut }) => cut.key);
  expect(keys[0]).not.toEqual(keys[1]);
  const again = scheduled();
  again.clock.advanceTo(9_000_000);
  expect(again.calls.map(({ cut }) => cut.key)).toEqual(keys);
});

it('cuts nothing once it is called off', () => {
  const { clock, calls, callOff } = scheduled();
  clock.advanceTo(4_000_000);
  callOff();
  clock.advanceTo(9_000_000);
  expect(calls).toHaveLength(1);
});

it('cuts nothing again that a run did before it was gone on with', () => {
  const { clock, calls } = scheduled(1_000_001);
  clock.advanceTo(9_000_000);
  expect(calls).toMatchObject([{ atUs: 5_000_000 }]);
});
