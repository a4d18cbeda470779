import { expect, it } from 'vitest';
import type { Plan } from '../../../src/plan/plan.ts';
import { PartitionMaps } from '../../../src/report/timeline/partition-maps.ts';
import type { SeenMoment, SentMoment } from '../../../src/wire/moments.ts';
import { testPlan } from '../../verify/test-plan.ts';

const plan: Plan = {
  ...testPlan([{ devices: 1, slots: 1 }]),
  targets: [
    { name: 'broker', protocol: 'mqtt', options: {} },
    { name: 'log', protocol: 'kafka', options: {} },
    { name: 'stream', protocol: 'kinesis', options: {} },
  ],
};
const sent = (...partitions: number[][]): SentMoment => ({ partitions }) as Partial<SentMoment> as SentMoment;
const seen = (...partitions: number[]): SeenMoment => ({ partitions }) as Partial<SeenMoment> as SeenMoment;

it('are of what was read, and of what was sent where nothing was read', () => {
  const maps = new PartitionMaps(plan);
  maps.sent(1e6, sent([], [0, 5, 1], [3, 7, 0]));
  maps.sent(2e6, sent([], [0, 5, 0], [3, 1, 0]));
  maps.read(1, 2e6, seen(0, 9, 0));
  expect(maps.finish().map(({ target, kind, counted, rows }) => [target, kind, counted, rows])).toEqual([
    ['log', 'partition', 'read', [{ partition: 0, events: [9], throttled: [1], total: 9 }]],
    ['stream', 'shard', 'sent', [{ partition: 3, events: [7, 1], throttled: [0, 0], total: 8 }]],
  ]);
});

it('are none of a target without partitions, of one that nobody counted, nor of what came before the start', () => {
  const maps = new PartitionMaps(plan);
  maps.sent(1e6, sent([0, 5, 0]));
  maps.read(1, 0, seen(0, 9, 0));
  expect(maps.finish()).toEqual([]);
});
