import { exp } from '../../core/exponential.ts';
import { ln } from '../../core/logarithm.ts';
import { fineUnit, type GeneratorKind } from './generator.ts';
import { pick, sumsOf } from './weighted.ts';

const MOST_RANKS = 1_000_000;

/** Few values often, many seldom: rank k of n comes up in proportion to k^-s. */
export const zipf: GeneratorKind = {
  doc: 'A rank from 1 to n; rank k comes up in proportion to k^-s, as the popularity of keys does.',
  example: '{ zipf: { n: 1000, s: 1.1 } }',
  options: ['per'],
  compile(reader, channel) {
    if (!reader.map(['zipf'], ['n', 's'])) return null;
    const ranks = reader.whole(['zipf', 'n'], 1, MOST_RANKS);
    const exponent = reader.numberOr(1, ['zipf', 's'], 0, 10);
    const drawOf = reader.drawOf();
    if (ranks === null || exponent === null || drawOf === null) return null;
    let sums: Float64Array | undefined;
    return {
      reading: { decimals: 0, min: 1, max: ranks },
      value(key, n) {
        // Checks and manuals ask for no value and need no table.
        sums ??= sumsOf(ranks, (i) => exp(-exponent * ln(i + 1)));
        return 1 + pick(sums, fineUnit(key, drawOf(n), channel));
      },
    };
  },
};
