import { IdLayout } from '../codecs/identity.ts';
import type { Micros } from '../core/clock.ts';
import { xxh32 } from '../core/xxh32.ts';
import { seal } from './headers-identity.ts';
import { hexDigitValues, hexValue } from './hex-text.ts';

/** An id as it stands in an event, of whatever run. */
export interface FoundId {
  /** Tag of the run, as `runTag` makes it. */
  run: number;
  fleet: number;
  slot: number;
  /** µs since 1970 UTC. */
  intendedWallUs: Micros;
  /** The checksum fits the payload. */
  intact: boolean;
}

/** Between the parts of an id, seen from its beginning. */
const dashes = [IdLayout.fleet - 1, IdLayout.slot - 1, IdLayout.intended - 1, IdLayout.checksum - 1] as const;

/**
 * Finds the id beside a payload, where `bytes[identity … identityEnd)` travelled there, or in it, without knowing the run; null where
 * there is none. For people who look on: it searches byte by byte and takes the last one that has the form of an id.
 */
export function findAnyId(
  bytes: Uint8Array,
  start: number,
  end: number,
  identity = 0,
  identityEnd = identity,
): FoundId | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (identityEnd - identity === IdLayout.length && hasForm(bytes, identity)) {
    return readId(bytes, identity, seal(view, identity, start, end));
  }
  for (let at = end - IdLayout.length; at >= start; at--) {
    if (!hasForm(bytes, at)) continue;
    return readId(bytes, at, xxh32(view, start, at + IdLayout.checksum, 0) >>> 0);
  }
  return null;
}

function readId(bytes: Uint8Array, at: number, checksum: number): FoundId {
  return {
    run: hexValue(bytes, at + IdLayout.run, 8),
    fleet: hexValue(bytes, at + IdLayout.fleet, 4),
    slot: hexValue(bytes, at + IdLayout.slot, 12),
    intendedWallUs: hexValue(bytes, at + IdLayout.intended, 14),
    intact: hexValue(bytes, at + IdLayout.checksum, 8) === checksum,
  };
}

function hasForm(bytes: Uint8Array, at: number): boolean {
  if (dashes.some((dash) => bytes[at + dash] !== 0x2d)) return false;
  for (let i = 0; i < IdLayout.length; i++) {
    const isDash = bytes[at + i] === 0x2d;
    if (!isDash && (hexDigitValues[bytes[at + i] as number] as number) < 0) return false;
  }
  return true;
}
