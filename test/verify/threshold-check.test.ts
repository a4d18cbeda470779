import { describe, expect, it } from 'vitest';
import type { Reading } from '../../src/plan/readings.ts';
import type { SettledReading } from '../../src/verify/settle-readings.ts';
import { thresholdCheck } from '../../src/verify/threshold-check.ts';
import type { VerdictInput } from '../../src/verify/verdict-input.ts';
import { testDelivery } from '../metrics/test-result.ts';
import { input } from './test-verdict-input.ts';

const check = (planned: Parameters<typeof thresholdCheck>[0], change: Partial<VerdictInput>) =>
  thresholdCheck(planned, { ...input({}), ...change });

describe('a threshold that is judged from some time on', () => {
  const planned = { expression: 'unknown < 1%', afterUs: 60_000_000 };

  it('says nothing of a run that ended before, whatever it came to', () => {
    expect(check(planned, { endedUs: 59_999_999 })).toEqual({
      name: 'unknown < 1%',
      expression: 'unknown < 1%',
      status: 'inconclusive',
      observed: 'not known',
      reason: 'it is judged from 1m on, and the run ended before',
    });
  });

  it('is judged over everything once that time was reached', () => {
    expect(check(planned, { endedUs: 60_000_000 })).toMatchObject({ status: 'pass', observed: '0 % (0 of 1000)' });
    expect(check(planned, {})).toMatchObject({ status: 'pass' });
  });
});

describe('a threshold that ended the run', () => {
  const broken = { expression: 'unknown < 1%', observed: '5 % (50 of 1000)', atUs: 12_000_000 };

  it('failed with what was observed then, however little that is of what was planned', () => {
    expect(check({ expression: 'unknown < 1%', abortOnFail: true }, { broken, ended: 'aborted' })).toMatchObject({
      status: 'fail',
      observed: '5 % (50 of 1000)',
      reason: 'observed 5 % (50 of 1000) after 12 s, which ended the run',
    });
  });

  it('leaves the others as they are, and what was skipped is not judged', () => {
    expect(check({ expression: 'unknown < 2%' }, { broken }).status).toBe('pass');
    const skipped = new Map([['unknown < 1%', 'too short']]);
    expect(check({ expression: 'unknown < 1%' }, { broken, skipped }).status).toBe('skipped');
  });
});

describe('a threshold about one of several targets', () => {
  const slow = { finished: true, doubts: ['edge: the reader was slow'] };
  const result = input({}).run;
  const targets = ['edge', 'lake'].map((name) => ({
    ...(result.targets[0] as (typeof result.targets)[number]),
    name,
    delivery: testDelivery({ missing: 1 }),
  }));
  const plan = {
    ...input({}).plan,
    targets: targets.map(({ name }) => ({ name, protocol: 'file', options: {} })),
  };
  const readingOf = (name: string, doubts: string[]) =>
    ({
      reading: { name, tap: false } as Reading,
      seen: { end: { complete: false, doubts, source: { gaps: 0 } } },
      settlement: { delivery: testDelivery({ missing: 1 }) },
    }) as unknown as SettledReading;
  const readings = [readingOf('edge', ['the reader was slow']), readingOf('lake', [])];
  const several: Partial<VerdictInput> = { plan, run: { ...result, targets }, reader: slow, readings };

  it('rests on the word of the reader there', () => {
    expect(check({ expression: 'edge.missing == 0' }, several).status).toBe('inconclusive');
    expect(check({ expression: 'lake.missing == 0' }, several)).toMatchObject({ status: 'fail', observed: '1' });
  });
});
