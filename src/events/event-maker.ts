import type { PayloadLayout, PayloadSchema } from '../codecs/codec.ts';
import type { PayloadColumns } from '../codecs/columns/column.ts';
import { IdLayout, identityHead, identityOps, maxFleets } from '../codecs/identity.ts';
import { createContext, type EventContext, type Op, Value, Word } from '../codecs/layout.ts';
import { codecs } from '../codecs/registry.ts';
import { textOps } from '../codecs/text-template.ts';
import type { Vocabulary } from '../codecs/vocabulary.ts';
import { compileWriter, type WriteEvent, type Writer, writerSlack } from '../codecs/writer.ts';
import type { Micros } from '../core/clock.ts';
import { IotloadError } from '../core/errors.ts';
import { foldHigh, type StreamKey, seatStream, streamRoot } from '../core/random.ts';
import { type TimeScale, timeScale } from '../core/time-scale.ts';
import type { Behavior } from '../models/behavior/behavior.ts';
import type { Device, DeviceModel, ReadingSpecs, SeatKey } from '../models/model.ts';
import { namedParams, shapeOf } from '../models/model-shape.ts';
import { models } from '../models/registry.ts';
import type { FleetPlan, Plan } from '../plan/plan.ts';
import type { RateProfile } from '../schedule/profile.ts';
import { createSchedule } from '../schedule/schedule.ts';
import type { DeviceIds } from './device-id.ts';
import { behaviorOf, deviceTotal, fleetDeviceIds, intendedTimes } from './fleet-behavior.ts';
import { fleetsOf, modelRoot } from './fleet-views.ts';
import { sceneOf } from './scene.ts';

/** An event must fit several times into a worker's batch. */
const MAX_EVENT_BYTES = 65_536;
/** 2255-06-05: beyond it a double no longer holds every microsecond since 1970. */
const LAST_INSTANT_US = Number.MAX_SAFE_INTEGER;

/** What decides a fleet's bytes besides the plan. */
export interface MakerAnchor {
  runId: string;
  /** Wall clock of slot time 0, µs since 1970 UTC. */
  startWallUs: Micros;
}

/** Makes the events of one fleet: schedule, model, codec and identity put together. Holds the last event made in `context`. */
export class EventMaker {
  readonly fleet: FleetPlan;
  /** What identities call the fleet. */
  readonly number: number;
  readonly model: DeviceModel;
  readonly profile: RateProfile;
  readonly ids: DeviceIds;
  readonly behavior: Behavior | null;
  /** Intended send time of a slot, slot time. */
  readonly intendedOf: (slot: number) => Micros;
  readonly layout: PayloadLayout;
  /** The payload as values; null where it cannot be told so. */
  readonly columns: PayloadColumns | null;
  readonly address: Writer;
  readonly payload: Writer;
  /** The id that travels beside the payload, up to its checksum; null where there is none. */
  readonly header: Writer | null;
  /** Writes the payload of the event in `context`, damaged where that is to be so. */
  readonly writePayload: WriteEvent;
  readonly context: EventContext;
  readonly startWallUs: Micros;
  /** Device time of slot time 0. */
  readonly clockStartUs: Micros;
  /** Slot time ⇄ device time. */
  readonly scale: TimeScale;
  readonly #device: Device;
  readonly #motionRoot: StreamKey;
  readonly #payloadRoot: StreamKey;
  readonly #drawsPayload: boolean;
  readonly #key: SeatKey = { seat: 0, k0: 0, k1: 0 };

  /** @throws IotloadError `bad-scenario` for what a plan can say and an event cannot hold. */
  constructor(plan: Plan, index: number, anchor: MakerAnchor) {
    const fleet = plan.fleets[index];
    const model = fleet === undefined ? undefined : models[fleet.model];
    const codec = fleet === undefined ? undefined : codecs[fleet.payload.codec];
    if (fleet === undefined || model === undefined || codec === undefined || (fleet.number ?? index) >= maxFleets) {
      throw new IotloadError('defect', 'the plan names a fleet, model or codec that does not exist', {
        value: `${index} ${fleet?.model} ${fleet?.payload.codec}`,
      });
    }
    const { runId } = anchor;
    this.fleet = fleet;
    this.number = fleet.number ?? index;
    this.model = model;
    this.profile = createSchedule(fleet.schedule);
    this.startWallUs = anchor.startWallUs;
    this.clockStartUs = plan.clock.startUs ?? anchor.startWallUs;
    this.scale = timeScale(plan.clock.speed);
    this.#device = model.create(
      fleet.params,
      sceneOf(plan, index, (slotUs) => this.clockStartUs + this.scale.deviceOf(slotUs)),
      fleet.devices,
      fleetsOf(plan, index, (slotUs) => this.clockStartUs + this.scale.deviceOf(slotUs)),
    );
    this.#motionRoot = modelRoot(plan, fleet);
    this.#payloadRoot = streamRoot(plan.seed, fleet.name, 'payload');

    const { devices, name } = fleet;
    const behavior = behaviorOf(plan, fleet);
    this.behavior = behavior;
    this.intendedOf = intendedTimes(this.profile, devices, behavior);
    this.ids = fleetDeviceIds(plan, fleet, runId);
    const shape = shapeOf(model, fleet.params);
    const quantities = [...quantitiesOf(shape.readings), ...quantitiesOf(shape.labels ?? {})];
    const vocabulary: Vocabulary = {
      fleet: name,
      run: runId,
      devices: deviceTotal(plan, fleet),
      deviceId: this.ids.ops,
      params: namedParams(fleet.params, shape),
      quantities,
    };
    const identity = fleet.payload.identity === 'fields' ? identityOps(runId, this.number) : null;
    this.header = fleet.payload.identity === 'headers' ? compileWriter(identityHead(runId, this.number)) : null;
    const { fields, padTo, schema, spaced } = fleet.payload;
    const written: PayloadSchema = {
      fields,
      identity,
      vocabulary,
      ...(padTo === undefined ? {} : { padTo }),
      ...(schema === undefined ? {} : { wire: schema }),
      ...(spaced === undefined ? {} : { spaced }),
    };
    this.layout = codec.layout(written);
    this.columns = codec.columns?.(written) ?? null;
    const addressOps = textOps(fleet.address, vocabulary);
    this.address = compileWriter(addressOps);
    this.payload = compileWriter(this.layout.ops);
    this.writePayload = this.payload.write;
    if (behavior?.damages) {
      const sound = this.payload.write;
      const { write: damaged } = compileWriter(codec.malform?.(this.layout.ops) ?? this.layout.ops);
      this.writePayload = (context, view, at) =>
        behavior.isMalformed(context.values[Value.slot] as number)
          ? damaged(context, view, at)
          : sound(context, view, at);
    }
    this.context = createContext(quantities.length, this.ids.pairs);
    this.#drawsPayload = [...addressOps, ...this.layout.ops].some(isRandom);
    this.#check();
  }

  /** Greatest number of bytes an event may touch in a batch. */
  get maxEventBytes(): number {
    const header = this.header === null ? 0 : IdLayout.length;
    return this.address.maxBytes + header + this.payload.maxBytes + writerSlack;
  }

  /** Number of the device whose event this is. */
  deviceOf(slot: number): number {
    const { devices } = this.fleet;
    const seat = slot % devices;
    return seat + (this.behavior?.incarnationAt(seat, this.profile.timeOf(slot)) ?? 0) * devices;
  }

  /** Event time of a slot, device time in µs since 1970. */
  timeOf(slot: number, dueUs: Micros): Micros {
    const { devices } = this.fleet;
    const n = Math.floor(slot / devices);
    const seat = slot - n * devices;
    this.#key.seat = seat;
    seatStream(this.#motionRoot, seat, this.#key);
    const sampledUs = this.#device.sampledAt(this.#key, n, this.clockStartUs + this.scale.deviceOf(dueUs));
    const timeUs = Math.max(sampledUs, 0);
    return this.behavior === null ? timeUs : Math.max(timeUs + this.behavior.skewOf(seat), 0);
  }

  /** Writes what a seat's sensor would read `slotUs` after slot time 0, were its `n`-th event made from it. */
  read(seat: number, n: number, slotUs: Micros, out: Float64Array): void {
    const key = this.#key;
    key.seat = seat;
    seatStream(this.#motionRoot, seat, key);
    this.#device.sample(key, n, Math.max(0, this.clockStartUs + this.scale.deviceOf(slotUs)), out, 0);
  }

  /** Computes a slot's event into `context`; `address` and `payload` then write it. Returns its seat. */
  load(slot: number, dueUs: Micros): number {
    const { devices } = this.fleet;
    const { values, words } = this.context;
    const key = this.#key;
    const n = Math.floor(slot / devices);
    const seat = slot - n * devices;
    key.seat = seat;
    seatStream(this.#motionRoot, seat, key);
    const sampledUs = this.#device.sampledAt(key, n, this.clockStartUs + this.scale.deviceOf(dueUs));
    const timeUs = Math.max(sampledUs, 0);
    values[Value.slot] = slot;
    values[Value.device] = seat;
    values[Value.sequence] = n;
    values[Value.timeUs] = timeUs;
    values[Value.intendedUs] = this.startWallUs + dueUs;
    this.#device.sample(key, n, timeUs, values, Value.readings);
    if (this.behavior !== null) this.#behave(this.behavior, seat, dueUs);
    this.ids.fill(values[Value.device] as number, words);
    if (this.#drawsPayload) {
      seatStream(this.#payloadRoot, seat, key);
      words[Word.k0] = key.k0;
      words[Word.k1] = foldHigh(key.k1, n);
    }
    return seat;
  }

  /** Puts the device that sits there by now, its clock's time and the end of its outage in the place of the plain values. */
  #behave(behavior: Behavior, seat: number, dueUs: Micros): void {
    const { values } = this.context;
    values[Value.device] = seat + behavior.incarnationAt(seat, dueUs) * this.fleet.devices;
    values[Value.timeUs] = Math.max((values[Value.timeUs] as number) + behavior.skewOf(seat), 0);
    values[Value.intendedUs] = this.startWallUs + behavior.releaseAt(seat, dueUs);
  }

  #check(): void {
    const { slots } = this.fleet;
    if (this.maxEventBytes > MAX_EVENT_BYTES) {
      throw new IotloadError('bad-scenario', `an event could take ${this.maxEventBytes} bytes`, {
        where: `fleets.${this.fleet.name}.payload`,
        hint: `at most ${MAX_EVENT_BYTES} bytes are supported`,
      });
    }
    const lastUs = this.clockStartUs + this.scale.deviceOf(slots > 0 ? this.profile.timeOf(slots - 1) : 0);
    if (!(this.clockStartUs >= 0 && lastUs <= LAST_INSTANT_US)) {
      throw new IotloadError('bad-scenario', 'device time leaves the years 1970 to 2254', {
        where: 'clock.start',
        value: String(this.clockStartUs),
      });
    }
  }
}

function quantitiesOf(specs: ReadingSpecs): Vocabulary['quantities'] {
  return Object.entries(specs).map(([name, quantity]) => ({ name, quantity }));
}

function isRandom(op: Op): boolean {
  return op.op === 'hex-random' || op.op === 'uuid-random';
}
