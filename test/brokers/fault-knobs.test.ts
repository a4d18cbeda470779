import { expect, it } from 'vitest';
import { faultPlanOf } from '../../src/brokers/fault-knobs.ts';
import { endlessStall } from '../../src/brokers/stalls.ts';

it('the faults of a timeline have names that every instrument knows', () => {
  expect(faultPlanOf({}, 7)).toEqual({ seed: 7 });
  const shares = {
    loss: 0.1,
    duplicates: 0.2,
    reordered: 0.3,
    altered: 0.4,
    lostAcks: 0.5,
    swallowed: 0.6,
    resets: 0.7,
  };
  expect(faultPlanOf({ ...shares, delayUs: 2500, stall: true }, 1)).toEqual({
    seed: 1,
    drop: { share: 0.1 },
    double: { share: 0.2 },
    reorder: { share: 0.3 },
    alter: { share: 0.4 },
    dropAcks: { share: 0.5 },
    swallow: { share: 0.6 },
    reset: { share: 0.7 },
    holdAcks: { ms: 2.5 },
    stall: endlessStall,
  });
});
