import { expect, it } from 'vitest';
import { type CompactionQuestion, LogHoles } from '../../../src/targets/kafka/log-holes.ts';

function setting(isCompacted: CompactionQuestion) {
  const told: string[] = [];
  let asked = 0;
  const holes = new LogHoles({
    topic: 'readings',
    isCompacted: () => {
      asked++;
      return isCompacted();
    },
    gap: (detail) => told.push(`gap: ${detail}`),
    notice: (detail) => told.push(`notice: ${detail}`),
  });
  return { holes, told, asked: () => asked };
}

const first = 'offset 5 of partition 1 of readings has no record';

it.each([
  ['gap, as the topic is compacted', true, `gap: ${first}: the topic is compacted, so what is not there may have been`],
  ['proof of loss otherwise', false, `notice: ${first}, and the topic is not compacted`],
  [
    'gap where nobody may know',
    null,
    `gap: ${first}, and we may not ask whether the topic is compacted (DescribeConfigs)`,
  ],
])('a hole is a %s', async (_, answer, text) => {
  const { holes, told } = setting(async () => answer);
  holes.add(1, 5, 7);
  await holes.judged();
  expect(told).toEqual([text]);
});

it('a question that fails is one that we may not ask', async () => {
  const { holes, told } = setting(() => Promise.reject(new Error('no')));
  holes.add(1, 5, 7);
  await holes.judged();
  expect(told).toEqual([expect.stringMatching(/^gap: .*may not ask/)]);
});

it('asks once, about the first hole, and not before there is one', async () => {
  const { holes, told, asked } = setting(async () => false);
  await holes.judged();
  expect(asked()).toBe(0);
  holes.add(1, 5, 7);
  holes.add(0, 1, 2);
  await holes.judged();
  holes.add(1, 9, 10);
  await holes.judged();
  expect([asked(), told.length]).toEqual([1, 1]);
});

it('keeps the first twenty holes of each partition', () => {
  const { holes } = setting(async () => false);
  for (let i = 0; i < 25; i++) holes.add(2, 10 * i, 10 * i + 1);
  holes.add(3, 4, 6);
  expect(holes.of(2)).toEqual(Array.from({ length: 20 }, (_, i) => [10 * i, 10 * i + 1]));
  expect(holes.of(3)).toEqual([[4, 6]]);
  expect(holes.of(0)).toEqual([]);
});
