import { describe, expect, it } from 'vitest';
import { codecs } from '../../src/codecs/registry.ts';
import { checkBehavior, resolveBehavior } from '../../src/plan/resolve-behavior.ts';
import { vocabulary } from '../contracts/codec.ts';
import { planned, scenario } from './request.ts';

const HOUR = 3_600_000_000;
const one = { numerator: 1, denominator: 1 };
const question = { devices: 1_000, peakPerSecond: 1_000, endUs: HOUR, speed: one };
const percent = (share: number) => ({ numerator: share, denominator: 100 });
const wrong: string[] = [];
const report = (key: string, { message }: { message: string }): void => void wrong.push(`${key}: ${message}`);

describe('behavior of a fleet in the plan', () => {
  it('is what the scenario says, in stretches of slot time', async () => {
    const behavior =
      'behavior: { churn: 2%/h, offline: { share: 1%, for: 5m }, clock_skew: 2s, duplicates: 0.1%, malformed: 0.01% }';
    const { plan } = await planned({ text: scenario({ fleet: behavior }) });
    expect(plan.fleets[0]?.behavior).toEqual({
      churn: { everyUs: 50 * HOUR },
      offline: { everyUs: 100 * 300_000_000, forUs: 300_000_000 },
      clockSkewUs: 2_000_000,
      duplicates: { numerator: 1, denominator: 1_000 },
      malformed: { numerator: 1, denominator: 10_000 },
    });
  });

  it('is absent where it comes to nothing', async () => {
    const behavior = 'behavior: { churn: 0%/h, offline: { share: 0%, for: 5m }, clock_skew: 0s, duplicates: 0% }';
    const { plan } = await planned({ text: scenario({ fleet: behavior }) });
    expect(Object.keys(plan.fleets[0] ?? {})).not.toContain('behavior');
  });

  it('passes at the speed of the clock, but for the error of a clock', () => {
    const asked = {
      churn: { ...percent(2), perUs: HOUR },
      offline: { share: percent(1), for: 300_000_000 },
      clock_skew: 7,
    };
    const speed = { numerator: 100, denominator: 1 };
    expect(resolveBehavior(asked, { ...question, speed }, report)).toEqual({
      churn: { everyUs: HOUR / 2 },
      offline: { everyUs: 300_000_000, forUs: 3_000_000 },
      clockSkewUs: 7,
    });
  });

  it('is refused where it cannot be kept', () => {
    wrong.length = 0;
    const tooMuch = { churn: { ...percent(200), perUs: 1_000_000 }, offline: { share: percent(50), for: 3 * HOUR } };
    expect(resolveBehavior(tooMuch, question, report)).toBeUndefined();
    const many = { ...question, devices: 1e8, endUs: 1e15 };
    expect(resolveBehavior({ churn: { ...percent(100), perUs: 1_000_000 } }, many, report)).toBeUndefined();
    const json = codecs['json'] as NonNullable<(typeof codecs)['json']>;
    const spec = { duplicates: percent(1), malformed: percent(1) };
    const layout = json.layout({ fields: [], identity: null, vocabulary });
    checkBehavior(spec, 'fields', json, layout, report);
    checkBehavior(spec, 'none', { name: 'bytes', doc: '', layout: json.layout }, layout, report);
    expect(wrong).toEqual([
      'churn: devices reload more than once a second',
      'offline: up to 5,400,000 events would be held back at a time',
      'churn: more devices than can be numbered',
      'duplicates: without an identity nobody can tell a second copy from another event',
      'malformed: every sequence of bytes can be read as bytes',
    ]);
  });

  it('damages rows only where they are found again', () => {
    const csv = codecs['csv'] as NonNullable<(typeof codecs)['csv']>;
    const said = (identity: 'fields' | 'derived' | 'none', ...values: string[]): string[] => {
      wrong.length = 0;
      const fields = values.map((value, i) => ({ name: `f${i}`, value }));
      const layout = csv.layout({ fields, identity: null, vocabulary });
      checkBehavior({ malformed: percent(1) }, identity, csv, layout, report);
      return [...wrong];
    };
    const refused = ['malformed: a damaged payload of these fields could not be found again'];
    expect(said('none', '<index>')).toEqual(refused);
    expect(said('fields', '<index>')).toEqual([]);
    expect(said('none', '<index>', '<sequence>')).toEqual([]);
    // The time is looked for behind the comma that would be damaged.
    expect(said('derived', '<index>', '<device>', '<time.ms>')).toEqual(refused);
    expect(said('derived', '<device>', '<time.iso>', '<index>')).toEqual([]);
  });
});
