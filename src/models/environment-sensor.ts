import type { Micros } from '../core/clock.ts';
import { normal } from '../core/normal.ts';
import { draw, foldHigh, unit } from '../core/random.ts';
import type { Device, DeviceModel, Params, SeatKey } from './model.ts';
import { overheating } from './physics/overheating.ts';
import { airPressure, airTemperature, dewPoint, relativeHumidity } from './physics/weather.ts';

/** First channel of each stage's random draws. */
const Channel = { uniform: 0, site: 8, air: 16, dew: 24, pressure: 32, fault: 40, noise: 48 } as const;

/** What a device says of itself, in the order of its numbers. */
const statusNames = ['HEALTHY', 'WARNING', 'CRITICAL'] as const;
const Status = { healthy: 0, warning: 1, critical: 2 } as const;

/** What the sensors can show; more is cut. */
const TEMPERATURE = { min: -60, max: 90 };
const PRESSURE = { min: 800, max: 1100 };
const HUMIDITY = { min: 0, max: 100 };
/** Noise of usual parts, rms: K, %RH, hPa. */
const NOISE = { temperature: 0.03, humidity: 0.15, pressure: 0.03 };

/** The original's payload, member for member. */
const original = {
  device_id: '<device>',
  timestamp: '<time.ms>',
  metrics: { temperature_c: '<temperature>', pressure_hpa: '<pressure>', humidity_percent: '<humidity>' },
  status: '<status>',
  region: '<region>',
} as const;

/** A sensor of temperature, pressure and humidity: as a demonstration draws it, or as air behaves. */
export const environmentSensor: DeviceModel = {
  name: 'environment-sensor',
  doc: 'Temperature, pressure and humidity with a status: drawn at random, or air with its days and its weather, and devices that overheat.',
  params: {
    mode: {
      doc: 'Whether every value is drawn by itself (18–30 °C, 980–1030 hPa, 40–70 %), or is physical; all others but region shape the latter.',
      type: 'choice',
      default: 'physical',
      choices: ['physical', 'uniform'],
    },
    region: { doc: 'Where devices say that they are.', type: 'text', default: 'us-east-1' },
    mean_temperature: { doc: 'Mean of the air.', unit: '°C', type: 'number', default: 22, min: -30, max: 40 },
    daily_swing: {
      doc: 'From the daily mean to its peak.',
      unit: 'K',
      type: 'number',
      default: 4,
      min: 0,
      max: 15,
    },
    peak_at: {
      doc: 'Hour of the day, UTC, with the highest temperature.',
      unit: 'h',
      type: 'number',
      default: 15,
      min: 0,
      max: 24,
    },
    site_scatter: {
      doc: 'Standard deviation of the mean from site to site.',
      unit: 'K',
      type: 'number',
      default: 0.5,
      min: 0,
      max: 2,
    },
    dew_point: {
      doc: 'Mean dew point: how much water is in the air.',
      unit: '°C',
      type: 'number',
      default: 12,
      min: -30,
      max: 30,
    },
    mean_pressure: { doc: 'Mean pressure.', unit: 'hPa', type: 'number', default: 1005, min: 850, max: 1050 },
    pressure_drift: {
      doc: 'Highs and lows of some days, from the mean.',
      unit: 'hPa',
      type: 'number',
      default: 15,
      min: 0,
      max: 40,
    },
    noise: {
      doc: 'Factor on the noise of the sensors; 1 is that of usual parts.',
      type: 'number',
      default: 1,
      min: 0,
      max: 20,
    },
    overheating_share: {
      doc: 'Share of time in which a device overheats.',
      type: 'number',
      default: 0.01,
      min: 0,
      max: 1,
    },
    overheating_rise: {
      doc: 'How much warmer that makes it at most.',
      unit: 'K',
      type: 'number',
      default: 12,
      min: 0,
      max: 30,
    },
    warning_above: {
      doc: 'Temperature from which its status is WARNING.',
      unit: '°C',
      type: 'number',
      default: 26,
      min: -60,
      max: 90,
    },
    critical_above: { doc: 'And CRITICAL.', unit: '°C', type: 'number', default: 28, min: -60, max: 90 },
  },
  readings: {
    temperature: { doc: 'Measured temperature.', unit: '°C', decimals: 2, ...TEMPERATURE },
    pressure: { doc: 'Measured pressure.', unit: 'hPa', decimals: 2, ...PRESSURE },
    humidity: { doc: 'Measured relative humidity.', unit: '%', decimals: 2, ...HUMIDITY },
    status: { doc: 'What the device says of itself.', unit: '', decimals: 0, min: 0, max: 2, names: statusNames },
  },
  labels: {
    true_temperature: { doc: 'Temperature without the noise of its sensor.', unit: '°C', decimals: 4, ...TEMPERATURE },
    overheated_by: {
      doc: 'What a fault adds to the temperature; 0 without one.',
      unit: 'K',
      decimals: 4,
      min: 0,
      max: 30,
      marks: true,
    },
    is_critical: {
      doc: 'Whether the measured temperature is above critical_above, whatever the status says: 1 or 0.',
      unit: '',
      decimals: 0,
      min: 0,
      max: 1,
    },
  },
  payloads: {
    'kinesis-poc': {
      doc: 'A proof of concept with Kinesis and Spark: the members of its Python producer in their order, without blanks.',
      codec: 'json',
      fields: original,
      identity: 'derived',
    },
    'kinesis-poc-traced': {
      doc: 'The same with an event id of its own.',
      codec: 'json',
      fields: original,
      identity: 'fields',
    },
    readings: {
      doc: 'What a meter reports, flat.',
      codec: 'json',
      fields: {
        device: '<device>',
        time: '<time.iso>',
        sequence: '<sequence>',
        temperature: '<temperature>',
        pressure: '<pressure>',
        humidity: '<humidity>',
        status: '<status>',
      },
      identity: 'fields',
    },
    labelled: {
      doc: 'The same with the truth beside it.',
      codec: 'json',
      fields: {
        device: '<device>',
        time: '<time.iso>',
        temperature: '<temperature>',
        pressure: '<pressure>',
        humidity: '<humidity>',
        status: '<status>',
        true_temperature: '<true_temperature>',
        overheated_by: '<overheated_by>',
        is_critical: '<is_critical>',
      },
      identity: 'fields',
    },
  },
  costNs: 330,
  // The sensor is read when the event is due.
  maxSamplingDelayUs: 1,
  create: (params) => (params['mode'] === 'uniform' ? new UniformDevice(params) : new PhysicalDevice(params)),
};

/** Every value drawn by itself, rounded to hundredths. */
class UniformDevice implements Device {
  readonly #criticalAbove: number;

  constructor(params: Params) {
    this.#criticalAbove = Number(params['critical_above']);
  }

  sampledAt(_seat: SeatKey, _n: number, dueUs: Micros): Micros {
    return dueUs;
  }

  sample(seat: SeatKey, n: number, _tUs: Micros, out: Float64Array, at: number): void {
    const { k0 } = seat;
    const k1 = foldHigh(seat.k1, n);
    const temperature = hundredths(18 + 12 * unit(draw(k0, k1, n, Channel.uniform)));
    out[at] = temperature;
    out[at + 1] = hundredths(980 + 50 * unit(draw(k0, k1, n, Channel.uniform + 1)));
    out[at + 2] = hundredths(40 + 30 * unit(draw(k0, k1, n, Channel.uniform + 2)));
    out[at + 3] = Math.floor(3 * unit(draw(k0, k1, n, Channel.uniform + 3)));
    out[at + 4] = temperature;
    out[at + 5] = 0;
    out[at + 6] = temperature > this.#criticalAbove ? 1 : 0;
  }
}

/** Air with its days and its weather, at a site of its own for each device. */
class PhysicalDevice implements Device {
  readonly #air: { mean: number; swing: number; peakAt: number };
  readonly #siteScatter: number;
  readonly #dewPoint: number;
  readonly #pressure: number;
  readonly #pressureDrift: number;
  readonly #noise: { temperature: number; pressure: number; humidity: number };
  readonly #overheating: { share: number; rise: number };
  readonly #warningAbove: number;
  readonly #criticalAbove: number;

  constructor(params: Params) {
    const number = (name: string): number => Number(params[name]);
    this.#air = { mean: number('mean_temperature'), swing: number('daily_swing'), peakAt: number('peak_at') / 24 };
    this.#siteScatter = number('site_scatter');
    this.#dewPoint = number('dew_point');
    this.#pressure = number('mean_pressure');
    this.#pressureDrift = number('pressure_drift');
    const factor = number('noise');
    this.#noise = {
      temperature: factor * NOISE.temperature,
      pressure: factor * NOISE.pressure,
      humidity: factor * NOISE.humidity,
    };
    this.#overheating = { share: number('overheating_share'), rise: number('overheating_rise') };
    this.#warningAbove = number('warning_above');
    this.#criticalAbove = number('critical_above');
  }

  sampledAt(_seat: SeatKey, _n: number, dueUs: Micros): Micros {
    return dueUs;
  }

  sample(seat: SeatKey, n: number, tUs: Micros, out: Float64Array, at: number): void {
    const { k0, k1 } = seat;
    const site = this.#siteScatter * normal(draw(k0, k1, 0, Channel.site));
    const air = site + airTemperature(seat, Channel.air, this.#air, tUs);
    const heat = overheating(seat, Channel.fault, this.#overheating.share, this.#overheating.rise, tUs);
    const temperature = between(TEMPERATURE, air + heat);
    // What heats the device heats the air at its sensor, with as much water in it as before.
    const humidity = relativeHumidity(temperature, Math.min(dewPoint(seat, Channel.dew, this.#dewPoint, tUs), air));
    const pressure = airPressure(seat, Channel.pressure, this.#pressure, this.#pressureDrift, tUs);

    const fold = foldHigh(k1, n);
    const { temperature: t, pressure: p, humidity: h } = this.#noise;
    const measured = hundredths(between(TEMPERATURE, temperature + t * normal(draw(k0, fold, n, Channel.noise))));
    out[at] = measured;
    out[at + 1] = hundredths(between(PRESSURE, pressure + p * normal(draw(k0, fold, n, Channel.noise + 1))));
    out[at + 2] = hundredths(between(HUMIDITY, humidity + h * normal(draw(k0, fold, n, Channel.noise + 2))));
    const isCritical = measured > this.#criticalAbove;
    out[at + 3] = isCritical ? Status.critical : measured > this.#warningAbove ? Status.warning : Status.healthy;
    out[at + 4] = temperature;
    out[at + 5] = heat;
    out[at + 6] = isCritical ? 1 : 0;
  }
}

/** The nearest hundredth, as a sensor's driver rounds. */
function hundredths(value: number): number {
  return Math.floor(value * 100 + 0.5) / 100;
}

function between({ min, max }: { min: number; max: number }, value: number): number {
  return Math.min(Math.max(value, min), max);
}
