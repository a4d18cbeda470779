import type { BridgeFaultPlan, BridgeRoute, RecordKey, Wrap } from '../brokers/bridge/bridge-plan.ts';
import type { WireSchema } from '../codecs/codec.ts';
import type { FieldNode } from '../codecs/field-tree.ts';
import type { Micros } from '../core/clock.ts';
import type { Speed } from '../core/time-scale.ts';
import type { BehaviorSpec } from '../models/behavior/spec.ts';
import type { Params } from '../models/model.ts';
import type { ListenAddress } from '../scenario/listen-address.ts';
import type { PluginPlan } from '../scenario/load-plugin.ts';
import type { ScheduleSpec } from '../schedule/profile.ts';
import type { TargetOptions } from '../targets/target.ts';
import type { LadderPlan } from './ladder.ts';
import type { TimelineEntry } from './timeline.ts';

export type Identity = 'fields' | 'headers' | 'named' | 'derived' | 'none';

/** Whether a payload is found by what it tells of its device, and proved by making the event again: it takes the start of the run. */
export function isMadeAgain(identity: Identity): boolean {
  return identity === 'derived' || identity === 'named';
}
export type Expectation = 'at-least-once' | 'at-most-once' | 'exactly-once';

/** A scenario resolved to plain JSON: printable, postable to a thread, hashed into the report. Secrets stay `${NAME}` references. */
export interface Plan {
  plan: 1;
  name: string;
  description: string;
  seed: number;
  /** What the devices' clocks show. */
  clock: ClockPlan;
  run: { warmUpUs: Micros; durationUs: Micros; drainUs: Micros };
  fleets: FleetPlan[];
  /** Of a part of a plan, the fleets that are not in it: models may speak of them. */
  besides?: FleetPlan[];
  targets: TargetPlan[];
  /** The example bridges that the run brings along, one for each target that they write to; absent: none. */
  bridges?: PlannedBridge[];
  /** null: delivery is not asked. */
  verify: VerifyPlan | null;
  thresholds: ThresholdPlan[];
  /** In order of time. */
  timeline: TimelineEntry[];
  /** The loads that it walks one after the other; absent: it is a run like any other. */
  ladder?: LadderPlan;
  /** Loaded by every thread and process before anything of the plan is looked up; absent: none. */
  plugins?: PluginPlan[];
  /** Where results go, the labels that every one of them carries, and where a run under way tells of itself; absent: nowhere. */
  outputs: { dir: string; labels: Record<string, string>; formats?: readonly string[]; prometheus?: ListenAddress };
  /** Memory of all processes of a run together beyond which it ends; null: not bounded. */
  limits: { memoryBytes: number | null };
}

export interface ClockPlan {
  /** Device time of slot time 0, µs since 1970 UTC; null = the anchor's start. */
  startUs: Micros | null;
  /** Device time per slot time; `max`: slot time is device time, and nothing waits for it. */
  speed: Speed | 'max';
}

export interface FleetPlan {
  name: string;
  model: string;
  params: Params;
  devices: number;
  /** Template of the device id; `client-<hex:12>`, `meter-<index:06>`. */
  id: string;
  schedule: ScheduleSpec;
  /** Slots in the whole run (all shards), = number of slots due before warmUpUs + durationUs, or the `--count` limit. */
  slots: number;
  payload: PayloadPlan;
  /** What its devices do besides reporting on time; absent where that is nothing. */
  behavior?: BehaviorSpec;
  /** Template of the address (topic for MQTT, key elsewhere, '' for a file), the target's default already filled in. */
  address: string;
  /** Index into `targets`. */
  target: number;
  /**
   * What identities call the fleet; absent: its place in the plan. A fleet that sends to several targets stands in the plan once for each,
   * under one name and number: the same events, which each have their outcome at each target.
   */
  number?: number;
}

export interface PayloadPlan {
  /** Name of a codec. */
  codec: string;
  /** What its schema file says; absent where the codec needs none. */
  schema?: WireSchema;
  /** Name of the model's payload profile, or null for own fields. */
  profile: string | null;
  /** In order of writing. A string may hold `<…>` placeholders; alone it keeps its type, within text it is text; `<<` is a `<`. */
  fields: FieldNode[];
  identity: Identity;
  /** JSON with a blank behind each comma and colon; absent: without. */
  spaced?: true;
  /** Shorter payloads are filled up to this many bytes; absent for as long as they are. */
  padTo?: number;
}

export interface TargetPlan {
  name: string;
  protocol: string;
  options: TargetOptions;
}

/** An example bridge from MQTT to Kafka that a run starts and stops. */
export interface PlannedBridge {
  /** Index into `targets`: MQTT. */
  from: number;
  /** Index into `targets`: Kafka. */
  to: number;
  /** Their topics of Kafka are templates, as that of a target is. */
  routes: BridgeRoute[];
  wrap: Wrap;
  key: RecordKey;
  /** Their seed is the plan's. */
  faults: Omit<BridgeFaultPlan, 'seed'>;
}

export interface VerifyPlan {
  /** Index into `targets`. */
  read: number;
  /** Further ones that are read; what one of them holds the others must hold too. */
  others?: number[];
  /** Those that are read only to tell on which hop something was lost or doubled, in the order in which events pass them. */
  taps?: number[];
  /** What the bridge to targets leaves of an event to which nobody sends; absent: its payload as it was sent. */
  hop?: HopPlan;
  expect: Expectation;
  /** false: order within a device is not checked. */
  order: boolean;
  graceUs: Micros;
}

/** How an event arrives behind a bridge. */
export interface HopPlan {
  /** JSON pointer to the payload in what arrives; absent: that is the payload. */
  payloadAt?: string;
  /** How the payload is wrapped there: as the text of a JSON string, as a JSON value, or as a string of base64. */
  as: 'string' | 'object' | 'base64';
  /** What still identifies an event; `none`: events can only be counted. */
  survives: 'fields' | 'headers' | 'derived' | 'none';
}

export interface ThresholdPlan {
  /** As written, the check's name. */
  expression: string;
  /** Why this run cannot judge it, where only a flag is to blame: too few events for a quantile, delivery not checked. */
  skipped?: string;
  /**
   * Slot time from which it is judged, over everything since the start; of a run that ends before it says nothing. As with k6's
   * `delayAbortEval`, what happened before is not left out. Absent: judged whenever the run ends.
   */
  afterUs?: Micros;
  /** Judged while the run is sending, and ends it when it fails; absent: only when the run is over. */
  abortOnFail?: true;
}
