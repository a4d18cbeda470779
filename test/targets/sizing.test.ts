import { expect, it } from 'vitest';
import { eventsOf, type FleetLoad, meanEventBytes, placesFor } from '../../src/targets/sizing.ts';

const fleet = (events: number, payloadBytes: number): FleetLoad => ({
  name: 'a',
  devices: 1,
  events,
  peakPerSecond: 1,
  addressBytes: 10,
  payloadBytes,
  hottestShare: 1,
  onlyAddress: null,
});

it('adds up events, and weighs their bytes by how many there are', () => {
  expect(eventsOf([fleet(30, 90), fleet(10, 290)])).toBe(40);
  expect(meanEventBytes([fleet(30, 90), fleet(10, 290)])).toBe(150);
  expect(meanEventBytes([])).toBe(0);
});

it('fills a place to seven tenths, and takes one at least', () => {
  expect([0, 0.7, 0.700_001, 0.7 * 3, 7].map(placesFor)).toEqual([1, 1, 2, 3, 10]);
});
