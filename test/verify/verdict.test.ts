import { describe, expect, it } from 'vitest';
import type { CheckResult, DeliveryCounts, Verdict } from '../../src/metrics/result.ts';
import { judge } from '../../src/verify/verdict.ts';
import { testEvents } from '../metrics/test-result.ts';
import { type Change, input } from './test-verdict-input.ts';

type Status = CheckResult['status'];

const slow = { doubts: ['the broker dropped 3 messages for slow readers'] };
const sick = 'the generator was the limit: schedule lag';

function judged(change: Change) {
  const outcome = judge(input(change));
  return { ...outcome, delivery: outcome.checks.find(({ name }) => name === 'delivery') };
}

const atMost = { expect: 'at-most-once', events: { acked: 0, noAck: 1_000 } } as const;
const exactly = { expect: 'exactly-once' } as const;
const quiet = { acked: 0, noAck: 1_000 };

describe('delivery', () => {
  it.each<[string, Change, Status, string]>([
    ['everything arrived once', {}, 'pass', ''],
    ['a proved loss', { delivery: { lost: 2 } }, 'fail', '2 events were acknowledged and proved lost'],
    ['a proved loss, whoever was sick', { delivery: { lost: 1 }, reader: slow, sick: true }, 'fail', 'proved lost'],
    [
      'a missing event and a healthy reader',
      { delivery: { missing: 1 } },
      'fail',
      '1 event was acknowledged and never arrived',
    ],
    [
      'a missing event and a slow reader',
      { delivery: { missing: 1 }, reader: slow },
      'inconclusive',
      "the broker's queue was too slow: the broker dropped 3",
    ],
    [
      'a missing event and a dead reader',
      { delivery: { missing: 1 }, reader: { finished: false } },
      'inconclusive',
      'did not finish',
    ],
    ['no reader', { reader: null }, 'inconclusive', 'nothing was read back'],
    ['a dead reader that had seen all', { reader: { finished: false } }, 'inconclusive', 'did not finish'],
    ['a slow reader that saw all', { reader: slow }, 'pass', ''],
    ['an altered event', { delivery: { corrupt: 1 } }, 'fail', '1 arrived altered'],
    ['a phantom', { delivery: { phantom: 1 } }, 'fail', 'refused or never sent, yet arrived'],
    [
      'several violations',
      { delivery: { corrupt: 2, missing: 2, phantom: 1 } },
      'fail',
      '2 arrived altered; 2 events were acknowledged and never arrived unaltered; 1 event was refused',
    ],
    ['second copies', { delivery: { duplicates: 5 } }, 'pass', ''],
    ['late events', { delivery: { late: 5 } }, 'pass', ''],
    [
      'unknown events, few and absent',
      { events: { acked: 995, unknown: 5 }, delivery: { coverage: 0.995, unseenUnknown: 5 } },
      'pass',
      '',
    ],
    [
      'unknown events, many',
      { events: { acked: 980, unknown: 20 }, delivery: { coverage: 0.98 } },
      'inconclusive',
      'only 98 %',
    ],
    ['nothing verified', { delivery: { verified: 0 } }, 'inconclusive', 'nothing was verified'],
    [
      'nothing acknowledged',
      { events: quiet, delivery: { coverage: null } },
      'inconclusive',
      'nothing was acknowledged',
    ],
    ['a cut-off record', { sentTold: false }, 'inconclusive', 'record of what was sent is incomplete'],
    ['counts that agree', { delivery: { duplicates: null } }, 'inconclusive', 'only be counted'],
    ['counts that do not', { delivery: { duplicates: null, missing: 1 } }, 'fail', 'never arrived'],
  ])('at least once: %s', (_, change, status, reason) => {
    expect(judged(change).delivery).toMatchObject({ status, reason: expect.stringContaining(reason) });
  });

  it.each<[string, Change, Status, string]>([
    ['losses', { ...atMost, delivery: { coverage: null, unseenNoAck: 100 } }, 'pass', ''],
    ['second copies', { ...atMost, delivery: { coverage: null, duplicates: 1 } }, 'fail', '1 extra copies'],
    ['a phantom', { ...atMost, delivery: { coverage: null, phantom: 1 } }, 'fail', 'yet arrived'],
    [
      'losses and a slow reader',
      { ...atMost, delivery: { coverage: null, unseenNoAck: 1 }, reader: slow },
      'inconclusive',
      'may have passed unseen',
    ],
    [
      'no losses and a lost session',
      { ...atMost, delivery: { coverage: null }, reader: { ...slow, gaps: 1 } },
      'inconclusive',
      'may have passed unseen',
    ],
    ['no losses and a slow reader', { ...atMost, delivery: { coverage: null }, reader: slow }, 'pass', ''],
    ['acknowledged events missing', { expect: 'at-most-once', delivery: { missing: 1 } }, 'pass', ''],
    [
      'nothing verified',
      { ...atMost, delivery: { coverage: null, verified: 0 } },
      'inconclusive',
      'nothing was verified',
    ],
  ])('at most once: %s', (_, change, status, reason) => {
    expect(judged(change).delivery).toMatchObject({ status, reason: expect.stringContaining(reason) });
  });

  it.each<[string, Change, Status, string]>([
    ['everything arrived once', exactly, 'pass', ''],
    [
      'second copies, though permitted',
      { ...exactly, delivery: { duplicates: 1, permittedDuplicates: 1 } },
      'fail',
      'extra copies',
    ],
    ['a missing event', { ...exactly, delivery: { missing: 1 } }, 'fail', 'never arrived'],
    [
      'a recovered unknown',
      { ...exactly, events: { acked: 999, unknown: 1 }, delivery: { recovered: 1, coverage: 0.999 } },
      'pass',
      '',
    ],
    [
      'an unseen unknown and a slow reader',
      { ...exactly, delivery: { unseenUnknown: 1 }, reader: slow },
      'inconclusive',
      'may have passed unseen',
    ],
  ])('exactly once: %s', (_, change, status, reason) => {
    expect(judged(change).delivery).toMatchObject({ status, reason: expect.stringContaining(reason) });
  });
});

describe('order', () => {
  it.each<[string, Change, Status]>([
    ['kept', {}, 'pass'],
    ['broken', { delivery: { reordered: 1 } }, 'fail'],
    ['broken where nobody promised it', { delivery: { reordered: 1 }, ordered: false }, 'skipped'],
    ['of events without identity', { delivery: { reordered: null } }, 'skipped'],
    ['nobody looked', { reader: null }, 'inconclusive'],
    ['looked at in part', { reader: { finished: false } }, 'inconclusive'],
    ['of nothing', { delivery: { verified: 0 } }, 'inconclusive'],
    ['kept, as a slow reader saw that saw all', { reader: slow }, 'pass'],
    ['kept among what a slow reader saw', { reader: slow, delivery: { unseenUnknown: 1 } }, 'inconclusive'],
    ['kept, but the session was lost', { reader: { ...slow, gaps: 1 } }, 'inconclusive'],
    ['broken, whoever was slow', { reader: slow, delivery: { reordered: 1, missing: 1 } }, 'fail'],
  ])('%s', (_, change, status) => {
    expect(judge(input(change)).checks.find(({ name }) => name === 'order')).toMatchObject({ status });
  });

  it('is not a check where it is not asked', () => {
    expect(judge(input({ order: false })).checks.map(({ name }) => name)).toEqual(['delivery']);
  });
});

describe('thresholds', () => {
  it.each<[string, Change, Status, string]>([
    ['response_time p99 < 10ms', {}, 'pass', ''],
    ['response_time p99 < 1ms', {}, 'fail', 'observed 5 ms'],
    ['response_time p99 < 1ms', { sick: true }, 'inconclusive', sick],
    ['response_time p99 < 10ms', { sick: true }, 'inconclusive', sick],
    ['response_time p99 < 1ms', { lagUs: 80_000 }, 'inconclusive', 'the generator itself was 80 ms late'],
    ['response_time p99 < 10ms', { lagUs: 80_000 }, 'pass', ''],
    ['achieved_rate >= 99.9%', { sick: true }, 'inconclusive', sick],
    ['achieved_rate >= 99%', { sick: true }, 'pass', ''],
    ['schedule_lag p99 < 1ms', { sick: true }, 'fail', ''],
    ['lost == 0', { sick: true }, 'pass', ''],
    ['response_time p99.9 < 1s', {}, 'inconclusive', 'too few'],
    [
      'response_time p99.9 < 1s',
      { skipped: [['response_time p99.9 < 1s', '--duration made it too short']] },
      'skipped',
      '--duration',
    ],
    ['missing == 0', { delivery: { missing: 1 } }, 'fail', ''],
    ['missing == 0', { delivery: { missing: 1 }, reader: slow }, 'inconclusive', 'not fit'],
    ['missing == 0', { reader: slow }, 'pass', ''],
    ['missing == 0', { reader: null }, 'inconclusive', 'nothing was read back'],
    ['duplicates == 0', { reader: { finished: false } }, 'inconclusive', 'did not finish'],
    ['end_to_end p99 < 1s', { reader: slow }, 'pass', ''],
    ['end_to_end p99 < 1s', { reader: slow, delivery: { missing: 1 } }, 'inconclusive', 'not fit'],
    ['end_to_end p99 < 1s', { reader: { ...slow, gaps: 1 } }, 'inconclusive', 'not fit'],
    ['end_to_end p99 < 1ms', { reader: slow }, 'inconclusive', 'not fit'],
    ['end_to_end p99 < 1ms', {}, 'fail', ''],
    ['end_to_end p99 > 1ms', { reader: slow }, 'inconclusive', 'not fit'],
    ['end_to_end p99 < 1s', {}, 'pass', ''],
    ['rejected == 0', { reader: null }, 'pass', ''],
    ['nonsense', {}, 'inconclusive', 'compares nothing'],
  ])('%s, case %#', (expression, change, status, reason) => {
    const check = judge(input({ ...change, thresholds: [expression] })).checks.find(({ name }) => name === expression);
    expect(check).toMatchObject({ status, expression, reason: expect.stringContaining(reason) });
  });
});

describe('thresholds where a stretch was not read', () => {
  type Bend = 'too low' | 'too high' | 'exact';
  const keys = {
    received: ['received', 'too low'],
    verified: ['verified', 'too low'],
    recovered: ['recovered', 'too low'],
    duplicates: ['duplicates', 'too low'],
    permitted_duplicates: ['permittedDuplicates', 'too low'],
    reordered: ['reordered', 'too low'],
    corrupt: ['corrupt', 'too low'],
    phantom: ['phantom', 'too low'],
    late: ['late', 'too low'],
    foreign: ['foreign', 'too low'],
    reread: ['reread', 'too low'],
    missing: ['missing', 'too high'],
    unseen_unknown: ['unseenUnknown', 'too high'],
    unseen_no_ack: ['unseenNoAck', 'too high'],
    lost: ['lost', 'exact'],
  } as const satisfies Record<string, readonly [keyof DeliveryCounts, Bend]>;
  const metrics = Object.entries(keys).map(([metric, [key, bend]]) => ({ metric, key, bend }));
  const statusOf = (expression: string, change: Change): Status | undefined =>
    judge(input({ ...change, thresholds: [expression] })).checks.find(({ name }) => name === expression)?.status;

  /** Of 5 observed: the result whatever passed unseen, by operator and limit, when observed is too low, too high and exact. */
  const open = 'inconclusive';
  const cases = [
    { limit: '< 6', tooLow: open, tooHigh: 'pass', exact: 'pass' },
    { limit: '<= 5', tooLow: open, tooHigh: 'pass', exact: 'pass' },
    { limit: '< 5', tooLow: 'fail', tooHigh: open, exact: 'fail' },
    { limit: '> 4', tooLow: 'pass', tooHigh: open, exact: 'pass' },
    { limit: '>= 6', tooLow: open, tooHigh: 'fail', exact: 'fail' },
    { limit: '== 4', tooLow: 'fail', tooHigh: open, exact: 'fail' },
    { limit: '== 5', tooLow: open, tooHigh: open, exact: 'pass' },
    { limit: '== 6', tooLow: open, tooHigh: 'fail', exact: 'fail' },
  ] as const;

  it.each(metrics)('$metric may be $bend', ({ metric, key, bend }) => {
    const change: Change = { reader: slow, delivery: { missing: 1, [key]: 5 } };
    const column = ({ 'too low': 'tooLow', 'too high': 'tooHigh', exact: 'exact' } as const)[bend];
    for (const expected of cases) {
      expect([expected.limit, statusOf(`${metric} ${expected.limit}`, change)]).toEqual([
        expected.limit,
        expected[column],
      ]);
    }
  });

  it.each(metrics)('$metric is what it is when the reader was slow and saw every event', ({ metric, key, bend }) => {
    if (bend === 'too high') return expect(statusOf(`${metric} == 0`, { reader: slow })).toBe('pass');
    for (const { limit, exact } of cases) {
      expect(statusOf(`${metric} ${limit}`, { reader: slow, delivery: { [key]: 5 } })).toBe(exact);
    }
  });

  it('no duplicates: inconclusive only if an event or the session was not seen', () => {
    expect(statusOf('duplicates == 0', { reader: slow })).toBe('pass');
    for (const key of ['missing', 'unseenUnknown', 'unseenNoAck']) {
      expect(statusOf('duplicates == 0', { reader: slow, delivery: { [key]: 1 } })).toBe('inconclusive');
      expect(statusOf('duplicates == 0', { delivery: { [key]: 1 } })).toBe('pass');
    }
    expect(statusOf('duplicates == 0', { reader: { ...slow, gaps: 1 } })).toBe('inconclusive');
    expect(statusOf('missing == 0', { reader: { ...slow, gaps: 1 } })).toBe('pass');
    expect(statusOf('duplicates == 0', { reader: slow, delivery: { duplicates: 3, missing: 1 } })).toBe('fail');
  });
});

describe('judge', () => {
  const failing = 'response_time p99 < 1ms';
  const open = 'response_time p99.9 < 1s';
  it.each<[string, Change, Verdict, string[]]>([
    ['all is well', {}, 'pass', []],
    [
      'a broken law accuses nobody',
      { broken: true, delivery: { lost: 1 } },
      'error',
      ['defect in iotload: "a = b" does not hold (1 and 2)'],
    ],
    ['a dead worker', { ended: 'worker-died' }, 'error', ['a worker died']],
    ['a failure before an open question', { thresholds: [open, failing] }, 'fail', [`${failing}: observed 5 ms`]],
    [
      'an open question before a pass',
      { thresholds: [open] },
      'inconclusive',
      [`${open}: 1000 samples are too few for p99.9`],
    ],
    ['a skipped check decides nothing', { thresholds: [open], skipped: [[open, 'too short']] }, 'pass', []],
    ['delivery not asked', { verify: false }, 'pass', ['delivery not checked']],
    [
      'delivery not asked, a threshold broken',
      { verify: false, thresholds: [failing] },
      'fail',
      [`${failing}: observed 5 ms`],
    ],
    ['a sick generator is no matter where no time was asked', { sick: true }, 'pass', []],
    ['interrupted, but sound', { ended: 'interrupted' }, 'pass', []],
    ['aborted', { ended: 'aborted' }, 'inconclusive', ['the run was aborted before its end']],
    [
      'nothing sent',
      { verify: false, events: testEvents({ sent: 0, acked: 0, notSent: 1_000 }) },
      'inconclusive',
      ['nothing was sent'],
    ],
    [
      'verification asked, nothing verified',
      { order: false, delivery: { verified: 0 } },
      'inconclusive',
      ['delivery: nothing was verified'],
    ],
  ])('%s', (_, change, verdict, reasons) => {
    expect(judged(change)).toMatchObject({ verdict, reasons });
  });
});
