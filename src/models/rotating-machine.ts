import type { Micros } from '../core/clock.ts';
import { normal } from '../core/normal.ts';
import { draw, foldHigh, type StreamKey, unit } from '../core/random.ts';
import type { Device, DeviceModel, Params, ReadingSpec, SeatKey } from './model.ts';
import { type BearingOrders, bearing6205, bearingOrders } from './physics/bearing.ts';
import { BearingLives, basicLife, type Life, lifeSpec } from './physics/bearing-life.ts';
import { MotorHeat, type MotorState } from './physics/motor-heat.ts';
import { abnormalShare, damageAt, type WearSpec } from './physics/wear.ts';
import { airTemperature } from './physics/weather.ts';

/** First channel of each stage's random draws. */
const Channel = { machine: 0, life: 8, wear: 16, motor: 24, air: 32, noise: 40 } as const;

const HOUR_US = 3_600_000_000;
const TWO_PI = 2 * Math.PI;
/** How much faster a motor turns without load: 1500 rpm for a rated 1480. */
const NO_LOAD = 0.0135;
/** What a bearing's line has to its name before there is damage, and at the end of its life; mm/s rms. */
const LINE = { sound: 0.02, failed: 6.5 };
/** Side bands beside the line of damage: with the load zone on the inner race, with the cage's turn on a roller. */
const SIDE_BAND = 0.45;
/** Of everything that is not a line, at rated speed; mm/s rms. */
const BROADBAND = 0.22;
const LONGEST_LIFE_H = 1e9;

const faults = ['none', 'outer race', 'inner race', 'roller', 'cage'] as const;
const Fault = { none: 0, outer: 1, inner: 2, roller: 3, cage: 4 } as const;
const zones = ['A', 'B', 'C', 'D'] as const;
const stages = ['normal', 'abnormal'] as const;

const velocity = (doc: string): ReadingSpec => ({ doc, unit: 'mm/s rms', decimals: 3, min: 0, max: 100 });
const frequency = (doc: string): ReadingSpec => ({ doc, unit: 'Hz', decimals: 2, min: 0, max: 10_000 });
const temperature = (doc: string): ReadingSpec => ({ doc, unit: '°C', decimals: 1, min: -60, max: 300 });

const features = {
  device: '<device>',
  time: '<time.iso>',
  speed_rpm: '<speed>',
  load_percent: '<load>',
  velocity_rms: '<velocity>',
  acceleration_rms: '<acceleration>',
  lines: {
    '1x': '<line_1x>',
    '2x': '<line_2x>',
    bpfo: '<line_bpfo>',
    bpfi: '<line_bpfi>',
    bsf: '<line_bsf>',
    ftf: '<line_ftf>',
    side_bands: '<side_bands>',
  },
  winding_c: '<winding_temperature>',
  bearing_c: '<bearing_temperature>',
  zone: '<zone>',
} as const;

/** A motor on a bearing 6205 that wears, fails and is changed. */
export const rotatingMachine: DeviceModel = {
  name: 'rotating-machine',
  doc: 'A motor and its bearing: vibration by its lines, temperatures that follow the load, wear in two stages up to a failure of which the hour is known.',
  params: {
    rated_speed: { doc: 'Speed at rated load.', unit: 'rpm', type: 'number', default: 1480, min: 60, max: 20_000 },
    shift_load: { doc: 'Load in a shift, of the rated one.', type: 'number', default: 0.75, min: 0.1, max: 1.2 },
    bearing_slip: {
      doc: 'How much slower than without slip a bearing’s parts go round.',
      type: 'number',
      default: 0.02,
      min: 0,
      max: 0.1,
    },
    bearing_capacity: {
      doc: 'Dynamic load rating of the bearing.',
      unit: 'kN',
      type: 'number',
      default: 14.8,
      min: 0.1,
      max: 1000,
    },
    bearing_load: { doc: 'Load on it.', unit: 'kN', type: 'number', default: 1.6, min: 0.01, max: 1000 },
    weibull_slope: {
      doc: 'How alike lives are: 10/9 in the standard for ball bearings, 1.5 in the field.',
      type: 'number',
      default: 1.5,
      min: 0.8,
      max: 5,
    },
    ageing: {
      doc: 'How much faster it wears than in life: 1000 makes six years of two days.',
      type: 'number',
      default: 1,
      min: 1,
      max: 1_000_000,
    },
    onset: {
      doc: 'Share of a life after which abnormal wear begins, on average; a third more or less from bearing to bearing.',
      type: 'number',
      default: 0.3,
      min: 0.05,
      max: 0.7,
    },
    thermal_constant: {
      doc: 'Time in which 63 % of a rise of temperature have come.',
      unit: 'min',
      type: 'number',
      default: 40,
      min: 1,
      max: 600,
    },
    rise_rated: {
      doc: 'Rise of the winding in the end at rated load, a quarter of it at any load.',
      unit: 'K',
      type: 'number',
      default: 75,
      min: 5,
      max: 150,
    },
    ambient: { doc: 'Mean of the hall.', unit: '°C', type: 'number', default: 22, min: -30, max: 40 },
    zone_b: { doc: 'Velocity from which its zone is B.', unit: 'mm/s', type: 'number', default: 1.4, min: 0, max: 100 },
    zone_c: { doc: 'And C.', unit: 'mm/s', type: 'number', default: 2.8, min: 0, max: 100 },
    zone_d: { doc: 'And D.', unit: 'mm/s', type: 'number', default: 4.5, min: 0, max: 100 },
  },
  readings: {
    velocity: velocity('Of the whole vibration.'),
    acceleration: { doc: 'Of its lines together.', unit: 'm/s² rms', decimals: 3, min: 0, max: 10_000 },
    line_1x: velocity('At the speed of the shaft: unbalance.'),
    line_2x: velocity('At twice that: misalignment.'),
    line_bpfo: velocity('At which rollers pass the outer race.'),
    line_bpfi: velocity('At which they pass the inner race.'),
    line_bsf: velocity('At twice the spin of a roller.'),
    line_ftf: velocity('At the speed of the cage.'),
    side_bands: velocity('Beside the line of damage.'),
    shaft: frequency('Of the shaft.'),
    bpfo: frequency('Of damage on the outer race.'),
    bpfi: frequency('Of damage on the inner race.'),
    bsf: frequency('Of damage on a roller: twice its spin.'),
    ftf: frequency('Of the cage.'),
    speed: { doc: 'Of the shaft.', unit: 'rpm', decimals: 1, min: 0, max: 25_000 },
    load: { doc: 'Of the rated one.', unit: '%', decimals: 1, min: 0, max: 150 },
    winding_temperature: temperature('Of the winding.'),
    bearing_temperature: temperature('Of the bearing.'),
    zone: { doc: 'Of the velocity.', unit: '', decimals: 0, min: 0, max: 3, names: zones },
  },
  labels: {
    health: { doc: 'Of the bearing: 1 as made, 0 as it fails.', unit: '', decimals: 5, min: 0, max: 1 },
    remaining_life: {
      doc: 'Until the bearing fails, in hours of the device’s clock.',
      unit: 'h',
      decimals: 3,
      min: 0,
      max: LONGEST_LIFE_H,
    },
    age: {
      doc: 'Of the bearing, in hours of the device’s clock.',
      unit: 'h',
      decimals: 3,
      min: 0,
      max: LONGEST_LIFE_H,
    },
    stage: { doc: 'Of its wear.', unit: '', decimals: 0, min: 0, max: 1, names: stages },
    fault: { doc: 'Where the damage is, once wear is abnormal.', unit: '', decimals: 0, min: 0, max: 4, names: faults },
    bearing: {
      doc: 'Number of the bearing among those of its machine.',
      unit: '',
      decimals: 0,
      min: 0,
      max: Number.MAX_SAFE_INTEGER - 1,
    },
  },
  payloads: {
    features: {
      doc: 'What a monitor computes of the vibration, with temperatures.',
      codec: 'json',
      fields: features,
      identity: 'derived',
    },
    'features-traced': {
      doc: 'The same with an event id of its own.',
      codec: 'json',
      fields: features,
      identity: 'fields',
    },
    labelled: {
      doc: 'The same with the truth beside it.',
      codec: 'json',
      fields: {
        ...features,
        health: '<health>',
        remaining_life_h: '<remaining_life>',
        stage: '<stage>',
        fault: '<fault>',
      },
      identity: 'fields',
    },
  },
  costNs: 1520,
  picture: 'velocity',
  // Features are those of the moment.
  maxSamplingDelayUs: 1,
  create: (params) => new Machine(params),
};

class Machine implements Device {
  readonly #rpm: number;
  readonly #orders: BearingOrders;
  readonly #slip: number;
  readonly #lives: BearingLives;
  readonly #ageing: number;
  readonly #onset: number;
  readonly #heat: MotorHeat;
  readonly #air: { mean: number; swing: number; peakAt: number };
  readonly #zones: readonly [number, number, number];
  readonly #life: Life = { number: 0, age: 0, length: 0 };
  readonly #motor: MotorState = { load: 0, rise: 0 };
  readonly #noise = { k0: 0, k1: 0, n: 0 };
  /** Of the event that is being made: sums of the squares of velocities and accelerations. */
  #squares = 0;
  #accelerations = 0;
  readonly #wear: WearSpec = { initial: 0, normal: 0, onset: 0 };

  constructor(params: Params) {
    const number = (name: string): number => Number(params[name]);
    this.#rpm = number('rated_speed');
    this.#orders = bearingOrders(bearing6205);
    this.#slip = number('bearing_slip');
    const l10 = basicLife(number('bearing_capacity'), number('bearing_load'), this.#rpm);
    const spec = lifeSpec(Math.min(Math.max(l10, 1), 1e6), number('weibull_slope'));
    this.#lives = new BearingLives(spec, Channel.life);
    this.#ageing = number('ageing');
    this.#onset = number('onset');
    const rise = number('rise_rated');
    const heat = {
      constantUs: number('thermal_constant') * 60_000_000,
      load: number('shift_load'),
      iron: rise / 4,
      copper: (3 * rise) / 4,
    };
    this.#heat = new MotorHeat(heat, Channel.motor);
    this.#air = { mean: number('ambient'), swing: 4, peakAt: 15 / 24 };
    this.#zones = [number('zone_b'), number('zone_c'), number('zone_d')];
  }

  sampledAt(_seat: SeatKey, _n: number, dueUs: Micros): Micros {
    return dueUs;
  }

  sample(seat: SeatKey, n: number, tUs: Micros, out: Float64Array, at: number): void {
    const { k0, k1 } = seat;
    const [life, motor] = [this.#life, this.#motor];
    this.#noise.k0 = k0;
    this.#noise.k1 = foldHigh(k1, n);
    this.#noise.n = n;
    this.#lives.at(seat, (tUs / HOUR_US) * this.#ageing, life);
    const wear = this.#wearOf(seat, life.number);
    const x = life.age / life.length;
    const abnormal = abnormalShare(wear.onset, x);
    const fault = x < wear.onset ? Fault.none : faultOf(unit(draw(k0, k1, life.number, Channel.wear + 2)));
    this.#heat.at(seat, tUs, motor);

    const speed = this.#rpm * (1 + NO_LOAD * (1 - motor.load)) * this.#around(0, 0.0003);
    const shaft = speed / 60;
    const ratio = speed / this.#rpm;
    const { outer, inner, roller, cage } = this.#orders;
    const rolling = shaft * (1 - this.#slip);
    const damage = LINE.failed * abnormal * ratio;
    const rest = BROADBAND * ratio * this.#around(7, 0.08);
    this.#squares = rest * rest;
    this.#accelerations = 0;
    out[at + 2] = this.#line((0.35 + 0.55 * own(seat, 0)) * ratio * this.#around(1, 0.04), shaft);
    out[at + 3] = this.#line((0.1 + 0.3 * own(seat, 1)) * ratio * this.#around(2, 0.05), 2 * shaft);
    out[at + 4] = this.#line(this.#bearing(fault === Fault.outer, damage, 3), outer * rolling);
    out[at + 5] = this.#line(this.#bearing(fault === Fault.inner, damage, 4), inner * rolling);
    out[at + 6] = this.#line(this.#bearing(fault === Fault.roller, damage, 5), roller * rolling);
    out[at + 7] = this.#line(this.#bearing(fault === Fault.cage, damage, 6), cage * rolling);
    const hasBands = fault === Fault.inner || fault === Fault.roller;
    const bandsAt = fault === Fault.inner ? inner : roller;
    out[at + 8] = this.#line(hasBands ? SIDE_BAND * damage : 0, bandsAt * rolling);
    const total = Math.sqrt(this.#squares);
    out[at] = total;
    out[at + 1] = Math.sqrt(this.#accelerations);
    out[at + 9] = shaft;
    out[at + 10] = outer * rolling;
    out[at + 11] = inner * rolling;
    out[at + 12] = roller * rolling;
    out[at + 13] = cage * rolling;
    out[at + 14] = speed;
    out[at + 15] = 100 * motor.load;
    const ambient = airTemperature(seat, Channel.air, this.#air, tUs);
    out[at + 16] = ambient + motor.rise + 0.2 * this.#normal(8);
    // Some of the motor's warmth, its own friction, and that of what has been torn up.
    out[at + 17] = ambient + 0.45 * motor.rise + 6 * ratio + 28 * abnormal + 0.2 * this.#normal(9);
    const [b, c, d] = this.#zones;
    out[at + 18] = total < b ? 0 : total < c ? 1 : total < d ? 2 : 3;

    out[at + 19] = 1 - damageAt(wear, x);
    out[at + 20] = (life.length - life.age) / this.#ageing;
    out[at + 21] = life.age / this.#ageing;
    out[at + 22] = fault === Fault.none ? 0 : 1;
    out[at + 23] = fault;
    out[at + 24] = life.number;
  }

  #normal(i: number): number {
    const { k0, k1, n } = this.#noise;
    return normal(draw(k0, k1, n, Channel.noise + i));
  }

  /** A factor around 1, never below a half. */
  #around(i: number, sd: number): number {
    return Math.max(0.5, 1 + sd * this.#normal(i));
  }

  #bearing(isDamaged: boolean, damage: number, i: number): number {
    return (LINE.sound + (isDamaged ? damage : 0)) * this.#around(i, 0.06);
  }

  /** Counts a line of `v` mm/s at `hz` in. */
  #line(v: number, hz: number): number {
    this.#squares += v * v;
    const a = (TWO_PI * hz * v) / 1000;
    this.#accelerations += a * a;
    return v;
  }

  /** How the bearing of a number wears. */
  #wearOf({ k0, k1 }: StreamKey, number: number): WearSpec {
    const wear = this.#wear;
    wear.initial = 0.1 * unit(draw(k0, k1, number, Channel.wear));
    wear.normal = 0.05 + 0.1 * unit(draw(k0, k1, number, Channel.wear + 3));
    wear.onset = this.#onset * (1 + (2 * unit(draw(k0, k1, number, Channel.wear + 1)) - 1) / 3);
    return wear;
  }
}

/** A property of the machine in [0, 1). */
function own({ k0, k1 }: StreamKey, i: number): number {
  return unit(draw(k0, k1, i, Channel.machine));
}

/** Races fail most, the outer one first: it stands still in the load. */
function faultOf(u: number): number {
  if (u < 0.45) return Fault.outer;
  if (u < 0.8) return Fault.inner;
  return u < 0.95 ? Fault.roller : Fault.cage;
}
