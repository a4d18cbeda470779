import { total } from '../core/total.ts';
import { type FleetLoad, HEADROOM } from './sizing.ts';

/** The key with the most events. */
export interface HottestKey {
  /** Of which fleet; of the first one where several write the same key. */
  fleet: string;
  perSecond: number;
  bytesPerSecond: number;
}

/** The key with the most events at the peak; fleets that all write the one same key are added up. `onePlace`: all events go to one. */
export function hottestKey(fleets: readonly FleetLoad[], onePlace = false): HottestKey {
  const keys = new Map<string, HottestKey>();
  for (const { name, peakPerSecond, hottestShare, onlyAddress, addressBytes, payloadBytes } of fleets) {
    const key = onePlace ? 'place' : onlyAddress === null ? `fleet ${name}` : `key ${onlyAddress}`;
    const so = keys.get(key) ?? { fleet: name, perSecond: 0, bytesPerSecond: 0 };
    const more = peakPerSecond * (onePlace ? 1 : hottestShare);
    keys.set(key, {
      fleet: so.fleet,
      perSecond: so.perSecond + more,
      bytesPerSecond: so.bytesPerSecond + more * (addressBytes + payloadBytes),
    });
  }
  const [first] = [...keys.values()].sort((a, b) => b.perSecond - a.perSecond);
  return first ?? { fleet: '', perSecond: 0, bytesPerSecond: 0 };
}

/** Different keys of all fleets; infinitely many where each event has its own. */
export function keysOf(fleets: readonly FleetLoad[]): number {
  return total(fleets, ({ hottestShare }) => (hottestShare === 0 ? Number.POSITIVE_INFINITY : 1 / hottestShare));
}

/**
 * How much more than its share the fullest of `places` gets when `keys` keys of equal rate are spread over them by their hashes: the mean of
 * the largest of so many Poisson counts, in the approximation √(2·m·ln p) for a mean of m. 0 for one place.
 */
export function fullestExcess(keys: number, places: number): number {
  const mean = keys / places;
  return places < 2 ? 0 : Math.sqrt((2 * Math.log(places)) / mean);
}

/** Whether that is more than the headroom is for. */
export function isUneven(excess: number): boolean {
  return excess > 1 / HEADROOM - 1;
}
