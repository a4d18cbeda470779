import { normal } from '../../core/normal.ts';
import { draw, streamRoot, unit } from '../../core/random.ts';
import { cosTurns } from '../../core/trigonometry.ts';

/** Mean radius of the earth, km. */
const EARTH_KM = 6371.009;
const KM_PER_DEGREE = EARTH_KM * ((2 * Math.PI) / 360);

/** Towns of West Yorkshire: where their middle is, and what share of the machines is theirs. */
const towns = [
  { latitude: 53.797, longitude: -1.547, share: 0.34 },
  { latitude: 53.794, longitude: -1.752, share: 0.24 },
  { latitude: 53.645, longitude: -1.78, share: 0.13 },
  { latitude: 53.683, longitude: -1.498, share: 0.12 },
  { latitude: 53.722, longitude: -1.862, share: 0.08 },
  { latitude: 53.867, longitude: -1.911, share: 0.05 },
  { latitude: 53.691, longitude: -1.633, share: 0.04 },
] as const;

/** Standard deviation of the distance north and east: of machines in the middle of a town, and around it; km. */
const SPREAD = { middle: 0.7, around: 3 };
/** Farthest from a middle, in these. */
const FARTHEST = 2.5;

/** Who runs machines, and the shares of them. */
export const operators = [
  'Barclays',
  'HSBC',
  'Halifax',
  'Lloyds',
  'NatWest',
  'Nationwide',
  'Santander',
  'TSB',
] as const;

/** A machine that pays out cash. */
export interface CashMachine {
  /** Degrees, seven decimals at most, as maps have them. */
  latitude: number;
  longitude: number;
  operator: number;
}

/**
 * The first `count` machines of a made-up map: real towns, made-up places in them. Those of even number stand in the middle of a town, the
 * others around it.
 */
export function cashMachines(count: number): CashMachine[] {
  const { k0, k1 } = streamRoot(0, 'cash machines', 'West Yorkshire');
  return Array.from({ length: count }, (_, i) => {
    const town = townAt(unit(draw(k0, k1, i, 0)));
    const spread = i % 2 === 0 ? SPREAD.middle : SPREAD.around;
    const [north, east] = [1, 2].map((channel) => {
      const z = normal(draw(k0, k1, i, channel));
      return spread * Math.min(Math.max(z, -FARTHEST), FARTHEST);
    }) as [number, number];
    return {
      latitude: rounded(town.latitude + north / KM_PER_DEGREE),
      longitude: rounded(town.longitude + east / (KM_PER_DEGREE * cosTurns(town.latitude / 360))),
      operator: Math.floor(unit(draw(k0, k1, i, 3)) * operators.length),
    };
  });
}

function townAt(u: number): (typeof towns)[number] {
  let sum = 0;
  return (
    towns.find(({ share }) => {
      sum += share;
      return u < sum;
    }) ?? towns[0]
  );
}

function rounded(degrees: number): number {
  return Math.round(degrees * 1e7) / 1e7;
}

/** Distance in km, as if the earth were flat between two machines: off by less than 0.1 % within a county. */
export function distanceKm(a: CashMachine, b: CashMachine): number {
  const north = a.latitude - b.latitude;
  const east = (a.longitude - b.longitude) * cosTurns((a.latitude + b.latitude) / 720);
  return KM_PER_DEGREE * Math.sqrt(north * north + east * east);
}

/** For each machine the `count` nearest ones, itself first. */
export function nearestMachines(machines: readonly CashMachine[], count: number): Int32Array[] {
  return machines.map((from) => {
    const order = machines.map((to, i) => ({ i, km: distanceKm(from, to) }));
    order.sort((a, b) => a.km - b.km || a.i - b.i);
    return Int32Array.from(order.slice(0, count), ({ i }) => i);
  });
}
