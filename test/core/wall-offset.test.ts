import { performance } from 'node:perf_hooks';
import { afterEach, expect, it, vi } from 'vitest';
import { wallOffsetUs } from '../../src/core/wall-offset.ts';

afterEach(() => vi.restoreAllMocks());

/** A machine whose two clocks are read one after the other, each reading taking some µs. */
function machine(offsetUs: number, costUs: number): void {
  let monoUs = 123_456;
  const read = (): number => {
    monoUs += costUs;
    return monoUs;
  };
  vi.spyOn(performance, 'now').mockImplementation(() => read() / 1000);
  vi.spyOn(Date, 'now').mockImplementation(() => Math.floor((read() + offsetUs) / 1000));
}

it.each([0, 1, 499, 500, 999, 1_700_000_000_000_321])('tells an offset of %s µs to some µs', (offsetUs) => {
  machine(offsetUs, 1);
  expect(Math.abs((wallOffsetUs() as number) - offsetUs)).toBeLessThanOrEqual(3);
});

it('tells a step to some µs', () => {
  machine(5_000_000, 1);
  const before = wallOffsetUs() as number;
  machine(5_000_000 - 1_800, 1);
  expect(Math.abs((wallOffsetUs() as number) - before + 1_800)).toBeLessThanOrEqual(6);
});

it('says nothing when it is interrupted again and again, or the clock stands', () => {
  machine(0, 400);
  expect(wallOffsetUs()).toBeNull();
  machine(0, 1);
  vi.spyOn(Date, 'now').mockReturnValue(1_000);
  expect(wallOffsetUs()).toBeNull();
});
