import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isGrowth, metricKinds } from '../../src/metrics/metric.ts';
import { isThresholdError, parseThreshold, thresholdStats } from '../../src/metrics/threshold.ts';
import { propertyRuns } from '../property-runs.ts';

const scopes = ['meters', 'edge', 'a.b'];

/** Values as text with what they are, by the kind of their metric. */
const count = fc.nat(4_000_000).map((amount) => ({ text: `${amount}`, value: { unit: 'events', amount } }));
const share = fc
  .nat(100)
  .map((percent) => ({ text: `${percent}%`, value: { unit: 'share', numerator: percent, denominator: 100 } }));
const values = {
  latency: fc
    .record({ amount: fc.nat(4_000), unit: fc.constantFrom(['us', 1], ['ms', 1_000], ['s', 1_000_000]) })
    .map(({ amount, unit: [name, us] }) => ({
      text: `${amount}${name}`,
      value: { unit: 'us', amount: amount * (us as number) },
    })),
  'event-count': count,
  'delivery-count': fc.oneof(count, share),
  ratio: share,
  rate: fc.integer({ min: 1, max: 1_000_000 }).map((amount) => ({
    text: `${amount}/s`,
    value: { unit: 'events/s', amount },
  })),
  'memory-growth': fc.nat(4_000).map((amount) => ({
    text: `${amount}KiB/h`,
    value: { unit: 'bytes/h', amount: amount * 1024 },
  })),
  'count-growth': fc.nat(4_000).map((amount) => ({ text: `${amount}/h`, value: { unit: '1/h', amount } })),
  'time-growth': fc.nat(4_000).map((amount) => ({
    text: `${amount}ms/h`,
    value: { unit: 'us/h', amount: amount * 1000 },
  })),
} as const;

/** A threshold taken apart; what is put together has to be read as it was. */
const parts = fc.constantFrom(...Object.entries(metricKinds)).chain(([metric, kind]) =>
  fc.record({
    scope: isGrowth(kind) ? fc.constantFrom(null, 'generator') : fc.constantFrom(null, ...scopes),
    metric: fc.constant(metric),
    stat: kind === 'latency' ? fc.constantFrom(...thresholdStats) : fc.constant(null),
    operator: fc.constantFrom('<', '<=', '>', '>=', ...(isGrowth(kind) ? [] : ['=='])),
    written: values[kind] as fc.Arbitrary<{ text: string; value: object }>,
  }),
);
const space = fc.constantFrom('', ' ', '   ', '\t');

it('reads every threshold as it was written, however it is spaced', () => {
  fc.assert(
    fc.property(parts, space, space, space, space, ({ scope, metric, stat, operator, written }, a, b, c, d) => {
      const name = `${scope === null ? '' : `${scope}.`}${metric}${stat === null ? '' : ` ${stat}`}`;
      const expression = `${a}${name}${b}${operator}${c}${written.text}${d}`;
      const read = parseThreshold(expression, scopes);
      if (isThresholdError(read)) throw new Error(`${expression}: ${read.error} at ${read.offset}`);
      const { unit, ...amounts } = written.value as { unit: string; numerator?: number; denominator?: number };
      expect(read).toMatchObject({ expression, scope, metric, stat, operator, value: { unit } });
      if (unit !== 'share') expect(read.value).toEqual(written.value);
      else {
        const { numerator, denominator } = read.value as unknown as Record<string, number>;
        const [n, d] = [amounts.numerator as number, amounts.denominator as number];
        expect((numerator as number) * d).toBe(n * (denominator as number));
      }
    }),
    propertyRuns(300),
  );
});

it('gives a reason and a place within the text for whatever else is left after a mistake was made', () => {
  const mistakes = fc.record({ at: fc.nat(40), remove: fc.nat(5), insert: fc.string({ maxLength: 4 }) });
  fc.assert(
    fc.property(parts, mistakes, ({ scope, metric, stat, operator, written }, { at, remove, insert }) => {
      const right = `${scope === null ? '' : `${scope}.`}${metric} ${stat ?? ''} ${operator} ${written.text}`;
      const expression = right.slice(0, at) + insert + right.slice(at + remove);
      const read = parseThreshold(expression, scopes);
      if (!isThresholdError(read)) {
        // What is still a threshold is made of what stands there.
        expect(expression).toContain(read.metric);
        expect(expression).toContain(read.operator);
        return;
      }
      expect(read.error.length).toBeGreaterThan(5);
      expect(read.offset).toBeGreaterThanOrEqual(0);
      expect(read.offset).toBeLessThanOrEqual(expression.length);
    }),
    propertyRuns(500),
  );
});
