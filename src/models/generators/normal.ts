import { normal as normalOf } from '../../core/normal.ts';
import { draw, foldHigh } from '../../core/random.ts';
import type { GeneratorKind } from './generator.ts';

/** No draw lies further from the mean, in standard deviations. */
const FURTHEST = 6.5;

/** Around a mean, cut to `min` and `max`. */
export const normal: GeneratorKind = {
  doc: 'Mean and standard deviation of a normal distribution; what lies beyond min or max is cut to it.',
  example: '{ normal: [20, 2] }',
  options: ['min', 'max', 'per'],
  compile(reader, channel) {
    const parts = reader.pair(['normal']);
    const drawOf = reader.drawOf();
    if (parts === null || drawOf === null) return null;
    const [mean, deviation] = parts;
    if (!(deviation > 0)) return reader.complain(['normal', 1], 'a standard deviation is above zero');
    const min = reader.numberOr(mean - FURTHEST * deviation, ['min']);
    const max = reader.numberOr(mean + FURTHEST * deviation, ['max']);
    if (min === null || max === null) return null;
    if (!(min < max)) return reader.complain([reader.has('max') ? 'max' : 'min'], `min ${min} is not below max ${max}`);
    return {
      reading: { decimals: 2, min, max },
      value(key, n) {
        const at = drawOf(n);
        const x = mean + deviation * normalOf(draw(key.k0, foldHigh(key.k1, at), at, channel));
        return Math.min(Math.max(x, min), max);
      },
    };
  },
};
