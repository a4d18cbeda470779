import { describe, expect, it } from 'vitest';
import { targetLoad } from '../../src/plan/target-load.ts';
import { planned, scenario } from './request.ts';

const size = { addressBytes: 20, payloadBytes: 180 };

async function loadOf(fleets: string) {
  const text = `iotload: 1
run: { warm_up: 2s, duration: 8s }
fleets: { ${fleets} }
target: { protocol: kafka, endpoint: embedded }`;
  return targetLoad((await planned({ text })).plan, [size, { ...size, payloadBytes: 80 }], 2, 0);
}

const fleet = (more: string): string => `{ model: phone-motion, payload: raw, devices: 10, rate: 100/s, ${more} }`;

describe('what a plan asks of a target', () => {
  it('is the peak of each fleet and of all together, which need not be at one time', async () => {
    const a = fleet('profile: [{ hold: 300%, for: 50% }, { hold: 100%, for: 50% }]');
    const b = fleet('profile: [{ hold: 100%, for: 50% }, { hold: 200%, for: 50% }]');
    expect(await loadOf(`a: ${a}, b: ${b}`)).toMatchObject({
      peakPerSecond: 400,
      sendingUs: 10_000_000,
      workers: 2,
      reads: true,
      fleets: [
        { name: 'a', peakPerSecond: 300, events: 2200, payloadBytes: 180 },
        { name: 'b', peakPerSecond: 200, events: 1400, payloadBytes: 80 },
      ],
    });
  });

  it.each([
    ['<device>', 1 / 10, null],
    ['site-<index>', 1 / 10, null],
    ['<uuid>', 1 / 1000, null],
    ['<device>/<time.ms>', 1 / 1000, null],
    ['everything', 1, 'everything'],
    ['<run>', 1, '<run>'],
    ['<activity>', 1, null],
  ])('knows how often the most frequent key %s comes', async (key, hottestShare, onlyAddress) => {
    expect((await loadOf(`a: ${fleet(`key: ${key}`)}`)).fleets[0]).toMatchObject({ hottestShare, onlyAddress });
  });

  it('is nothing at a target that no fleet sends to', async () => {
    const { plan } = await planned({ text: scenario() });
    expect(targetLoad(plan, [size], 1, 1)).toMatchObject({ fleets: [], peakPerSecond: 0, reads: false });
  });
});
