import { derivedPlaces, type Place } from '../codecs/place.ts';
import type { Micros } from '../core/clock.ts';
import { IotloadError } from '../core/errors.ts';
import type { EventMaker } from './event-maker.ts';
import { fieldAt } from './field-at.ts';
import { type Identified, setSlot } from './identified.ts';
import { eachOneByteOff, fieldOrNearAt, NearestSlot, resemblesDevice } from './near-miss.ts';
import { Regenerated } from './regenerated.ts';
import { type TimeText, timeTextOf } from './time-text.ts';

/** Longest text of a time: 12 digits of seconds, a point, 6 decimals; or the 24 characters of ISO 8601. */
const LONGEST_TIME = 24;
/** Slots within one sampling delay that are looked through for an event whose device can no longer be read. */
const MAX_CANDIDATES = 4096;

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
    const seat = this.#seatAt(bytes, fieldAt(this.#devicePlace, bytes, start, end), end);
    if (seat < 0) return false;
    const timeUs = this.#timeAt(bytes, fieldAt(this.#timePlace, bytes, start, end), end);
    const slot = this.#slotOf(seat, timeUs, bytes, start, end);
    if (slot < 0 || !this.#regenerated.equals(slot, bytes, start, end)) return false;
    this.#set(slot, into);
    return true;
  }

  /** Whether this is an event of this fleet with a few bytes altered; asked only after `find` refused it. */
  recognise(bytes: Uint8Array, start: number, end: number, into: Identified): boolean {
    const deviceAt = fieldOrNearAt(this.#devicePlace, bytes, start, end, (at) => this.#seatAt(bytes, at, end) >= 0);
    const timeAt = fieldOrNearAt(this.#timePlace, bytes, start, end, (at) => this.#timeAt(bytes, at, end) >= 0);
    const seat = this.#seatAt(bytes, deviceAt, end);
    const timeUs = this.#timeAt(bytes, timeAt, end);
    const nearest = new NearestSlot(this.#regenerated, bytes, start, end);
    if (seat >= 0) nearest.consider(this.#slotOf(seat, timeUs, bytes, start, end));
    if (timeUs >= 0) this.#eachSlotAt(timeUs, deviceAt, bytes, end, nearest);
    if (seat >= 0 && timeAt >= 0) {
      // The device is right and the time may be damaged.
      eachOneByteOff(bytes, timeAt, end, LONGEST_TIME, REPLACEMENTS, (text) => {
        nearest.consider(this.#slotOf(seat, this.#time.read(text, 0, text.length), bytes, start, end));
      });
    }
    if (nearest.slot < 0) return false;
    this.#set(nearest.slot, into);
    return true;
  }

  #set(slot: number, into: Identified): void {
    const { startWallUs, intendedOf, fleet } = this.#maker;
    setSlot(into, this.#fleet, slot, fleet.devices, startWallUs + intendedOf(slot));
  }

  /** The seat of the device whose id stands at `at`; -1 for none. */
  #seatAt(bytes: Uint8Array, at: number, end: number): number {
    if (at < 0) return -1;
    const { ids, fleet } = this.#maker;
    const device = ids.deviceAt(bytes, at, end);
    return device < fleet.devices ? device : device % fleet.devices;
  }

  /** The event time that stands at `at`; -1 for none. */
  #timeAt(bytes: Uint8Array, at: number, end: number): Micros {
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
    const maker = this.#maker;
    const { behavior, fleet } = maker;
    const { devices } = fleet;
    const trueUs = behavior === null ? timeUs : timeUs - behavior.skewOf(seat);
    const earliest = this.#firstSlot(trueUs);
    const last = this.#endSlot(trueUs);
    const ordered = maker.model.leastGapUs !== undefined;
    const first = ordered ? this.#firstAtOrAfter(seat, earliest, last, timeUs) : earliest;
    let found = -1;
    const phase = (seat - first) % devices;
    for (let slot = first + (phase < 0 ? phase + devices : phase); slot < last; slot += devices) {
      if (!this.#reads(slot, timeUs)) {
        // Later ones are later still.
        if (ordered) break;
        continue;
      }
      if (found >= 0 && this.#regenerated.equals(found, bytes, start, end)) return found;
      found = slot;
    }
    return found;
  }

  /** The first slot of a seat, among those from `first` to before `last`, whose event time is not before `timeUs`; their times go up. */
  #firstAtOrAfter(seat: number, first: number, last: number, timeUs: Micros): number {
    const maker = this.#maker;
    const { devices } = maker.fleet;
    let low = Math.ceil((first - seat) / devices);
    let high = Math.max(low, Math.ceil((last - seat) / devices));
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const slot = middle * devices + seat;
      if (maker.timeOf(slot, maker.profile.timeOf(slot)) < timeUs) low = middle + 1;
      else high = middle;
    }
    return low * devices + seat;
  }

  /** Whether the event time of a slot reads as `timeUs`. */
  #reads(slot: number, timeUs: Micros): boolean {
    const maker = this.#maker;
    const distance = maker.timeOf(slot, maker.profile.timeOf(slot)) - timeUs;
    return distance >= 0 && distance < this.#time.resolutionUs;
  }

  /** The time is right and the device may be damaged: all slots of that time whose device id is nearly the one that stands there. */
  #eachSlotAt(timeUs: Micros, at: number, bytes: Uint8Array, end: number, nearest: NearestSlot): void {
    const skewUs = this.#maker.fleet.behavior?.clockSkewUs ?? 0;
    const first = this.#firstSlot(timeUs - skewUs);
    if (this.#maker.model.leastGapUs !== undefined) {
      const last = this.#endSlot(timeUs + skewUs);
      const seats = Math.min(this.#maker.fleet.devices, MAX_CANDIDATES);
      for (let seat = 0; seat < seats; seat++) {
        const slot = this.#firstAtOrAfter(seat, first, last, timeUs);
        if (slot < last && this.#reads(slot, timeUs) && resemblesDevice(this.#maker, slot, bytes, at, end))
          nearest.consider(slot);
      }
      return;
    }
    const last = Math.min(this.#endSlot(timeUs + skewUs), first + MAX_CANDIDATES);
    for (let slot = first; slot < last; slot++) {
      if (this.#reads(slot, timeUs) && resemblesDevice(this.#maker, slot, bytes, at, end)) nearest.consider(slot);
    }
  }
}

/** Characters of a time. */
const REPLACEMENTS = new TextEncoder().encode('0123456789-:.TZ ');
