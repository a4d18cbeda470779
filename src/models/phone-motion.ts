import type { Micros } from '../core/clock.ts';
import { cosTurns, sinTurns } from '../core/trigonometry.ts';
import type { Device, DeviceModel, Params, SeatKey } from './model.ts';
import { Activity, activityNames, chooseActivity } from './physics/activity.ts';
import { Place, placeInCity } from './physics/city.ts';
import { Earthquake, GroundMotion, Shaking, shakingNames } from './physics/earthquake.ts';
import { eventClockTick, maxTickDelayUs } from './physics/event-clock.ts';
import { addGait } from './physics/gait.ts';
import { addNoise, GRAVITY, MemsReading, type MemsSpec, readMems } from './physics/mems.ts';
import { MotionState } from './physics/motion-state.ts';
import { orient } from './physics/orientation.ts';
import { joinShake, type ShakeEvent } from './physics/scripted-shake.ts';
import { addShake } from './physics/shake.ts';
import { addTremor } from './physics/tremor.ts';
import type { Scene } from './scene.ts';

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
  place: 64,
  scene: 72,
} as const;

/** Position of the first label of an earthquake among readings and labels. */
const QUAKE_LABELS = 6;

const BITS = 32_768;
/** Widest range a phone's accelerometer is set to, in g. */
const WIDEST_G = 16;
const LARGEST = WIDEST_G * GRAVITY;
/** No ground has been seen to move harder; more is cut in the label. */
const LARGEST_GROUND = 100;
/** Seconds and kilometres of the farthest quake that a scenario can ask for. */
const LATEST_ARRIVAL = 500;
const FARTHEST = 1_500;
/** Nobody shakes less hard on command, m/s². */
const ON_COMMAND = 60;
/** √3 · 16 g with gravity and offset taken away again. */
const LARGEST_MAGNITUDE = 283;
/** White noise in the 30 Hz that a 60 Hz clock can carry: density in mg/√Hz → rms in m/s². */
const NOISE_OF_DENSITY = Math.sqrt(30) * 0.001 * GRAVITY;

/** A phone in a hand: at rest, carried along, or shaken, as its browser's motion events show it. */
export const phoneMotion: DeviceModel = {
  name: 'phone-motion',
  doc: 'Accelerometer of a phone whose owner rests, walks or shakes it, or whose ground moves, sampled by a 60 Hz event clock.',
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
    city_radius: {
      doc: 'Phones are spread over a disc; an earthquake reaches the near ones first.',
      unit: 'km',
      type: 'number',
      default: 10,
      min: 0.1,
      max: 500,
    },
    site_scatter: {
      doc: 'Scatter of the ground under the phones: standard deviation of log10 of how it amplifies an earthquake.',
      type: 'number',
      default: 0.15,
      min: 0,
      max: 0.4,
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
    shaking: {
      doc: 'Wave of an earthquake that moves the ground.',
      unit: '',
      decimals: 0,
      min: 0,
      max: 2,
      names: shakingNames,
    },
    ground_acceleration: {
      doc: 'Length of the true acceleration of the ground.',
      unit: 'm/s²',
      decimals: 4,
      min: 0,
      max: LARGEST_GROUND,
    },
    p_arrival: {
      doc: 'From the origin of the latest earthquake to its P wave here; 0 without one.',
      unit: 's',
      decimals: 3,
      min: 0,
      max: LATEST_ARRIVAL,
    },
    s_arrival: { doc: 'The same for its S wave.', unit: 's', decimals: 3, min: 0, max: LATEST_ARRIVAL },
    epicentral_distance: { doc: 'From its epicentre; 0 without one.', unit: 'km', decimals: 2, min: 0, max: FARTHEST },
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
    labelled: {
      doc: 'The raw axes with the ground truth of an earthquake beside them.',
      codec: 'json',
      fields: {
        device: '<device>',
        time: '<time.iso>',
        x: '<x>',
        y: '<y>',
        z: '<z>',
        activity: '<activity>',
        shaking: '<shaking>',
        ground: '<ground_acceleration>',
        p_arrival: '<p_arrival>',
        s_arrival: '<s_arrival>',
      },
      identity: 'fields',
    },
  },
  costNs: 860,
  picture: 'magnitude',
  maxSamplingDelayUs: maxTickDelayUs,
  feels: ['quake', 'shake'],
  create: (params, scene) => new PhoneMotion(params, scene),
};

class PhoneMotion implements Device {
  readonly #shares: { shaken: number; walking: number };
  readonly #intensity: number;
  readonly #mems: MemsSpec;
  readonly #state = new MotionState();
  readonly #reading = new MemsReading();

  readonly #shakes: readonly ShakeEvent[];
  readonly #quakes: readonly Earthquake[];
  readonly #cityRadiusKm: number;
  readonly #place = new Place();
  readonly #ground = new GroundMotion();

  constructor(params: Params, scene: Scene) {
    this.#shares = { shaken: Number(params['shaken_share']), walking: Number(params['walking_share']) };
    this.#intensity = Number(params['shake_intensity']);
    const range = Number.parseInt(String(params['range']), 10) * GRAVITY;
    this.#mems = { lsb: range / BITS, noise: Number(params['noise_density']) * NOISE_OF_DENSITY };
    this.#cityRadiusKm = Number(params['city_radius']);
    const scatter = Number(params['site_scatter']);
    this.#shakes = scene.filter((event) => event.kind === 'shake');
    this.#quakes = scene
      .filter((event) => event.kind === 'quake')
      .map((event) => new Earthquake(event, this.#cityRadiusKm, scatter));
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
    const isCommanded = this.#shakes.length > 0 && joinShake(seat, Channel.scene, this.#shakes, state);
    orient(seat, Channel.orientation, state);
    addTremor(seat, Channel.tremor, state);
    if (state.activity === Activity.walk) addGait(seat, Channel.gait, state);
    else if (state.activity === Activity.shaken)
      addShake(seat, Channel.shake, this.#intensity, isCommanded ? ON_COMMAND : 0, state);

    writeNoQuake(out, at + QUAKE_LABELS);
    if (this.#quakes.length > 0) this.#addQuakes(seat, out, at + QUAKE_LABELS);
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

  /** Moves the phone with the ground of every quake under way, and labels it. */
  #addQuakes(seat: SeatKey, out: Float64Array, at: number): void {
    const state = this.#state;
    const place = this.#place;
    const ground = this.#ground;
    let isPlaced = false;
    let radial = 0;
    let transverse = 0;
    let up = 0;
    for (let i = 0; i < this.#quakes.length; i++) {
      const quake = this.#quakes[i] as Earthquake;
      if (state.tUs < quake.atUs || state.tUs >= quake.endUs) continue;
      if (!isPlaced) placeInCity(seat, Channel.place, this.#cityRadiusKm, place);
      isPlaced = true;
      quake.feel(place, state.tUs, ground);
      radial += ground.radial;
      transverse += ground.transverse;
      up += ground.up;
      out[at] = Math.max(out[at] as number, ground.phase);
      out[at + 2] = ground.pArrival;
      out[at + 3] = ground.sArrival;
      out[at + 4] = quake.distanceOf(place);
    }
    if (!isPlaced) return;
    out[at + 1] = Math.min(Math.sqrt(radial * radial + transverse * transverse + up * up), LARGEST_GROUND);
    const cosine = cosTurns(place.heading);
    const sine = sinTurns(place.heading);
    addHorizontal(state, cosine * radial - sine * transverse, sine * radial + cosine * transverse);
    state.x += up * state.upX;
    state.y += up * state.upY;
    state.z += up * state.upZ;
  }
}

/** Adds a horizontal acceleration, given towards the phone's right and away from its owner, in device axes. */
function addHorizontal(state: MotionState, right: number, forward: number): void {
  const { upX, upY, upZ, rightX, rightZ } = state;
  state.x += right * rightX + forward * upY * rightZ;
  state.y += forward * (upZ * rightX - upX * rightZ);
  state.z += right * rightZ - forward * upY * rightX;
}

function writeNoQuake(out: Float64Array, at: number): void {
  out[at] = Shaking.none;
  out[at + 1] = 0;
  out[at + 2] = 0;
  out[at + 3] = 0;
  out[at + 4] = 0;
}
