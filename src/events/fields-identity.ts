import { IdLayout, runTag } from '../codecs/identity.ts';
import { literalBytes, mergeLiterals } from '../codecs/layout.ts';
import { xxh32 } from '../core/xxh32.ts';
import { EmbeddedIds } from './embedded-ids.ts';
import type { EventMaker } from './event-maker.ts';
import { hexValue } from './hex-text.ts';
import { type Identified, Status, setSlot, setUnknownSlot } from './identified.ts';
import { placesByNumber } from './places-by-number.ts';
import { Regenerated } from './regenerated.ts';
import { indexOfBytes, sameBytes } from './same-bytes.ts';
import { ViewCache } from './view-cache.ts';

const { length: ID_LENGTH } = IdLayout;
/** Slots that may share a microsecond before a damaged event is no longer told apart. */
const MAX_CANDIDATES = 256;

/** An id as its digits say; a part with a byte that is no digit is -1. */
interface ParsedId {
  run: number;
  fleet: number;
  slot: number;
  intendedUs: number;
  checksum: number;
}

/** Finds events by the identity in their payload. */
export class FieldsIdentity {
  readonly #makers: readonly EventMaker[];
  /** Places in `#makers` by what identities call a fleet. */
  readonly #places: readonly number[];
  readonly #regenerated: readonly Regenerated[];
  readonly #anchored: boolean;
  readonly #run: number;
  readonly #tag: Uint8Array;
  /** What may follow an id, the longest first. */
  readonly #tails: readonly Uint8Array[];
  readonly #embedded: EmbeddedIds;
  readonly #id: ParsedId = { run: 0, fleet: 0, slot: 0, intendedUs: 0, checksum: 0 };
  readonly #views = new ViewCache();

  constructor(makers: readonly EventMaker[], runId: string, anchored: boolean) {
    this.#makers = makers;
    this.#places = placesByNumber(makers);
    this.#regenerated = makers.map((maker) => new Regenerated(maker));
    this.#anchored = anchored;
    this.#run = runTag(runId);
    this.#tag = new TextEncoder().encode(`${this.#run.toString(16).padStart(8, '0')}-`);
    this.#tails = tailsOf(makers);
    this.#embedded = new EmbeddedIds(this.#tag, 4 * Math.max(...makers.map((maker) => maker.payload.maxBytes)));
  }

  /** Whether this is an event of this run, unaltered. */
  find(bytes: Uint8Array, start: number, end: number, into: Identified): boolean {
    const id = this.#id;
    for (const tail of this.#tails) {
      const at = end - tail.length - ID_LENGTH;
      if (at < start || !sameBytes(bytes, end - tail.length, tail, 0, tail.length)) continue;
      this.#parse(bytes, at, id);
      if (id.run !== this.#run || id.checksum !== this.#checksum(bytes, start, at + IdLayout.checksum)) continue;
      return this.#isIntended(id) && this.#accept(id, into);
    }
    return false;
  }

  /** What a payload is that `find` refused: `own` where it is embedded in another one; null where no id tells. */
  explain(bytes: Uint8Array, start: number, end: number, into: Identified): Status | null {
    const id = this.#id;
    const embeddedAt = this.#embedded.find(bytes, start, end);
    if (embeddedAt >= 0) {
      this.#parse(bytes, embeddedAt, id);
      if (this.#isIntended(id)) {
        this.#accept(id, into);
        return Status.own;
      }
      return Status.foreign;
    }
    const tail = this.#tailOf(bytes, start, end);
    const at = end - (tail ?? this.#tails[0] ?? []).length - ID_LENGTH;
    if (at < start) return this.#explainCut(bytes, start, end, into);
    this.#parse(bytes, at, id);
    const whole = tail !== undefined;
    if (whole && id.checksum === this.#checksum(bytes, start, at + IdLayout.checksum)) return Status.foreign;
    if (this.#attribute(bytes, start, end, id, into)) return Status.corrupt;
    if (id.run !== this.#run) return this.#explainCut(bytes, start, end, into);
    if (this.#isIntended(id)) this.#accept(id, into);
    else setUnknownSlot(into, this.#fleetOf(id));
    return Status.corrupt;
  }

  /** The tail that a payload ends with. */
  #tailOf(bytes: Uint8Array, start: number, end: number): Uint8Array | undefined {
    return this.#tails.find(
      (tail) => end - start >= tail.length && sameBytes(bytes, end - tail.length, tail, 0, tail.length),
    );
  }

  /** Cut off, or with something added: the id is not at the end. */
  #explainCut(bytes: Uint8Array, start: number, end: number, into: Identified): Status | null {
    const id = this.#id;
    const at = indexOfBytes(bytes, start, end, this.#tag);
    if (at >= 0) {
      // What was cut off reads as zero bytes, which are no digits.
      const padded = new Uint8Array(ID_LENGTH);
      padded.set(bytes.subarray(at, Math.min(end, at + ID_LENGTH)));
      this.#parse(padded, 0, id);
      if (at + ID_LENGTH <= end && this.#isIntended(id)) this.#accept(id, into);
      else if (!this.#attribute(bytes, start, end, id, into)) setUnknownSlot(into, this.#fleetOf(id));
      return Status.corrupt;
    }
    return null;
  }

  /** Whose event this was before it was altered: the one that, made again, differs least, and only in a few bytes. */
  #attribute(bytes: Uint8Array, start: number, end: number, id: ParsedId, into: Identified): boolean {
    if (!this.#anchored) return this.#attributeByTag(bytes, start, end, id, into);
    let least = Number.POSITIVE_INFINITY;
    this.#makers.forEach((maker, fleet) => {
      if (maker.fleet.payload.identity !== 'fields') return;
      const consider = (slot: number): void => {
        if (!(slot >= 0 && slot < maker.fleet.slots)) return;
        const damage = (this.#regenerated[fleet] as Regenerated).damage(slot, bytes, start, end);
        if (damage >= least) return;
        least = damage;
        const intendedUs = maker.startWallUs + maker.intendedOf(slot);
        setSlot(into, fleet, slot, maker.fleet.devices, intendedUs);
      };
      consider(id.slot);
      const dueUs = id.intendedUs - maker.startWallUs;
      if (id.intendedUs < 0 || dueUs < 0) return;
      const first = maker.profile.dueBy(dueUs);
      const last = Math.min(maker.profile.dueBy(dueUs + 1), first + MAX_CANDIDATES);
      for (let slot = first; slot < last; slot++) consider(slot);
    });
    return least < Number.POSITIVE_INFINITY;
  }

  /** Without an anchor nothing can be made again; but if only the run's digits were altered, putting them right mends the checksum. */
  #attributeByTag(bytes: Uint8Array, start: number, end: number, id: ParsedId, into: Identified): boolean {
    if (id.fleet < 0 || id.slot < 0 || id.intendedUs < 0 || !this.#isIntended(id)) return false;
    if (id.run !== this.#run) {
      const mended = bytes.slice(start, end);
      const tail = this.#tailOf(bytes, start, end) ?? this.#tails[0] ?? [];
      const at = mended.length - tail.length - ID_LENGTH;
      mended.set(this.#tag, at);
      const view = new DataView(mended.buffer);
      if (at < 0 || xxh32(view, 0, at + IdLayout.checksum, 0) >>> 0 !== id.checksum) return false;
    }
    this.#accept(id, into);
    return true;
  }

  /** Whether the plan has such an event: the slot exists and, as far as the anchor is known, is due just then. */
  #isIntended(id: ParsedId): boolean {
    const maker = this.#makers[id.fleet];
    if (maker === undefined || maker.fleet.payload.identity !== 'fields') return false;
    if (id.slot < 0 || id.slot >= maker.fleet.slots) return false;
    return !this.#anchored || maker.startWallUs + maker.intendedOf(id.slot) === id.intendedUs;
  }

  #accept(id: ParsedId, into: Identified): true {
    setSlot(into, id.fleet, id.slot, (this.#makers[id.fleet] as EventMaker).fleet.devices, id.intendedUs);
    return true;
  }

  #fleetOf(id: ParsedId): number {
    if (this.#makers[id.fleet]?.fleet.payload.identity === 'fields') return id.fleet;
    return this.#makers.findIndex((maker) => maker.fleet.payload.identity === 'fields');
  }

  #parse(bytes: Uint8Array, at: number, id: ParsedId): void {
    id.run = hexValue(bytes, at + IdLayout.run, 8);
    id.fleet = this.#places[hexValue(bytes, at + IdLayout.fleet, 4)] ?? -1;
    id.slot = hexValue(bytes, at + IdLayout.slot, 12);
    id.intendedUs = hexValue(bytes, at + IdLayout.intended, 14);
    id.checksum = hexValue(bytes, at + IdLayout.checksum, 8);
  }

  #checksum(bytes: Uint8Array, start: number, end: number): number {
    return xxh32(this.#views.of(bytes), start, end, 0) >>> 0;
  }
}

/** The bytes that fleets write behind their ids, the longest first. */
function tailsOf(makers: readonly EventMaker[]): Uint8Array[] {
  const tails = new Map<string, Uint8Array>();
  for (const { fleet, layout } of makers) {
    if (fleet.payload.identity !== 'fields') continue;
    const last = mergeLiterals(layout.ops).at(-1);
    const tail = (last === undefined ? null : literalBytes(last)) ?? new Uint8Array();
    tails.set(tail.join(), tail);
  }
  return [...tails.values()].sort((a, b) => b.length - a.length);
}
