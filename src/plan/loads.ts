import { formatCountOf, formatRate } from '../core/units.ts';

/** What loads of a whole scenario are counted in: events per second, or devices. */
export type LoadUnit = 'rate' | 'devices';

/** Digits of a rate that nobody wrote, but follows from others. */
const DIGITS = 4;

/** A load that follows from others, in digits that can be read and typed again. */
export function roundLoad(unit: LoadUnit, load: number): number {
  return unit === 'devices' ? Math.round(load) : Number(load.toPrecision(DIGITS));
}

/** Loads from `from` to `to` in so many equal ratios, both of them included; fewer where two are rounded to the same. */
export function evenRatios(unit: LoadUnit, from: number, to: number, ratios: number): number[] {
  const inside = Array.from({ length: ratios - 1 }, (_, i) =>
    roundLoad(unit, from * (to / from) ** ((i + 1) / ratios)),
  );
  return [...new Set([from, ...inside, to])];
}

/** A load in words: `20,000 devices`, `5k/s`. */
export function loadText({ vary }: { vary: LoadUnit }, load: number): string {
  return vary === 'devices' ? formatCountOf(load, 'device') : formatRate(load);
}
