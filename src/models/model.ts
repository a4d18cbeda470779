import type { Micros } from '../core/clock.ts';
import type { StreamKey } from '../core/random.ts';
import type { Speed } from '../core/time-scale.ts';
import type { Scene, SceneEvent } from './scene.ts';

/** Key of one seat's random streams: two 32-bit words, so that no device is a time-shifted copy of another. Mutable and reused. */
export interface SeatKey {
  seat: number;
  k0: number;
  k1: number;
}

/** A parameter as the plan holds it: plain JSON. */
export type ParamValue =
  | number
  | string
  | boolean
  | null
  | readonly ParamValue[]
  | { readonly [key: string]: ParamValue };
export type Params = Readonly<Record<string, ParamValue>>;

/** A parameter of a model as a scenario may set it: manual, schema and bounds come from here. */
export type ParamSpec =
  | { doc: string; unit?: string; type: 'number'; default: number; min?: number; max?: number }
  | { doc: string; unit?: string; type: 'choice'; default: string; choices: readonly string[] }
  | { doc: string; unit?: string; type: 'flag'; default: boolean }
  | { doc: string; unit?: string; type: 'texts'; default: readonly string[] }
  /** Without a default it has to be given. */
  | { doc: string; unit?: string; type: 'text'; default: string | null }
  /** Name of a fleet of this model in the same scenario; '' for none. */
  | { doc: string; unit?: string; type: 'fleet'; model: string; default: '' };
export type ParamSpecs = Readonly<Record<string, ParamSpec>>;

/** What is wrong with a parameter. */
export interface ParamProblem {
  /** Keys and positions from the parameter down to the mistake; empty for the parameter itself. */
  path: readonly (string | number)[];
  /** The key at the end of the path is wrong, not its value. */
  key?: true;
  message: string;
  hint: string | null;
}

/** The pace at which a model's parameters say that its events were recorded. */
export interface OwnPace {
  /** Names their times. */
  key: string;
  loop: boolean;
  /** How much faster they are played. */
  warp: Speed;
}

/** Parameters whose names the scenario chooses. */
export interface FreeParams {
  doc: string;
  /** What a value may be: as a scenario writes it, and what it means. */
  forms: readonly { example: string; doc: string }[];
  check(name: string, value: ParamValue): ParamProblem[];
  /** Stands for a wrong value, so that everything else can still be checked. */
  readonly instead: ParamValue;
}

/** A value a device reports, in the order of `sample`'s output. */
export interface ReadingSpec {
  doc: string;
  unit: string;
  /** Decimals written when the scenario does not say; 0 writes an integer. */
  decimals: number;
  /** Bounds that every sample respects; the encoder sizes its buffer by them. */
  min: number;
  max: number;
  /** Names of the values 0, 1, 2 … of an enumerated reading, which is written as a string. */
  names?: readonly string[];
  /** An instant, µs since 1970, which is written as ISO 8601 in UTC with milliseconds. */
  instant?: true;
  /** It may be missing: then `sample` writes NaN, and a payload nothing (CSV) or null. */
  optional?: true;
  /** What stands in its place within text, and where it is itself written as text; nothing and null when left out. */
  missing?: string;
  /** 1 or 0 is a yes or no, written as true or false. */
  flag?: true;
  /** Of a label that is an amount: other than 0 it marks an event that is out of the ordinary. */
  marks?: true;
}
export type ReadingSpecs = Readonly<Record<string, ReadingSpec>>;

/** A ready-made payload: the fields as a scenario would write them, and what finds an event again. */
export interface PayloadProfile {
  doc: string;
  /** Name of a codec that needs no schema file. */
  codec: 'cbor' | 'csv' | 'json';
  /** JSON with a blank behind each comma and colon, as Python writes it; absent: without. */
  spaced?: true;
  fields: ProfileFields;
  /** `none` where nothing in the payload tells its event: arrivals are counted, and no more is proved. */
  identity: 'fields' | 'derived' | 'none';
}

/** Members of a payload; a map is an object in it. */
export type ProfileFields = { readonly [name: string]: string | number | boolean | ProfileFields };

/** What a device reports. */
export interface ModelShape {
  /** Readings in the order in which `sample` writes them; labels (ground truth, usable in payloads too) follow after the readings. */
  readonly readings: ReadingSpecs;
  readonly labels?: ReadingSpecs;
  readonly payloads: Readonly<Record<string, PayloadProfile>>;
  /** The reading that is worth a picture: how high it went, by device and over time. Absent where none is. */
  readonly picture?: string;
}

/** A device type: documentation and pure physics. What it reports follows from `shape` where it has one; `shapeOf` knows. */
export interface DeviceModel extends ModelShape {
  readonly name: string;
  readonly doc: string;
  readonly params: ParamSpecs;
  readonly freeParams?: FreeParams;
  /**
   * Loads into this process what the parameters name, such as a file, and returns them completed; paths start at `folder`. Called before
   * anything else is asked, in every process; completed parameters must find the same again.
   */
  load?(params: Params, folder: string): Promise<{ params: Params } | { problems: ParamProblem[] }>;
  /** What a device with these parameters (validated, defaults filled in) reports. */
  shape?(params: Params): ModelShape;
  /** Events that a fleet of so many devices has at all; absent: endless. */
  mostEvents?(params: Params, devices: number): number;
  /** The pace that `rate: recorded` gives a fleet, or why there is none; absent: nothing is recorded. */
  ownPace?(params: Params): OwnPace | ParamProblem;
  /** Parameters that only count at that pace, with the value that changes nothing. */
  readonly paceParams?: Readonly<Record<string, ParamValue>>;
  /** CPU nanoseconds of an event, made and encoded, as bench/models.ts measures; absent where nobody has. For estimates only. */
  readonly costNs?: number;
  /** Greatest distance between an event's sensor instant and its intended send time. */
  readonly maxSamplingDelayUs: Micros;
  /**
   * Two instants of one seat are at least so far apart, or as far as its closest due times where these are closer, however large the delay.
   * Absent: only due times that lie further apart than the delay tell them apart.
   */
  readonly leastGapUs?: Micros;
  /** What of a scene its devices feel; absent for none. */
  readonly feels?: readonly SceneEvent['kind'][];
  /**
   * Compiles the parameters (validated, defaults filled in) and what happens around the devices, for a fleet of so many. `fleets` is absent
   * where devices are looked at by themselves.
   */
  create(params: Params, scene: Scene, devices?: number, fleets?: Fleets): Device;
}

/** A fleet as models see it: pure functions of the plan. */
export interface FleetView {
  readonly params: Params;
  readonly devices: number;
  /** Key of what all its devices share. */
  readonly key: StreamKey;
  /** Writes the key of a seat's streams. */
  keyOf(seat: number, into: SeatKey): void;
  /** Device time at which the seat's n-th event is due. */
  dueOf(seat: number, n: number): Micros;
}

/** The fleets of a run. */
export interface Fleets {
  readonly own: FleetView;
  /** Another one by its name; undefined where there is none. */
  named(name: string): FleetView | undefined;
}

/** Pure functions of (seat key, n, t): no state, no clock, only IEEE-exact operations. */
export interface Device {
  /**
   * Instant at which the sensor was read for the seat's n-th event, in (due − maxSamplingDelayUs, due]; it is what the payload
   * calls the event's time. Strictly increasing in n for one seat as long as due times are further apart than the delay.
   */
  sampledAt(seat: SeatKey, n: number, dueUs: Micros): Micros;
  /** Writes readings, then labels, from `out[at]` on. `tUs` is the sensor instant in device time. */
  sample(seat: SeatKey, n: number, tUs: Micros, out: Float64Array, at: number): void;
}
