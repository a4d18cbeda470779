import { expect, it } from 'vitest';
import type { BrokerResult, HopResult, TargetResult } from '../../src/metrics/result.ts';
import { brokerLines, hopLines, partitionLines, targetLines } from '../../src/report/hop-lines.ts';
import { stored } from './hostile.ts';

const hop: HopResult = {
  from: 'edge',
  to: 'lake',
  proof: 'identity',
  entered: 10_000,
  arrived: 9_999,
  lost: 1,
  duplicates: 2,
  corrupt: 0,
  notes: [],
};

it('a hop is one line, and what cannot be proved stands below it', () => {
  expect(hopLines([hop])).toEqual(['  hop       edge → lake: 10,000 in, 9,999 out; lost 1, duplicates 2, corrupt 0']);
  const counted = {
    ...hop,
    lost: null,
    duplicates: null,
    corrupt: null,
    notes: [`which ones\u001b[31m is not known, ${'x '.repeat(40)}`],
  };
  const lines = hopLines([counted]);
  expect(lines[0]).toBe('  hop       edge → lake: 10,000 in, 9,999 out; lost –, duplicates –, corrupt –');
  expect(lines[1]).toMatch(/^ {12}which ones.*is not known, x/);
  expect(lines.every((line) => line.length <= 80)).toBe(true);
});

it('says of several partitions how evenly they were loaded', () => {
  const partitions = { kind: 'shard', count: 4, hottest: 2, share: 0.4, hotIndex: 1.6 } as const;
  const result = stored('clean');
  const [target] = result.targets as [(typeof result.targets)[number]];
  expect(partitionLines({ ...result, targets: [{ ...target, partitions }] })).toEqual([
    '  balance   4 shards; the hottest, 2, got 40 % of the events, 1.60 times an even',
    '            share',
  ]);
  expect(partitionLines({ ...result, targets: [{ ...target, partitions: { ...partitions, count: 1 } }] })).toEqual([]);
  expect(partitionLines(result)).toEqual([]);
});

it('of several targets each has its counts and its pace, and what it counted itself, with doubts below it', () => {
  const { targets } = stored('breached');
  const [first] = targets as [TargetResult];
  const doubt = {
    ...first,
    broker: { ...(first.broker as BrokerResult), final: false, doubts: ['it took fewer\u001b[1m'] },
  };
  const lines = targetLines({ ...stored('breached'), targets: [doubt, ...targets.slice(1)] });
  expect(lines).toEqual([
    '  at        broker: sent 176,584, acked 176,000, verified 176,301, missing 52',
    '            588.6/s, response time p50 1.1 ms p99 1.02 s, end to end p50 1.3 ms',
    '            p99 1.02 s',
    '  at        lake: sent 176,584, acked 176,000, not read back',
    '            588.6/s, response time p50 1.1 ms p99 1.02 s',
  ]);
  expect(brokerLines({ targets: [doubt] })).toEqual([
    '  counted   176,590 messages, 40 dropped by $SYS/broker/publish/messages, told',
    '            before the end',
    '            it took fewer\ufffd[1m',
  ]);
  expect(brokerLines({ targets: [doubt, doubt] })[0]).toContain('counted   broker: 176,590 messages');
  expect(targetLines({ ...stored('breached'), targets: [first] })).toEqual([]);
});
