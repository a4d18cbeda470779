import type { Part } from '../core/anchor.ts';
import type { Micros } from '../core/clock.ts';
import { IotloadError } from '../core/errors.ts';
import { parseDurationFlag } from './duration-flag.ts';

/** Reads `--shard i/n`. */
export function parseShard(text: string): Part {
  const match = /^(\d+)\/(\d+)$/.exec(text);
  const shard = { index: Number(match?.[1]), count: Number(match?.[2]) };
  if (match !== null && shard.count >= 1 && shard.index < shard.count) return shard;
  throw new IotloadError('bad-arguments', 'expected i/n with 0 ≤ i < n', {
    where: '--shard',
    value: text,
    hint: 'the first of three shards is 0/3',
  });
}

/** More than one shard needs what all shards of a run have in common. `by`: what says which shard this is. */
export function requireCommonStart(
  shard: Part,
  flags: { runId: string | undefined; startAt: string | undefined },
  by = '--shard',
): void {
  if (shard.count === 1 || (flags.runId !== undefined && flags.startAt !== undefined)) return;
  throw new IotloadError('bad-arguments', 'shards of one run need the same --run-id and --start-at', {
    where: by,
    value: `${shard.index}/${shard.count}`,
    hint: `add --run-id NAME --start-at 2026-01-31T12:00:00Z to every shard’s command, or set IOTLOAD_RUN_ID and IOTLOAD_START_AT${by === '--shard' ? '' : '; IOTLOAD_SHARDS=1 makes each a run of its own'}`,
  });
}

const isoInstant = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/;

/** Reads `--start-at` as wall-clock µs; null without the flag. */
export function parseStartAt(text: string | undefined): Micros | null {
  if (text === undefined) return null;
  const ms = isoInstant.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(ms)) return ms * 1000;
  throw new IotloadError('bad-arguments', 'expected an ISO instant with a time zone', {
    where: '--start-at',
    value: text,
    hint: 'for example 2026-01-31T12:00:00Z',
  });
}

/** Reads `--clock-bound`; null without the flag. */
export function parseClockBound(text: string | undefined): Micros | null {
  return text === undefined ? null : parseDurationFlag('--clock-bound', text);
}

const runIdShape = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** Checks `--run-id`: it stands in topics, file names and events, so it is one plain word. */
export function checkRunId(text: string): string {
  if (runIdShape.test(text)) return text;
  throw new IotloadError('bad-arguments', 'expected up to 64 letters, digits, dots, dashes and underscores', {
    where: '--run-id',
    value: text,
    hint: 'for example nightly-42',
  });
}
