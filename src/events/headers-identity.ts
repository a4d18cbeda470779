import { writeHex } from '../codecs/digits.ts';
import { IdLayout, runTag } from '../codecs/identity.ts';
import { xxh32 } from '../core/xxh32.ts';
import type { EventMaker } from './event-maker.ts';
import { hexValue } from './hex-text.ts';
import { type Identified, Status, setSlot, setUnknownSlot } from './identified.ts';
import { placesByNumber } from './places-by-number.ts';
import { ViewCache } from './view-cache.ts';

/**
 * Writes the checksum of an id that travels beside its payload: xxh32 of the payload, seeded with that of the id before the checksum, so
 * that a change in either is found.
 */
export function sealHeader(view: DataView, identity: number, payload: number, end: number): void {
  const at = identity + IdLayout.checksum;
  writeHex(view, at, seal(view, identity, payload, end), 8);
}

/** The checksum that `sealHeader` writes. */
export function seal(view: DataView, identity: number, payload: number, end: number): number {
  return xxh32(view, payload, end, xxh32(view, identity, identity + IdLayout.checksum, 0) >>> 0) >>> 0;
}

/** Finds events by the id that travelled beside their payload. */
export class HeadersIdentity {
  readonly #makers: readonly EventMaker[];
  /** Places in `#makers` by what identities call a fleet. */
  readonly #places: readonly number[];
  readonly #anchored: boolean;
  readonly #run: number;
  readonly #views = new ViewCache();

  constructor(makers: readonly EventMaker[], runId: string, anchored: boolean) {
    this.#makers = makers;
    this.#places = placesByNumber(makers);
    this.#anchored = anchored;
    this.#run = runTag(runId);
  }

  /** What the event with the id `bytes[identity … identityEnd)` is. One whose checksum is wrong is another run's only if it says so. */
  identify(
    bytes: Uint8Array,
    identity: number,
    identityEnd: number,
    start: number,
    end: number,
    into: Identified,
  ): Status {
    if (identityEnd - identity !== IdLayout.length) return Status.foreign;
    const run = hexValue(bytes, identity + IdLayout.run, 8);
    const checksum = hexValue(bytes, identity + IdLayout.checksum, 8);
    const whole = checksum === seal(this.#views.of(bytes), identity, start, end);
    if (run !== this.#run) return Status.foreign;
    const index = this.#places[hexValue(bytes, identity + IdLayout.fleet, 4)] ?? -1;
    const slot = hexValue(bytes, identity + IdLayout.slot, 12);
    const intendedUs = hexValue(bytes, identity + IdLayout.intended, 14);
    const maker = this.#makers[index];
    if (maker === undefined || !carriesHeader(maker)) return this.#unknown(whole, into);
    const exists = slot >= 0 && slot < maker.fleet.slots;
    if (!exists || (this.#anchored && maker.startWallUs + maker.intendedOf(slot) !== intendedUs)) {
      return this.#unknown(whole, into);
    }
    setSlot(into, index, slot, maker.fleet.devices, intendedUs);
    return whole ? Status.own : Status.corrupt;
  }

  /** Ours, by its run, and yet no event of the plan: damaged, or somebody else's with a whole id. */
  #unknown(whole: boolean, into: Identified): Status {
    if (whole) return Status.foreign;
    setUnknownSlot(into, this.#makers.findIndex(carriesHeader));
    return Status.corrupt;
  }
}

/** Whether the events of a fleet carry their id beside the payload. */
export function carriesHeader({ fleet }: EventMaker): boolean {
  return fleet.payload.identity === 'headers';
}
