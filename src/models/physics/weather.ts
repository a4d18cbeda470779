import type { Micros } from '../../core/clock.ts';
import { exp } from '../../core/exponential.ts';
import { latticeNoise } from '../../core/lattice-noise.ts';
import { draw, type StreamKey, unit } from '../../core/random.ts';
import { cosTurns } from '../../core/trigonometry.ts';

const DAY_US = 86_400_000_000;
/** Time in which air masses change: highs and lows of the middle latitudes pass within a few days. */
const AIR_MASS_US = 1.5 * DAY_US;
/** Clouds and wind move the temperature within the hour. */
const CLOUD_US = 2_400_000_000;
/** Share of the daily swing that clouds take or give. */
const CLOUD_SHARE = 0.15;
/** Degrees by which one day's air mass is warmer than another's. */
const AIR_MASS_KELVIN = 1;
/** The atmosphere's half-day tide: highest about 10 and 22 h, 1 hPa at a latitude of about 30°. */
const TIDE_HPA = 1;
const TIDE_PEAK = 10 / 24;

/** Share of the day gone at an instant of device time, in UTC. */
export function timeOfDay(tUs: Micros): number {
  return (tUs - Math.floor(tUs / DAY_US) * DAY_US) / DAY_US;
}

/**
 * Air temperature in °C: a mean, a wave of one day with its peak at `peakAt` (share of the day), an air mass of days, clouds of minutes. Takes
 * the three channels from `channel` on.
 */
export function airTemperature(
  key: StreamKey,
  channel: number,
  { mean, swing, peakAt }: { mean: number; swing: number; peakAt: number },
  tUs: Micros,
): number {
  const daily = swing * cosTurns(timeOfDay(tUs) - peakAt);
  const phase = unit(draw(key.k0, key.k1, 0, channel));
  const airMass = AIR_MASS_KELVIN * latticeNoise(key.k0, key.k1, tUs / AIR_MASS_US + phase, channel + 1);
  const clouds = CLOUD_SHARE * swing * latticeNoise(key.k0, key.k1, tUs / CLOUD_US + phase, channel + 2);
  return mean + daily + airMass + clouds;
}

/** Air pressure in hPa: highs and lows of days, at most `drift` from the mean, and the half-day tide. Takes two channels. */
export function airPressure(key: StreamKey, channel: number, mean: number, drift: number, tUs: Micros): number {
  const phase = unit(draw(key.k0, key.k1, 0, channel));
  const slow = latticeNoise(key.k0, key.k1, tUs / AIR_MASS_US + phase, channel + 1);
  return mean + drift * slow + TIDE_HPA * cosTurns(2 * (timeOfDay(tUs) - TIDE_PEAK));
}

/** Dew point in °C: that of the air mass, which a day hardly moves. Takes two channels. */
export function dewPoint(key: StreamKey, channel: number, mean: number, tUs: Micros): number {
  const phase = unit(draw(key.k0, key.k1, 0, channel));
  return mean + AIR_MASS_KELVIN * latticeNoise(key.k0, key.k1, tUs / AIR_MASS_US + phase, channel + 1);
}

/**
 * Relative humidity in % of air at `temperature` whose dew point is `dew`, both in °C: the ratio of two vapour pressures by the Magnus
 * formula, with the constants over water that the WMO's guide to instruments gives. At most 100.
 */
export function relativeHumidity(temperature: number, dew: number): number {
  return Math.min(100 * exp(magnus(dew) - magnus(temperature)), 100);
}

/** Logarithm of the vapour pressure of saturated air, but for a constant. */
function magnus(celsius: number): number {
  return (17.62 * celsius) / (243.12 + celsius);
}
