import { describe, expect, it } from 'vitest';
import { aggregatedRecords, plainRecords, shardsFor } from '../../../src/targets/kinesis/capacity.ts';
import { onDemandUsd, provisionedUsd } from '../../../src/targets/kinesis/cost.ts';
import { listPrices } from '../../../src/targets/kinesis/prices.ts';

const plain = plainRecords(214);
const full = aggregatedRecords(214, { recordBytes: 25 * 1024, perSecond: Number.POSITIVE_INFINITY, lingerSeconds: 1 });

/** Figures of a table that was worked out by hand from the same prices, USD a day. */
describe('a day of 200 bytes an event', () => {
  it.each([
    [51e6, { provisioned: [1.07, 0.37], onDemand: [4.85, 1.82] }],
    [864e6, { provisioned: [17.5, 1.55], onDemand: [66.9, 15.6] }],
    [8.64e9, { provisioned: [172, 12.2], onDemand: [660, 147] }],
  ])('%d events', (events, expected) => {
    [plain, full].forEach((flow, i) => {
      const needed = shardsFor(events / 86_400, flow);
      const shards = Math.max(needed.records, needed.bytes);
      const provisioned = provisionedUsd({ shards, hours: 24, events }, flow, listPrices);
      const onDemand = onDemandUsd({ hours: 24, events, reads: false }, flow, listPrices);
      const [a, b] = [expected.provisioned[i] as number, expected.onDemand[i] as number];
      expect(Math.abs(provisioned / a - 1)).toBeLessThan(0.015);
      expect(Math.abs(onDemand / b - 1)).toBeLessThan(0.015);
    });
  });

  it('costs half as much again on demand where it is read back', () => {
    const of = (reads: boolean): number => onDemandUsd({ hours: 0, events: 51e6, reads }, plain, listPrices);
    expect(of(true) / of(false)).toBeCloseTo(1.5, 9);
  });
});
