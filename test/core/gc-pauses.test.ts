import { expect, it } from 'vitest';
import { watchGarbageCollection } from '../../src/core/gc-pauses.ts';
import { until } from '../until.ts';

it('adds up what was collected, and begins anew after each look', async () => {
  const watch = watchGarbageCollection();
  const taken: { totalUs: number; longestUs: number }[] = [];
  const kept: object[] = [];
  await until(() => {
    for (let i = 0; i < 50_000; i++) kept[i % 1_000] = { i, text: `${i}` };
    taken.push(watch.take());
    return taken.some(({ totalUs }) => totalUs > 0);
  });
  watch.stop();
  const found = taken.filter(({ totalUs }) => totalUs > 0);
  for (const { totalUs, longestUs } of found) expect(longestUs).toBeLessThanOrEqual(totalUs);
  expect(watch.take()).toEqual({ totalUs: 0, longestUs: 0 });
});
