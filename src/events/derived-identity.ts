import { derivedPlaces, type Place } from '../codecs/place.ts';
import type { Micros } from '../core/clock.ts';
import { IotloadError } from '../core/errors.ts';
import type { EventMaker } from './event-maker.ts';
import { fieldAt, nearFieldAt } from './field-at.ts';
import { type Identified, setSlot } from './identified.ts';
import { Regenerated } from './regenerated.ts';
import { differences } from './same-bytes.ts';
import { type TimeText, timeTextOf } from './time-text.ts';

/** Longest text of a time: 12 digits of seconds, a point, 6 decimals; or the 24 characters of ISO 8601. */
const LONGEST_TIME = 24;
/** Slots within one sampling delay that are looked through for an event whose device can no longer be read. */
const MAX_CANDIDATES = 4096;
/** Characters of a device id that may be damaged. */
const MAX_ID_DAMAGE = 2;

/** Whether a payload holds both a device id and a time, each where it can be found. */
export function canDerive({ layout }: EventMaker): boolean {
  return derivedPlaces(layout) !== null;
}

/**
 * Finds events whose payload carries no id of its own: device and event time, read at known places, leave a few slots at most, and making
 * those events again decides. So an event is `own` only if every byte of it is right. Two runs of one plan with a fixed device time
 * send the same bytes; nothing can tell their events apart.
 */
export class DerivedIdentity {
  readonly #maker: EventMaker;
  readonly #fleet: number;
  readonly #regenerated: Regenerated;
  readonly #devicePlace: Place;
  readonly #timePlace: Place;
  readonly #time: TimeText;
  readonly #scratch = new Uint8Array(LONGEST_TIME);

  /** @throws IotloadError `bad-scenario` where the payload has no device or no time. */
  constructor(maker: EventMaker, fleet: number) {
    const { layout } = maker;
    const time = layout.time === null ? null : timeTextOf(layout.ops[layout.time.from] as (typeof layout.ops)[number]);
    const places = derivedPlaces(layout);
    if (places === null || time === null) {
      throw new IotloadError('bad-scenario', 'device and time do not both stand in the payload', {
        where: `fleets.${maker.fleet.name}.payload`,
        hint: 'add <device> and <time.iso>, or choose identity: fields',
      });
    }
    this.#maker = maker;
    this.#fleet = fleet;
    this.#regenerated = new Regenerated(maker);
    this.#devicePlace = places.device;
    this.#timePlace = places.time;
    this.#time = time;
  }

  /** Whether this is an event of this fleet, unaltered. */
  find(bytes: Uint8Array, start: number, end: number, into: Identified): boolean {
    const seat = this.#seat(bytes, start, end);
    if (seat < 0) return false;
    const timeUs = this.#timeUs(bytes, start, end);
    const slot = this.#slotOf(seat, timeUs, bytes, start, end);
    if (slot < 0 || !this.#regenerated.equals(slot, bytes, start, end)) return false;
    this.#set(slot, into);
    return true;
  }

  /** Whether this is an event of this fleet with a few bytes altered; asked only after `find` refused it. */
  recognise(bytes: Uint8Array, start: number, end: number, into: Identified): boolean {
    let deviceAt = fieldAt(this.#devicePlace, bytes, start, end);
    let seat = this.#seatAt(bytes, deviceAt, end);
    if (seat < 0) {
      const nearlyAt = nearFieldAt(this.#devicePlace, bytes, start, end);
      if (nearlyAt >= 0) deviceAt = nearlyAt;
      seat = this.#seatAt(bytes, deviceAt, end);
    }
    let timeAt = fieldAt(this.#timePlace, bytes, start, end);
    let timeUs = timeAt < 0 ? -1 : this.#time.read(bytes, timeAt, end);
    if (timeUs < 0) {
      const nearlyAt = nearFieldAt(this.#timePlace, bytes, start, end);
      if (nearlyAt >= 0) timeAt = nearlyAt;
      timeUs = timeAt < 0 ? -1 : this.#time.read(bytes, timeAt, end);
    }
    let best = -1;
    let least = Number.POSITIVE_INFINITY;
    const consider = (slot: number): void => {
      if (slot < 0) return;
      const damage = this.#regenerated.damage(slot, bytes, start, end);
      if (damage >= least) return;
      least = damage;
      best = slot;
    };
    if (seat >= 0) consider(this.#slotOf(seat, timeUs, bytes, start, end));
    if (timeUs >= 0) this.#eachSlotAt(timeUs, deviceAt, bytes, end, consider);
    if (seat >= 0 && timeAt >= 0) this.#eachNearbyTime(seat, timeAt, bytes, start, end, consider);
    if (best < 0) return false;
    this.#set(best, into);
    return true;
  }

  #set(slot: number, into: Identified): void {
    const { startWallUs, intendedOf, fleet } = this.#maker;
    setSlot(into, this.#fleet, slot, fleet.devices, startWallUs + intendedOf(slot));
  }

  #seat(bytes: Uint8Array, start: number, end: number): number {
    return this.#seatAt(bytes, fieldAt(this.#devicePlace, bytes, start, end), end);
  }

  /** The seat of the device whose id stands at `at`; -1 for none. */
  #seatAt(bytes: Uint8Array, at: number, end: number): number {
    if (at < 0) return -1;
    const { ids, fleet } = this.#maker;
    const device = ids.deviceAt(bytes, at, end);
    return device < fleet.devices ? device : device % fleet.devices;
  }

  #timeUs(bytes: Uint8Array, start: number, end: number): Micros {
    const at = fieldAt(this.#timePlace, bytes, start, end);
    return at < 0 ? -1 : this.#time.read(bytes, at, end);
  }

  /** First and last + 1 slot whose event time can read as `timeUs` on a clock that is right. */
  #firstSlot(timeUs: Micros): number {
    const { profile, scale, clockStartUs } = this.#maker;
    return profile.dueBy(scale.slotOf(timeUs - clockStartUs));
  }

  #endSlot(timeUs: Micros): number {
    const { profile, scale, clockStartUs, model, fleet } = this.#maker;
    const latest = timeUs - clockStartUs + this.#time.resolutionUs + model.maxSamplingDelayUs;
    return Math.min(profile.dueBy(scale.slotOf(latest)), fleet.slots);
  }

  /** The slot of a seat at an event time: -1 for none; of several, the one whose bytes these are. */
  #slotOf(seat: number, timeUs: Micros, bytes: Uint8Array, start: number, end: number): number {
    if (timeUs < 0) return -1;
    const { behavior, fleet } = this.#maker;
    const { devices } = fleet;
    const trueUs = behavior === null ? timeUs : timeUs - behavior.skewOf(seat);
    const first = this.#firstSlot(trueUs);
    const last = this.#endSlot(trueUs);
    let found = -1;
    const phase = (seat - first) % devices;
    for (let slot = first + (phase < 0 ? phase + devices : phase); slot < last; slot += devices) {
      if (!this.#reads(slot, timeUs)) continue;
      if (found >= 0 && this.#regenerated.equals(found, bytes, start, end)) return found;
      found = slot;
    }
    return found;
  }

  /** Whether the event time of a slot reads as `timeUs`. */
  #reads(slot: number, timeUs: Micros): boolean {
    const maker = this.#maker;
    const distance = maker.timeOf(slot, maker.profile.timeOf(slot)) - timeUs;
    return distance >= 0 && distance < this.#time.resolutionUs;
  }

  /** The time is right and the device may be damaged: all slots of that time whose device id is nearly the one that stands there. */
  #eachSlotAt(timeUs: Micros, at: number, bytes: Uint8Array, end: number, consider: (slot: number) => void): void {
    const { ids, fleet } = this.#maker;
    const skewUs = fleet.behavior?.clockSkewUs ?? 0;
    const first = this.#firstSlot(timeUs - skewUs);
    const last = Math.min(this.#endSlot(timeUs + skewUs), first + MAX_CANDIDATES);
    for (let slot = first; slot < last; slot++) {
      if (!this.#reads(slot, timeUs)) continue;
      const id = new TextEncoder().encode(ids.text(this.#maker.deviceOf(slot)));
      const cut = at < 0 || at + id.length > end;
      if (cut || differences(id, 0, bytes, at, id.length, MAX_ID_DAMAGE) <= MAX_ID_DAMAGE) consider(slot);
    }
  }

  /** The device is right and the time may be damaged: every time that differs in one character. */
  #eachNearbyTime(
    seat: number,
    at: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    consider: (slot: number) => void,
  ): void {
    const text = this.#scratch;
    const length = Math.min(LONGEST_TIME, end - at);
    text.set(bytes.subarray(at, at + length));
    for (let i = 0; i < length; i++) {
      const original = text[i] as number;
      for (const candidate of REPLACEMENTS) {
        text[i] = candidate;
        const timeUs = this.#time.read(text, 0, length);
        if (timeUs >= 0) consider(this.#slotOf(seat, timeUs, bytes, start, end));
      }
      text[i] = original;
    }
  }
}

/** Characters of a time. */
const REPLACEMENTS = new TextEncoder().encode('0123456789-:.TZ');
