import { describe, expect, it } from 'vitest';
import { fixture, mistakes, planned, scenario } from './request.ts';

describe('the timeline', () => {
  it('is told from the end of the warm-up, in order of time', async () => {
    const { plan } = await planned(fixture('timeline.yaml'));
    expect(plan.timeline).toEqual([
      { atUs: 125_000_000, fleets: null, kind: 'shake', forUs: 10_000_000, share: 0.25 },
      { atUs: 305_000_000, fleets: [0], kind: 'disconnect', forUs: 30_000_000, share: 0.8 },
      { atUs: 365_000_000, fleets: null, kind: 'quake', magnitude: 6, depthKm: 9, distanceKm: 10.5 },
      { atUs: 545_000_000, fleets: null, kind: 'note', text: 'the last minute: nothing happens' },
    ]);
  });

  it('keeps what only a flag puts behind the end, and refuses what the file puts there', async () => {
    const text = scenario({ more: 'timeline: [{ at: 8s, note: late }]' });
    expect((await planned({ text, duration: '5s' })).plan.timeline).toMatchObject([{ atUs: 8_000_000 }]);
    expect(await mistakes({ text: text.replace('10s', '8s') })).toEqual(['the run is over by then']);
  });

  it('has faults of the embedded broker as plain numbers', async () => {
    const { plan } = await planned(fixture('timeline-fault.yaml'));
    expect(plan.timeline).toEqual([
      {
        atUs: 60_000_000,
        fleets: null,
        kind: 'fault',
        forUs: 10_000_000,
        faults: {
          loss: 0.01,
          duplicates: 0.0001,
          reordered: 0.01,
          altered: 0.01,
          lostAcks: 0.01,
          swallowed: 0.01,
          resets: 0.00001,
        },
      },
      { atUs: 120_000_000, fleets: null, kind: 'fault', forUs: 60_000_000, faults: { delayUs: 250_000 } },
      { atUs: 300_000_000, fleets: null, kind: 'fault', forUs: 5_000_000, faults: { stall: true } },
    ]);
  });

  it('decides what is sent', async () => {
    const text = scenario({ more: 'timeline: [{ at: 50%, quake: { magnitude: 6, depth: 9km, distance: 10km } }]' });
    const [with6, with7] = await Promise.all([
      planned({ text }),
      planned({ text: text.replace('tude: 6', 'tude: 7') }),
    ]);
    expect(with6.plan).not.toEqual(with7.plan);
  });
});
