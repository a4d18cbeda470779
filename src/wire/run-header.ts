import type { Part } from '../core/anchor.ts';
import { IotloadError } from '../core/errors.ts';
import { PartOrdinals } from './part-ordinals.ts';

/** First record of a `sent` and of a `seen` file: what is needed to read the rest without the plan. */
export interface RunHeader {
  runId: string;
  /** Shard i of n as the part i of n; a run on one machine is 0 of 1. */
  shard: Part;
  /** In the order of the plan; `slots` counts all shards. */
  fleets: { name: string; devices: number; slots: number }[];
  /** Of a `sent` file: the process that began it; absent where it did not say. */
  attempt?: string;
}

/** Slots of fleet `fleet` that the shard owns. */
export function shardSlots(header: RunHeader, fleet: number): number {
  const { devices, slots } = header.fleets[fleet] as RunHeader['fleets'][number];
  return new PartOrdinals(header.shard, devices).below(slots);
}

/** Checks JSON read from a file. Throws IotloadError `file-corrupt`. */
export function toRunHeader(value: unknown): RunHeader {
  const header = value as Partial<RunHeader> | null;
  const valid =
    typeof header === 'object' &&
    header !== null &&
    typeof header.runId === 'string' &&
    ['string', 'undefined'].includes(typeof header.attempt) &&
    isPart(header.shard) &&
    Array.isArray(header.fleets) &&
    header.fleets.every(
      (fleet) => typeof fleet?.name === 'string' && isCount(fleet.devices, 1) && isCount(fleet.slots),
    );
  if (!valid) throw new IotloadError('file-corrupt', 'the file does not say which run it belongs to');
  return header as RunHeader;
}

/** Whether a value read from a file is a part. */
export function isPart(value: unknown): value is Part {
  const part = value as Partial<Part> | null;
  return isCount(part?.count, 1) && isCount(part?.index) && (part?.index as number) < (part?.count as number);
}

function isCount(value: unknown, least = 0): boolean {
  return Number.isSafeInteger(value) && (value as number) >= least;
}
