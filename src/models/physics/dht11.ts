import type { Micros } from '../../core/clock.ts';
import { normal } from '../../core/normal.ts';
import { draw, type StreamKey, unit } from '../../core/random.ts';

/** What it can show; more is cut. */
export const DHT11_TEMPERATURE = { min: 0, max: 50 };
export const DHT11_HUMIDITY = { min: 20, max: 90 };
/** Its element follows the air with this time constant; for air that changes slowly that is a delay. */
const RESPONSE_US = 15_000_000;
/** Error of a part, rms, and at most: K, %RH. */
const OFFSET = { temperature: 0.5, mostTemperature: 2, humidity: 1.5, mostHumidity: 4 };
/** From conversion to conversion, rms: K, %RH. */
const REPEATABILITY = { temperature: 0.045, humidity: 0.36 };

/** The read that an event reports. Mutable and reused. */
export interface Dht11Read {
  /** Number of the read among those of its board. */
  read: number;
  /** When its element had what it returns: at the conversion that the read before started, less the response. */
  elementUs: Micros;
  failed: boolean;
}

/**
 * The latest read at `tUs` of a board that reads every `everyUs`, at a phase of its own. A read starts a conversion and returns the one
 * before, so its value is older than it by one interval. Takes two channels.
 */
export function latestRead(
  key: StreamKey,
  channel: number,
  everyUs: Micros,
  failedShare: number,
  tUs: Micros,
  into: Dht11Read,
): void {
  const { k0, k1 } = key;
  const phase = Math.floor(unit(draw(k0, k1, 0, channel)) * everyUs);
  const read = Math.floor((tUs - phase) / everyUs);
  into.read = read;
  into.elementUs = Math.max(0, phase + (read - 1) * everyUs - RESPONSE_US);
  into.failed = unit(draw(k0, k1, read, channel + 1)) < failedShare;
}

/** Whole °C that a part shows for air of `temperature`. Takes two channels. */
export function shownTemperature(key: StreamKey, channel: number, read: number, temperature: number): number {
  const offset = within(OFFSET.mostTemperature, OFFSET.temperature * normal(draw(key.k0, key.k1, 0, channel)));
  const noise = REPEATABILITY.temperature * normal(draw(key.k0, key.k1, read, channel + 1));
  return whole(temperature + offset + noise, DHT11_TEMPERATURE);
}

/** Whole %RH that a part shows for air of `humidity`. Takes two channels. */
export function shownHumidity(key: StreamKey, channel: number, read: number, humidity: number): number {
  const offset = within(OFFSET.mostHumidity, OFFSET.humidity * normal(draw(key.k0, key.k1, 0, channel)));
  const noise = REPEATABILITY.humidity * normal(draw(key.k0, key.k1, read, channel + 1));
  return whole(humidity + offset + noise, DHT11_HUMIDITY);
}

function within(most: number, x: number): number {
  return Math.min(Math.max(x, -most), most);
}

function whole(x: number, { min, max }: { min: number; max: number }): number {
  return Math.floor(Math.min(Math.max(x, min), max) + 0.5);
}
