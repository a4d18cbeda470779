import type { Micros } from '../core/clock.ts';
import type { Device, DeviceModel, Params, SeatKey } from './model.ts';
import { Activity, activityNames, chooseActivity } from './physics/activity.ts';
import { eventClockTick, maxTickDelayUs } from './physics/event-clock.ts';
import { addGait } from './physics/gait.ts';
import { addNoise, GRAVITY, MemsReading, type MemsSpec, readMems } from './physics/mems.ts';
import { MotionState } from './physics/motion-state.ts';
import { orient } from './physics/orientation.ts';
import { addShake } from './physics/shake.ts';
import { addTremor } from './physics/tremor.ts';

/** First channel of each stage's random draws; a stage may use the seven that follow. */
const Channel = {
  clock: 0,
  activity: 8,
  orientation: 16,
  tremor: 24,
  gait: 32,
  shake: 40,
  noise: 48,
  mems: 56,
} as const;

const BITS = 32_768;
/** Widest range a phone's accelerometer is set to, in g. */
const WIDEST_G = 16;
const LARGEST = WIDEST_G * GRAVITY;
/** √3 · 16 g with gravity and offset taken away again. */
const LARGEST_MAGNITUDE = 283;
/** White noise in the 30 Hz that a 60 Hz clock can carry: density in mg/√Hz → rms in m/s². */
const NOISE_OF_DENSITY = Math.sqrt(30) * 0.001 * GRAVITY;

/** A phone in a hand: at rest, carried along, or shaken, as its browser's motion events show it. */
export const phoneMotion: DeviceModel = {
  name: 'phone-motion',
  doc: 'Accelerometer of a phone whose owner rests, walks or shakes it, sampled by a 60 Hz event clock.',
  params: {
    shaken_share: { doc: 'Share of time in which a phone is shaken.', type: 'number', default: 0.26, min: 0, max: 0.6 },
    walking_share: { doc: 'Share of time in which its owner walks.', type: 'number', default: 0.08, min: 0, max: 0.4 },
    shake_intensity: {
      doc: 'Factor on how hard people shake; 1 is an audience asked to.',
      type: 'number',
      default: 1,
      min: 0,
      max: 4,
    },
    noise_density: {
      doc: 'White noise of the sensor.',
      unit: 'mg/√Hz',
      type: 'number',
      default: 0.16,
      min: 0,
      max: 2,
    },
    range: { doc: 'Range of the sensor, ± g.', type: 'choice', default: '16g', choices: ['2g', '4g', '8g', '16g'] },
  },
  readings: {
    magnitude: { doc: 'Length of the linear acceleration.', unit: 'm/s²', decimals: 0, min: 0, max: LARGEST_MAGNITUDE },
    x: { doc: 'Acceleration to the right, gravity included.', unit: 'm/s²', decimals: 3, min: -LARGEST, max: LARGEST },
    y: { doc: 'Acceleration to the top, gravity included.', unit: 'm/s²', decimals: 3, min: -LARGEST, max: LARGEST },
    z: {
      doc: 'Acceleration out of the screen, gravity included.',
      unit: 'm/s²',
      decimals: 3,
      min: -LARGEST,
      max: LARGEST,
    },
  },
  labels: {
    activity: { doc: 'What its owner does.', unit: '', decimals: 0, min: 0, max: 2, names: activityNames },
    clipped: { doc: '1 where an axis met the end of its range.', unit: '', decimals: 0, min: 0, max: 1 },
  },
  payloads: {
    seismograph: {
      doc: 'The original phone page of the distributed seismograph, byte for byte.',
      codec: 'json',
      fields: { magnitude: '<magnitude>', time: '<time.iso>', device: '<device>' },
      identity: 'derived',
    },
    'seismograph-traced': {
      doc: 'The same with an event id of its own.',
      codec: 'json',
      fields: { magnitude: '<magnitude>', time: '<time.iso>', device: '<device>' },
      identity: 'fields',
    },
    raw: {
      doc: 'Three axes with gravity, for a pipeline that detects events itself.',
      codec: 'json',
      fields: {
        device: '<device>',
        time: '<time.iso>',
        sequence: '<sequence>',
        x: '<x>',
        y: '<y>',
        z: '<z>',
        magnitude: '<magnitude:2>',
        activity: '<activity>',
      },
      identity: 'fields',
    },
  },
  maxSamplingDelayUs: maxTickDelayUs,
  feels: ['quake', 'shake'],
  create: (params) => new PhoneMotion(params),
};

class PhoneMotion implements Device {
  readonly #shares: { shaken: number; walking: number };
  readonly #intensity: number;
  readonly #mems: MemsSpec;
  readonly #state = new MotionState();
  readonly #reading = new MemsReading();

  constructor(params: Params) {
    this.#shares = { shaken: Number(params['shaken_share']), walking: Number(params['walking_share']) };
    this.#intensity = Number(params['shake_intensity']);
    const range = Number.parseInt(String(params['range']), 10) * GRAVITY;
    this.#mems = { lsb: range / BITS, noise: Number(params['noise_density']) * NOISE_OF_DENSITY };
  }

  sampledAt(seat: SeatKey, n: number, dueUs: Micros): Micros {
    return eventClockTick(seat, Channel.clock, n, dueUs);
  }

  sample(seat: SeatKey, n: number, tUs: Micros, out: Float64Array, at: number): void {
    const state = this.#state;
    state.tUs = tUs;
    state.n = n;
    state.x = 0;
    state.y = 0;
    state.z = 0;
    chooseActivity(seat, Channel.activity, this.#shares, state);
    orient(seat, Channel.orientation, state);
    addTremor(seat, Channel.tremor, state);
    if (state.activity === Activity.walk) addGait(seat, Channel.gait, state);
    else if (state.activity === Activity.shaken) addShake(seat, Channel.shake, this.#intensity, state);

    addNoise(seat, Channel.noise, this.#mems.noise, state);

    const reading = this.#reading;
    readMems(seat, Channel.mems, this.#mems, state, reading);
    const { linearX, linearY, linearZ } = reading;
    out[at] = Math.sqrt(linearX * linearX + linearY * linearY + linearZ * linearZ);
    out[at + 1] = reading.x;
    out[at + 2] = reading.y;
    out[at + 3] = reading.z;
    out[at + 4] = state.activity;
    out[at + 5] = reading.clipped;
  }
}
