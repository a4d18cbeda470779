import { literalBytes, type Op } from '../codecs/layout.ts';
import { namedPlaces, type Place } from '../codecs/place.ts';
import { readNumber } from '../codecs/read-number.ts';
import { IotloadError } from '../core/errors.ts';
import type { EventMaker } from './event-maker.ts';
import { fieldAt } from './field-at.ts';
import { type Identified, setSlot } from './identified.ts';
import { eachOneByteOff, fieldOrNearAt, MAX_ID_DAMAGE, NearestSlot, resemblesDevice } from './near-miss.ts';
import { Regenerated } from './regenerated.ts';
import { differences } from './same-bytes.ts';

/** Seats that are looked through for an event whose device can no longer be read. */
const MAX_CANDIDATES = 4096;
/** Digits of a sequence number that is written as text. */
const MAX_DIGITS = 16;
const digits = new TextEncoder().encode('0123456789');
const anyByte = Uint8Array.from({ length: 256 }, (_, byte) => byte);

/**
 * Finds events by device, sequence number and run in fields under names of the user's. These determine the slot, and making its event again
 * decides. So an event is `own` only if every byte of it is right.
 */
export class NamedIdentity {
  readonly #maker: EventMaker;
  readonly #fleet: number;
  readonly #regenerated: Regenerated;
  readonly #devicePlace: Place;
  readonly #sequencePlace: Place;
  readonly #runPlace: Place;
  readonly #run: Uint8Array;
  readonly #sequenceAt: (bytes: Uint8Array, at: number, end: number) => number;
  /** What a byte of a sequence number may be. */
  readonly #alphabet: Uint8Array;

  /** @throws IotloadError `bad-scenario` where the payload lacks one of the fields. */
  constructor(maker: EventMaker, fleet: number) {
    const { layout } = maker;
    const places = namedPlaces(layout);
    if (places === null) {
      throw new IotloadError('bad-scenario', 'device, sequence and run do not all stand in the payload', {
        where: `fleets.${maker.fleet.name}.payload`,
        hint: 'choose identity: fields',
      });
    }
    this.#maker = maker;
    this.#fleet = fleet;
    this.#regenerated = new Regenerated(maker);
    this.#devicePlace = places.device;
    this.#sequencePlace = places.sequence;
    this.#runPlace = places.run;
    this.#run = literalBytes(layout.ops[layout.run?.from ?? 0] as Op) ?? new Uint8Array();
    const sequence = layout.ops[layout.sequence?.from ?? 0] as Op;
    this.#sequenceAt = sequenceReader(sequence);
    this.#alphabet = sequence.op === 'number' ? anyByte : digits;
  }

  /** Whether this is an event of this fleet, unaltered. */
  find(bytes: Uint8Array, start: number, end: number, into: Identified): boolean {
    const seat = this.#seatAt(bytes, fieldAt(this.#devicePlace, bytes, start, end), end);
    const slot = this.#slotOf(seat, this.#readSequence(bytes, fieldAt(this.#sequencePlace, bytes, start, end), end));
    if (slot < 0 || !this.#regenerated.equals(slot, bytes, start, end)) return false;
    this.#set(slot, into);
    return true;
  }

  /** Whether this is an event of this fleet and run with a few bytes altered; asked only after `find` refused it. */
  recognise(bytes: Uint8Array, start: number, end: number, into: Identified): boolean {
    const runAt = fieldOrNearAt(this.#runPlace, bytes, start, end, (at) => this.#isOurRun(bytes, at, end));
    // One that was cut off ahead of its run may still be ours, and making it again tells.
    if (runAt >= 0 && !this.#isOurRun(bytes, runAt, end)) return false;
    const deviceAt = fieldOrNearAt(this.#devicePlace, bytes, start, end, (at) => this.#seatAt(bytes, at, end) >= 0);
    const sequenceAt = fieldOrNearAt(
      this.#sequencePlace,
      bytes,
      start,
      end,
      (at) => this.#readSequence(bytes, at, end) >= 0,
    );
    const seat = this.#seatAt(bytes, deviceAt, end);
    const sequence = this.#readSequence(bytes, sequenceAt, end);
    const nearest = new NearestSlot(this.#regenerated, bytes, start, end);
    nearest.consider(this.#slotOf(seat, sequence));
    // Events of one second may differ in few bytes: the one named is meant only if no other is nearer.
    if (nearest.damage > 1 && sequence >= 0) this.#eachNearbySeat(sequence, deviceAt, bytes, end, nearest);
    if (nearest.damage > 1 && seat >= 0 && sequenceAt >= 0) {
      // The device is right and the sequence may be damaged.
      eachOneByteOff(bytes, sequenceAt, end, MAX_DIGITS, this.#alphabet, (text) => {
        nearest.consider(this.#slotOf(seat, this.#sequenceAt(text, 0, text.length)));
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

  #isOurRun(bytes: Uint8Array, at: number, end: number): boolean {
    const run = this.#run;
    if (at + run.length > end) return false;
    const most = Math.min(MAX_ID_DAMAGE, run.length >> 2);
    return differences(run, 0, bytes, at, run.length, most) <= most;
  }

  /** The seat of the device whose id stands at `at`; -1 for none. */
  #seatAt(bytes: Uint8Array, at: number, end: number): number {
    if (at < 0) return -1;
    const { ids, fleet } = this.#maker;
    const device = ids.deviceAt(bytes, at, end);
    return device < 0 ? -1 : device % fleet.devices;
  }

  #readSequence(bytes: Uint8Array, at: number, end: number): number {
    return at < 0 ? -1 : this.#sequenceAt(bytes, at, end);
  }

  #slotOf(seat: number, sequence: number): number {
    const { devices, slots } = this.#maker.fleet;
    const slot = sequence * devices + seat;
    return seat >= 0 && sequence >= 0 && slot < slots ? slot : -1;
  }

  /** The sequence is right and the device may be damaged. */
  #eachNearbySeat(sequence: number, at: number, bytes: Uint8Array, end: number, nearest: NearestSlot): void {
    for (let seat = 0; seat < Math.min(this.#maker.fleet.devices, MAX_CANDIDATES); seat++) {
      const slot = this.#slotOf(seat, sequence);
      if (slot < 0) return;
      if (resemblesDevice(this.#maker, slot, bytes, at, end)) nearest.consider(slot);
    }
  }
}

/** Reads a sequence number as its op writes it; -1 where none stands. */
function sequenceReader(op: Op): (bytes: Uint8Array, at: number, end: number) => number {
  if (op.op !== 'number') return readDigits;
  const { form } = op;
  return (bytes, at, end) => {
    const value = readNumber(form, bytes, at, end);
    return Number.isSafeInteger(value) && value >= 0 ? value : -1;
  };
}

function readDigits(bytes: Uint8Array, at: number, end: number): number {
  let value = 0;
  let i = at;
  for (; i < end && i - at < MAX_DIGITS; i++) {
    const digit = (bytes[i] as number) - 48;
    if (digit < 0 || digit > 9) break;
    value = value * 10 + digit;
  }
  return i === at ? -1 : value;
}
