import type { Micros } from '../../core/clock.ts';
import { fade, latticeNoise } from '../../core/lattice-noise.ts';
import { draw, type StreamKey, unit } from '../../core/random.ts';
import { cosTurns } from '../../core/trigonometry.ts';
import { overheating } from './overheating.ts';
import { relativeHumidity, timeOfDay } from './weather.ts';

/** Time in which the weather outside changes what a room is like. */
const WEATHER_US = 100_000_000_000;
/** Doors and people move a room within the quarter of an hour. */
const DRAUGHT_US = 900_000_000;
/** A warm spell from its beginning to its end, such as the sun on the board. */
const WARM_US = 18_000_000_000;
/** Moist air, such as breath: share of time, and what it adds to the dew point at most, K. */
const MOIST_SHARE = 0.03;
const MOIST_BY = 1.7;

/** What a room is like; temperatures in °C, differences in K. */
export interface RoomSpec {
  temperature: number;
  /** From the daily mean to its peak, at `peakAt`, share of the day. */
  swing: number;
  peakAt: number;
  /** What the weather adds or takes at most. */
  drift: number;
  dewPoint: number;
  dewDrift: number;
  /** Share of time in which something warms the place of the sensor, and by how much at most. */
  warmShare: number;
  warmBy: number;
}

/** Mutable and reused. */
export interface RoomClimate {
  /** °C. */
  temperature: number;
  /** Relative, %. */
  humidity: number;
}

/**
 * Air of a room: a wave of one day, the weather of days, draughts of minutes, warm spells of hours that dry it, moist ones of half an
 * hour. Takes ten channels.
 */
export function roomClimate(key: StreamKey, channel: number, room: RoomSpec, tUs: Micros, into: RoomClimate): void {
  const { k0, k1 } = key;
  const phase = unit(draw(k0, k1, 0, channel));
  const daily = room.swing * cosTurns(timeOfDay(tUs) - room.peakAt);
  const weather = room.drift * latticeNoise(k0, k1, tUs / WEATHER_US + phase, channel + 1);
  const draught = 0.12 * room.swing * latticeNoise(k0, k1, tUs / DRAUGHT_US + phase, channel + 2);
  const dew = room.dewPoint + room.dewDrift * latticeNoise(k0, k1, tUs / WEATHER_US + phase, channel + 3);
  const moist = overheating(key, channel + 4, MOIST_SHARE, MOIST_BY, tUs);
  const warm = warmth(key, channel + 7, room, phase, tUs);
  into.temperature = room.temperature + daily + weather + draught + warm;
  // Warmth leaves the water in the air as it is.
  into.humidity = relativeHumidity(into.temperature, Math.min(dew + moist, into.temperature));
}

/** What a warm spell adds: it rises for half of its time, from half to all of what it can at its height, and falls again. */
function warmth({ k0, k1 }: StreamKey, channel: number, room: RoomSpec, phase: number, tUs: Micros): number {
  const where = tUs / WARM_US + phase;
  const spell = Math.floor(where);
  if (unit(draw(k0, k1, spell, channel)) >= room.warmShare) return 0;
  const through = where - spell;
  const height = room.warmBy * (0.5 + 0.5 * unit(draw(k0, k1, spell, channel + 1)));
  return height * fade(2 * Math.min(through, 1 - through));
}
