import { expect, it } from 'vitest';
import { bearing6205, bearingOrders } from '../../../src/models/physics/bearing.ts';

it('has the published orders of a 6205', () => {
  const { outer, inner, roller, cage } = bearingOrders(bearing6205);
  expect([outer, inner, cage, roller / 2, roller].map((order) => Number(order.toFixed(3)))).toEqual([
    3.585, 5.415, 0.398, 2.357, 4.713,
  ]);
});

it('has the published frequencies at 1797 rpm', () => {
  const { outer, inner, roller, cage } = bearingOrders(bearing6205);
  const hertz = [outer, inner, cage, roller].map((order) => Number(((order * 1797) / 60).toFixed(1)));
  expect(hertz).toEqual([107.4, 162.2, 11.9, 141.2]);
});

it('lets every roller meet either race: the two orders add up to their number', () => {
  for (const cosContact of [1, 0.9, 0.5]) {
    const { outer, inner, cage } = bearingOrders({ ...bearing6205, cosContact });
    expect(outer + inner).toBeCloseTo(9, 12);
    expect(cage * 9).toBeCloseTo(outer, 12);
  }
});
