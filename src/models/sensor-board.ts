import type { Micros } from '../core/clock.ts';
import { latticeNoise } from '../core/lattice-noise.ts';
import { normal } from '../core/normal.ts';
import { draw, unit } from '../core/random.ts';
import type {
  Device,
  DeviceModel,
  Fleets,
  FleetView,
  Params,
  PayloadProfile,
  ProfileFields,
  SeatKey,
} from './model.ts';
import {
  DHT11_HUMIDITY,
  DHT11_TEMPERATURE,
  type Dht11Read,
  latestRead,
  shownHumidity,
  shownTemperature,
} from './physics/dht11.ts';
import { isSeen, type PirSettings, pirOutput } from './physics/passive-infrared.ts';
import { type RoomClimate, type RoomSpec, roomClimate } from './physics/room.ts';
import { echoWidth, NO_ECHO_US, sketchDistance } from './physics/ultrasonic.ts';
import { MOST_VISITS_PER_HOUR, type Visit, visitAround } from './physics/visits.ts';

/** First channel of each stage's random draws: what belongs to the room, and to the board in it. */
const Room = { climate: 0, visit: 16, wall: 24, path: 25 } as const;
const Board = { dht: 32, temperature: 40, humidity: 48, cycle: 56, echo: 57, block: 60 } as const;

/** A visitor's way leads nearer and farther within some seconds. */
const PATH_US = 4_000_000;
/** Visitors farther away pass beside the cone of 15°. */
const IN_CONE_CM = 300;
/** Stated accuracy of the sonar, 3 mm, as a bound of two standard deviations; cm. */
const SONAR_NOISE = 0.15;

/** A profile and its twin that carries an id. */
function traced(name: string, profile: PayloadProfile): Record<string, PayloadProfile> {
  return {
    [name]: profile,
    [`${name}-traced`]: { ...profile, doc: 'The same with an event id of its own.', identity: 'fields' },
  };
}

/** The whole payload is a text of one number, as the original's publisher writes it. */
function message(doc: string, msg: string): PayloadProfile {
  return { doc, codec: 'json', spaced: true, fields: { msg }, identity: 'none' };
}

function sketch(doc: string, fields: ProfileFields): PayloadProfile {
  return { doc, codec: 'json', fields, identity: 'none' };
}

/** A microcontroller with a DHT11, an HC-SR04 and an HC-SR501 in a room that people visit. */
export const sensorBoard: DeviceModel = {
  name: 'sensor-board',
  doc: 'A board with a DHT11 (temperature, humidity), an HC-SR04 (distance) and an HC-SR501 (motion), as their data sheets say they behave, in a room with visitors.',
  params: {
    room_of: {
      doc: 'Fleet of boards whose rooms these boards are in, seat by seat: their climate and visitors are the same; empty for rooms of their own.',
      type: 'fleet',
      model: 'sensor-board',
      default: '',
    },
    mean_temperature: { doc: 'Mean of the room.', unit: '°C', type: 'number', default: 22.2, min: -10, max: 45 },
    daily_swing: { doc: 'From the daily mean to its peak.', unit: 'K', type: 'number', default: 1.6, min: 0, max: 10 },
    peak_at: {
      doc: 'Hour of the day, UTC, with the highest temperature.',
      unit: 'h',
      type: 'number',
      default: 15,
      min: 0,
      max: 24,
    },
    weather: {
      doc: 'What the weather of days adds to the temperature, or takes, at most.',
      unit: 'K',
      type: 'number',
      default: 2.6,
      min: 0,
      max: 10,
    },
    dew_point: {
      doc: 'Mean dew point: how much water is in the air.',
      unit: '°C',
      type: 'number',
      default: 10,
      min: -30,
      max: 30,
    },
    dew_weather: {
      doc: 'What the weather adds to the dew point, or takes, at most.',
      unit: 'K',
      type: 'number',
      default: 5,
      min: 0,
      max: 15,
    },
    warm_share: {
      doc: 'Share of time in which something warms the board, such as the sun.',
      type: 'number',
      default: 0.095,
      min: 0,
      max: 1,
    },
    warm_by: { doc: 'By how much at most.', unit: 'K', type: 'number', default: 8, min: 0, max: 25 },
    read_every: {
      doc: 'How often the board reads its DHT11, which needs a second; events between show the same.',
      unit: 's',
      type: 'number',
      default: 2,
      min: 1,
      max: 3600,
    },
    failed_reads: {
      doc: 'Share of reads of the DHT11 whose checksum is wrong: then there is no temperature and no humidity.',
      type: 'number',
      default: 0,
      min: 0,
      max: 1,
    },
    ping_every: {
      doc: 'How often the HC-SR04 measures, for which it needs 60 ms.',
      unit: 's',
      type: 'number',
      default: 0.06,
      min: 0.06,
      max: 60,
    },
    missing_echoes: {
      doc: 'Share of measurements whose echo never comes, besides those beyond 4 m: the pulse lasts 38 ms then, which a sketch takes for 655 cm.',
      type: 'number',
      default: 0.01,
      min: 0,
      max: 1,
    },
    visits: {
      doc: 'Visitors in front of the board.',
      unit: 'per hour',
      type: 'number',
      default: 2,
      min: 0,
      max: MOST_VISITS_PER_HOUR,
    },
    hold: {
      doc: 'How long the output of the HC-SR501 stays high.',
      unit: 's',
      type: 'number',
      default: 5,
      min: 0.3,
      max: 300,
    },
    retrigger: {
      doc: 'Whether motion holds that output for longer (jumper H), or it goes low, is blocked for 2.5 to 3 s, and starts anew (L).',
      type: 'flag',
      default: true,
    },
  },
  readings: {
    temperature: {
      doc: 'What the DHT11 returns; none where the read failed.',
      unit: '°C',
      decimals: 0,
      optional: true,
      missing: 'nan',
      ...DHT11_TEMPERATURE,
    },
    humidity: {
      doc: 'What the DHT11 returns; none where the read failed.',
      unit: '%',
      decimals: 0,
      optional: true,
      missing: 'nan',
      ...DHT11_HUMIDITY,
    },
    distance: { doc: 'What a sketch makes of the echo: a 58th of it.', unit: 'cm', decimals: 0, min: 0, max: 655 },
    echo: { doc: 'Width of the echo pulse.', unit: 'µs', decimals: 0, min: 0, max: NO_ECHO_US },
    motion: { doc: 'Output of the HC-SR501.', unit: '', decimals: 0, min: 0, max: 1, flag: true },
  },
  labels: {
    room_temperature: { doc: 'Temperature of the room.', unit: '°C', decimals: 3, min: -60, max: 100 },
    room_humidity: { doc: 'Humidity of the room.', unit: '%', decimals: 3, min: 0, max: 100 },
    true_distance: { doc: 'Distance of what is in front of the board.', unit: 'cm', decimals: 2, min: 2, max: 500 },
    conversion_age: {
      doc: 'How old the conversion is that the DHT11 returned.',
      unit: 's',
      decimals: 3,
      min: 0,
      max: 7300,
    },
    read_failed: { doc: 'Whether the read of the DHT11 failed.', unit: '', decimals: 0, min: 0, max: 1, flag: true },
    echo_missed: { doc: 'Whether no echo came back.', unit: '', decimals: 0, min: 0, max: 1, flag: true },
    visitor: { doc: 'Whether somebody is there, seen or not.', unit: '', decimals: 0, min: 0, max: 1, flag: true },
  },
  payloads: {
    ...traced(
      'msg-temperature',
      message('Degrees as text, the message of the original on dht_temp.', '<temperature:01>'),
    ),
    ...traced('msg-humidity', message('Percent as text, on dht_hum.', '<humidity:01>')),
    ...traced('msg-distance', message('Centimetres as text, for the sonar.', '<distance:01>')),
    ...traced('msg-motion', message('One message a detection, on pir_test/1: its content is free.', '1')),
    ...traced(
      'sketch-temperature',
      sketch('What a sketch with the same sensors publishes.', { id: '<device>', temperature: '<temperature>' }),
    ),
    ...traced('sketch-distance', sketch('The same of the sonar.', { id: '<device>', distance: '<distance>' })),
    ...traced('sketch-motion', sketch('The same of the motion sensor.', { id: '<device>', motion: '<motion>' })),
    board: {
      doc: 'All sensors in one message.',
      codec: 'json',
      fields: {
        device: '<device>',
        time: '<time.iso>',
        temperature: '<temperature>',
        humidity: '<humidity>',
        distance: '<distance>',
        motion: '<motion>',
      },
      identity: 'derived',
    },
    labelled: {
      doc: 'The same with the truth beside it.',
      codec: 'json',
      fields: {
        device: '<device>',
        time: '<time.iso>',
        temperature: '<temperature>',
        humidity: '<humidity>',
        distance: '<distance>',
        motion: '<motion>',
        room_temperature: '<room_temperature>',
        room_humidity: '<room_humidity>',
        true_distance: '<true_distance>',
        conversion_age: '<conversion_age>',
        read_failed: '<read_failed>',
        echo_missed: '<echo_missed>',
        visitor: '<visitor>',
      },
      identity: 'fields',
    },
  },
  costNs: 600,
  // The board is asked when the event is due.
  maxSamplingDelayUs: 1,
  create: (params, _scene, _devices, fleets) => new SensorBoard(params, fleets),
};

/** The climate that parameters describe. */
function roomOf(params: Params): RoomSpec {
  const number = (name: string): number => Number(params[name]);
  return {
    temperature: number('mean_temperature'),
    swing: number('daily_swing'),
    peakAt: number('peak_at') / 24,
    drift: number('weather'),
    dewPoint: number('dew_point'),
    dewDrift: number('dew_weather'),
    warmShare: number('warm_share'),
    warmBy: number('warm_by'),
  };
}

class SensorBoard implements Device {
  readonly #view: FleetView | null;
  readonly #room: RoomSpec;
  readonly #visits: number;
  readonly #readEveryUs: Micros;
  readonly #failedReads: number;
  readonly #pingEveryUs: Micros;
  readonly #missingEchoes: number;
  readonly #pir: PirSettings;
  readonly #roomKey: SeatKey = { seat: 0, k0: 0, k1: 0 };
  readonly #now: RoomClimate = { temperature: 0, humidity: 0 };
  readonly #then: RoomClimate = { temperature: 0, humidity: 0 };
  readonly #read: Dht11Read = { read: 0, elementUs: 0, failed: false };
  readonly #visit: Visit = { startUs: 0, endUs: 0, distance: 0 };

  constructor(params: Params, fleets: Fleets | undefined) {
    const number = (name: string): number => Number(params[name]);
    const others = params['room_of'];
    this.#view = (others === '' ? undefined : fleets?.named(String(others))) ?? null;
    const room = this.#view?.params ?? params;
    this.#room = roomOf(room);
    this.#visits = Number(room['visits']);
    this.#readEveryUs = Math.round(number('read_every') * 1e6);
    this.#failedReads = number('failed_reads');
    this.#pingEveryUs = Math.round(number('ping_every') * 1e6);
    this.#missingEchoes = number('missing_echoes');
    this.#pir = { holdUs: number('hold') * 1e6, blockUs: 0, retriggers: params['retrigger'] === true };
  }

  sampledAt(_seat: SeatKey, _n: number, dueUs: Micros): Micros {
    return dueUs;
  }

  sample(seat: SeatKey, _n: number, tUs: Micros, out: Float64Array, at: number): void {
    const room = this.#roomKeyOf(seat);
    const [now, then, read, visit] = [this.#now, this.#then, this.#read, this.#visit];
    roomClimate(room, Room.climate, this.#room, tUs, now);
    visitAround(room, Room.visit, this.#visits, tUs, visit);

    latestRead(seat, Board.dht, this.#readEveryUs, this.#failedReads, tUs, read);
    roomClimate(room, Room.climate, this.#room, read.elementUs, then);
    out[at] = read.failed ? Number.NaN : shownTemperature(seat, Board.temperature, read.read, then.temperature);
    out[at + 1] = read.failed ? Number.NaN : shownHumidity(seat, Board.humidity, read.read, then.humidity);

    const distance = this.#distanceAt(room, tUs);
    const echo = this.#echo(seat, room, now.temperature, tUs);
    out[at + 2] = sketchDistance(echo);
    out[at + 3] = echo;

    const isThere = tUs >= visit.startUs && tUs < visit.endUs;
    this.#pir.blockUs = 2_500_000 + 500_000 * unit(draw(seat.k0, seat.k1, 0, Board.block));
    out[at + 4] = isSeen(visit.distance, now.temperature) && pirOutput(visit, this.#pir, tUs) ? 1 : 0;

    out[at + 5] = now.temperature;
    out[at + 6] = now.humidity;
    out[at + 7] = distance;
    out[at + 8] = (tUs - read.elementUs) / 1e6;
    out[at + 9] = read.failed ? 1 : 0;
    out[at + 10] = echo === NO_ECHO_US ? 1 : 0;
    out[at + 11] = isThere ? 1 : 0;
  }

  #roomKeyOf(seat: SeatKey): SeatKey {
    if (this.#view === null) return seat;
    this.#view.keyOf(seat.seat % this.#view.devices, this.#roomKey);
    return this.#roomKey;
  }

  /** Echo of the latest measurement. */
  #echo(seat: SeatKey, room: SeatKey, temperature: number, tUs: Micros): number {
    const { k0, k1 } = seat;
    const phase = Math.floor(unit(draw(k0, k1, 0, Board.cycle)) * this.#pingEveryUs);
    const ping = Math.floor((tUs - phase) / this.#pingEveryUs);
    if (unit(draw(k0, k1, ping, Board.echo)) < this.#missingEchoes) return NO_ECHO_US;
    const noise = SONAR_NOISE * normal(draw(k0, k1, ping, Board.echo + 1));
    return echoWidth(this.#distanceAt(room, Math.max(0, phase + ping * this.#pingEveryUs)) + noise, temperature);
  }

  /** cm to the wall, or to a visitor in the cone. The visit is that of the block of the event. */
  #distanceAt({ k0, k1 }: SeatKey, tUs: Micros): number {
    const wall = 120 + 300 * unit(draw(k0, k1, 0, Room.wall));
    const { startUs, endUs, distance } = this.#visit;
    if (!(tUs >= startUs && tUs < endUs)) return wall;
    const away = 100 * distance + 30 * latticeNoise(k0, k1, tUs / PATH_US, Room.path);
    return away > IN_CONE_CM ? wall : Math.max(2, Math.min(away, wall));
  }
}
