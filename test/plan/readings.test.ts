import { describe, expect, it } from 'vitest';
import { isRead, type Reading, readingsOf } from '../../src/plan/readings.ts';
import { fixture, planned } from './request.ts';

const toBoth = `iotload: 1
fleets: { phones: { model: phone-motion, devices: 10, every: 1s, payload: seismograph-traced, to: [a, b] } }
targets:
  a: { protocol: mqtt, endpoint: embedded, topic: "up/<device>" }
  b: { protocol: kafka, endpoint: embedded }
  c: { protocol: mqtt, endpoint: embedded, topic: "down/<device>" }
`;

async function readings(verify: string): Promise<Reading[]> {
  const { plan } = await planned({ text: `${toBoth}verify: ${verify}\n` });
  return readingsOf(plan);
}

/** What matters of a reading. */
function told({ name, tap, elsewhere, fleets, file }: Reading): unknown[] {
  return [name, tap, elsewhere, fleets, file];
}

describe('readingsOf', () => {
  it('leaves the plan of a single target as it is', async () => {
    const { plan } = await planned({ ...fixture('minimal.yaml') });
    const [reading, ...others] = readingsOf(plan);
    expect(others).toEqual([]);
    expect(reading).toMatchObject({ target: 0, tap: false, elsewhere: false, file: 'seen' });
    expect(reading?.plan).toEqual(plan);
  });

  it('reads every target that is sent to where nothing is said', async () => {
    expect((await readings('{}')).map(told)).toEqual([
      ['a', false, false, [0], 'seen-a'],
      ['b', false, false, [1], 'seen-b'],
    ]);
  });

  it('gives each verifier only what has to arrive there, under the numbers of the whole plan', async () => {
    const { plan } = await planned({ ...fixture('several-targets.yaml') });
    const [speed, batch] = readingsOf(plan) as [Reading, Reading];
    expect(speed.plan.fleets.map(({ name, number, target }) => [name, number, target])).toEqual([['phones', 0, 0]]);
    expect(batch.plan.fleets.map(({ name, number, target }) => [name, number, target])).toEqual([
      ['phones', 0, 1],
      ['others', 1, 1],
    ]);
    expect([speed, batch].map(({ plan: { besides } }) => besides?.map(({ name }) => name))).toEqual([
      ['others'],
      undefined,
    ]);
    // The shake of the phones, wherever they stand in the list.
    expect(plan.timeline.map(({ fleets }) => fleets)).toEqual([[0, 1]]);
    expect([speed, batch].map(({ plan: { timeline } }) => timeline.map(({ fleets }) => fleets))).toEqual([
      [[0]],
      [[0]],
    ]);
  });

  it('expects behind a bridge what was sent to a target that is not read itself, at the address of what is read', async () => {
    const [only] = await readings('{ read: c }');
    expect(told(only as Reading)).toEqual(['c', false, true, [0], 'seen']);
    expect(only?.plan.fleets.map(({ address, target }) => [address, target])).toEqual([['down/<device>', 2]]);
    const behindOther = await readings('{ read: [a, c] }');
    expect(behindOther.map(told)).toEqual([
      ['a', false, false, [0], 'seen-a'],
      ['c', false, true, [1], 'seen-c'],
    ]);
    const allRead = await readings('{ read: [a, b, c] }');
    expect(allRead.map(({ name, origins }) => [name, origins])).toEqual([
      ['a', [0]],
      ['b', [1]],
      ['c', [0]],
    ]);
  });

  it('reads taps after what is judged, and counts only what has lost its identity', async () => {
    const tapped = await readings('{ read: c, taps: [a], hop: { survives: none } }');
    expect(tapped.map(told)).toEqual([
      ['c', false, true, [0], 'seen-c'],
      ['a', true, false, [0], 'seen-a'],
    ]);
    expect(tapped.map(({ plan }) => plan.fleets.map(({ payload }) => payload.identity))).toEqual([
      ['none'],
      ['fields'],
    ]);
    expect(tapped.map(({ plan }) => plan.verify.hop)).toEqual([{ as: 'string', survives: 'none' }, undefined]);
  });

  it('reads nothing where that is not asked', async () => {
    const { plan } = await planned({ text: `${toBoth}verify: false\n` });
    expect(readingsOf(plan)).toEqual([]);
    expect(isRead(plan, 0)).toBe(false);
  });
});
