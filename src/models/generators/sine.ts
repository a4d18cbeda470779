import type { Micros } from '../../core/clock.ts';
import { draw, type StreamKey, unit } from '../../core/random.ts';
import { sinTurns } from '../../core/trigonometry.ts';
import type { GeneratorKind } from './generator.ts';
import type { PartReader } from './part-reader.ts';

/** A wave over device time. At `phase: 0%` it passes its middle upwards at 1970 UTC and at every whole period from there. */
export const sine: GeneratorKind = {
  doc: 'A wave over device time; phase is a share of the period or `device` (each its own), or peak_at says when it is highest.',
  example: '{ sine: { low: 10, high: 30, period: 24h, peak_at: 14h } }',
  options: [],
  compile(reader, channel) {
    if (!reader.map(['sine'], ['low', 'high', 'period', 'phase', 'peak_at'])) return null;
    const low = reader.number(['sine', 'low']);
    const high = reader.number(['sine', 'high']);
    const period = reader.duration(['sine', 'period']);
    if (low === null || high === null || period === null) return null;
    if (!(low < high)) return reader.complain(['sine', 'high'], `"${high}" is not above low: ${low}`);
    if (period === 0) return reader.complain(['sine', 'period'], 'a period is not zero');
    const phase = phaseOf(reader, period, channel);
    if (phase === null) return null;
    const middle = (low + high) / 2;
    const amplitude = (high - low) / 2;
    return {
      reading: { decimals: 2, min: low, max: high },
      value(key, _n, tUs) {
        const turns = (tUs - Math.floor(tUs / period) * period) / period + phase(key);
        return Math.min(Math.max(middle + amplitude * sinTurns(turns), low), high);
      },
    };
  },
};

/** Turns at the beginning of a period. */
function phaseOf(reader: PartReader, period: Micros, channel: number): ((key: StreamKey) => number) | null {
  const phase = ['sine', 'phase'];
  const peak = ['sine', 'peak_at'];
  if (reader.has(...peak)) {
    if (reader.has(...phase)) return reader.complain(peak, 'a wave has either phase or peak_at, not both');
    const peakUs = reader.duration(peak);
    if (peakUs === null) return null;
    const turns = 0.25 - (peakUs % period) / period;
    return () => turns;
  }
  if (!reader.has(...phase)) return () => 0;
  if (reader.is(phase, 'device')) return (key) => unit(draw(key.k0, key.k1, 0, channel));
  const turns = reader.share(phase);
  return turns === null ? null : () => turns;
}
