import { draw, foldHigh, unit } from '../../core/random.ts';
import type { SeatKey } from '../model.ts';
import { factoryNames, factoryOf, turbineNames, turbineOf } from './turbine-identity.ts';

/** A defect shows so many rows after what caused it. */
export const DEFECT_LAG = 20;

/** Weight of the latest value in the mean of the earlier ones: a centre of mass of five rows. */
const LATEST = 1 / 6;
const A06 = factoryNames.indexOf('A06');
const SKYJET234 = turbineNames.indexOf('SkyJet234');
const SKYJET334 = turbineNames.indexOf('SkyJet334');

/** Share of the devices whose defects by a rule are labelled 1; those of the others are 2. By rule. */
const firstLabel: readonly number[] = [0.7, 0.65, 0.65, 0.65, 0.55];

interface Rows {
  readonly temperature: Float64Array;
  readonly pressure: Float64Array;
  readonly density: Float64Array;
  readonly rotation: Float64Array;
  readonly delay: Float64Array;
  readonly defect: Uint8Array;
}

/**
 * Labels the rows of a life. The first of five rules that holds for a row decides; two of them look at how far the temperature leads its
 * exponentially weighted mean, and whether it is among the highest of the life.
 */
export function addDefects(seat: SeatKey, first: number, channel: number, rows: Rows): void {
  const { temperature, pressure, density, rotation, delay, defect } = rows;
  const factory = factoryOf(seat.seat + 1);
  const turbine = turbineOf(seat.seat + 1);
  const isProne = factory === A06 || turbine === SKYJET234;
  const isSensitive = turbine === SKYJET334;
  const sorted = isProne || isSensitive ? temperature.slice().sort() : null;
  const hot = sorted === null ? Number.POSITIVE_INFINITY : quantile(sorted, 0.89);
  const hottest = sorted === null ? Number.POSITIVE_INFINITY : quantile(sorted, 0.93);
  const folded = foldHigh(seat.k1, first);
  const labels = firstLabel.map((share, rule) => (unit(draw(seat.k0, folded, first + rule, channel)) < share ? 1 : 2));
  let weighted = 0;
  let weights = 0;
  for (let row = 0; row < defect.length; row++) {
    const celsius = temperature[row] as number;
    const lead = weights === 0 ? 0 : celsius - weighted / weights;
    weighted = celsius + (1 - LATEST) * weighted;
    weights = 1 + (1 - LATEST) * weights;
    let rule = -1;
    if (lead > 1.8 && factory === A06 && celsius > hot) rule = 0;
    else if (lead > 1.8 && turbine === SKYJET234 && celsius > hot) rule = 1;
    else if (lead > 1.9 && isSensitive && celsius > hottest) rule = 2;
    else if ((delay[row] as number) > 39 && (rotation[row] as number) > 590) rule = 3;
    else if ((density[row] as number) > 4.2 && (pressure[row] as number) < 780) rule = 4;
    if (rule >= 0 && row + DEFECT_LAG < defect.length) defect[row + DEFECT_LAG] = labels[rule] as number;
  }
}

/** Of sorted values, between two of them in proportion. */
function quantile(sorted: Float64Array, p: number): number {
  const place = p * (sorted.length - 1);
  const low = Math.floor(place);
  const value = sorted[low] as number;
  const next = sorted[Math.min(low + 1, sorted.length - 1)] as number;
  return value + (next - value) * (place - low);
}
