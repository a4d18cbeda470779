import { xxh32OfText } from '../core/xxh32.ts';
import { type Op, Value } from './layout.ts';

/**
 * The identity that travels in a payload: 50 characters of fixed width, the last member of a JSON payload.
 *
 *   payload  = … '"_id":"' id '"}'
 *   id       = run '-' fleet '-' slot '-' intended '-' checksum
 *   run      = 8 hex     xxh32 of the run id
 *   fleet    = 4 hex     index of the fleet in the plan
 *   slot     = 12 hex
 *   intended = 14 hex    intended send time, µs since 1970 UTC
 *   checksum = 8 hex     xxh32, seed 0, of the payload's bytes up to here
 *
 * Digits are lower case. Every byte before the checksum is covered by it, so any change within four neighbouring bytes is found.
 */
export const IdLayout = {
  length: 50,
  run: 0,
  fleet: 9,
  slot: 14,
  intended: 27,
  checksum: 42,
} as const;

/** Fleets that four hexadecimal digits can tell apart. */
export const maxFleets = 65_536;

/** The run as it stands in an id. */
export function runTag(runId: string): number {
  return xxh32OfText(runId, 0) >>> 0;
}

/** Ops of an id that ends a payload. */
export function identityOps(runId: string, fleet: number): Op[] {
  return [...identityHead(runId, fleet), { op: 'checksum' }];
}

/** Ops of an id up to its checksum. */
export function identityHead(runId: string, fleet: number): Op[] {
  const run = runTag(runId).toString(16).padStart(8, '0');
  return [
    { op: 'literal', text: `${run}-${fleet.toString(16).padStart(4, '0')}-` },
    { op: 'hex-integer', value: Value.slot, digits: 12 },
    { op: 'literal', text: '-' },
    { op: 'hex-integer', value: Value.intendedUs, digits: 14 },
    { op: 'literal', text: '-' },
  ];
}
