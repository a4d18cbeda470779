import { expect, it } from 'vitest';
import { announceTimeline, happened } from '../../src/runner/timeline-text.ts';
import { VirtualClock } from '../simulation/virtual-clock.ts';
import { testPlan } from '../verify/test-plan.ts';

const plan = testPlan([
  { devices: 1, slots: 1 },
  { devices: 1, slots: 1 },
]);
plan.timeline = [
  { atUs: 1_000_000, fleets: null, kind: 'shake', forUs: 10_000_000, share: 0.25 },
  { atUs: 2_000_000, fleets: [1], kind: 'disconnect', forUs: 1_500_000, share: 0.8 },
  { atUs: 3_000_000, fleets: [0, 1], kind: 'quake', magnitude: 6, depthKm: 9, distanceKm: 10.5 },
  { atUs: 4_000_500, fleets: null, kind: 'note', text: 'half' },
  {
    atUs: 5_000_000,
    fleets: null,
    kind: 'fault',
    forUs: 2_000_000,
    faults: { loss: 0.01, lostAcks: 0.5, delayUs: 250_000 },
  },
  { atUs: 6_000_000, fleets: null, kind: 'fault', forUs: 1_000_000, faults: { stall: true } },
];
const texts = [
  '25 % of the phones for 10s',
  '80 % of the connections of fleet1 for 1.5s',
  'magnitude 6, 9 km deep, 10.5 km away, felt by fleet0, fleet1',
  'half',
  'loss 1 %, lost acks 50 %, delay 250ms for 2s',
  'stall for 1s',
];

it('says what happens when it happens, until it is called off', () => {
  const clock = new VirtualClock(500_000);
  const said: [atUs: number, text: string][] = [];
  const anchor = { runId: 'r', startWallUs: 0, startMonoUs: 1_000_000 };
  const callOff = announceTimeline(plan, { anchor, fromUs: 0 }, clock, (text) => said.push([clock.nowUs(), text]));
  clock.advanceTo(4_000_000);
  callOff();
  clock.advanceTo(9_000_000);
  expect(said).toEqual([
    [2_000_000, `shake: ${texts[0]}`],
    [3_000_000, `disconnect: ${texts[1]}`],
    [4_000_000, `quake: ${texts[2]}`],
  ]);
});

it('does not say again what was said before a run was gone on with', () => {
  const clock = new VirtualClock(3_500_000);
  const said: string[] = [];
  const anchor = { runId: 'r', startWallUs: 0, startMonoUs: 1_000_000 };
  announceTimeline(plan, { anchor, fromUs: 2_500_000 }, clock, (text) => said.push(text));
  clock.advanceTo(9_000_000);
  expect(said).toEqual([`quake: ${texts[2]}`, `note: ${texts[3]}`, `fault: ${texts[4]}`, `fault: ${texts[5]}`]);
});

it('keeps in the result what the run lasted for', () => {
  const at = (second: number): string => `2023-05-24T18:00:0${second}.000Z`;
  const all = happened(plan, at(0), 60);
  expect(all.map(({ text }) => text)).toEqual(texts);
  expect(all.map(({ kind }) => kind)).toEqual(['shake', 'disconnect', 'quake', 'note', 'fault', 'fault']);
  expect(all.map((entry) => entry.at)).toEqual([at(1), at(2), at(3), at(4), at(5), at(6)]);
  expect(happened(plan, at(0), 2.5)).toEqual(all.slice(0, 2));
});
