import type { Micros } from '../core/clock.ts';
import { formatBytes } from '../core/units.ts';
import type { Plan } from '../plan/plan.ts';
import { pacedLengthUs } from '../plan/plan-length.ts';
import type { Variable } from '../scenario/references.ts';
import type { ShardNeeds } from './shard-needs.ts';

/** A run of several shards, as whatever starts them has to know it. */
export interface ShardedRun {
  plan: Plan;
  digest: string;
  /** Arguments of `run` behind the scenario: the flags with which the plan was made. */
  flags: readonly string[];
  /** Variables that the scenario reads. */
  variables: readonly Variable[];
  shards: number;
  runId: string;
  startAtUs: Micros;
  /** From now until the start. */
  leadUs: Micros;
  needs: ShardNeeds;
  version: string;
}

/** More than this no Indexed Job with a limit for each index takes. */
export const MOST_SHARDS = 10_000;
/** How long a merge takes that has everything. */
export const MERGING_US = 900_000_000;
/** Beyond what the plan says: connecting, writing the results, a file system that is slow. */
const SPARE_US = 600_000_000;

/** After that long from now every shard has ended, or never will. Of an unpaced plan nobody knows; it is given its length in device time. */
export function endsWithinUs({ plan, leadUs }: Pick<ShardedRun, 'plan' | 'leadUs'>): Micros {
  const { warmUpUs, durationUs, drainUs } = plan.run;
  const sendingUs = pacedLengthUs(plan) || warmUpUs + durationUs;
  return leadUs + sendingUs + drainUs + (plan.verify?.graceUs ?? 0) + SPARE_US;
}

/** What each shard asks for, in words; `cores` as the engine counts them. */
export function sizeText(cores: number | string, { memoryBytes, workers }: ShardNeeds): string {
  return `CPU ${cores}, memory ${formatBytes(memoryBytes)}, ${workers} worker ${workers === 1 ? 'thread' : 'threads'}`;
}

/** What every shard finds in its environment; which one it is the engine tells it. */
export function shardEnvironment({ shards, runId, startAtUs, digest }: ShardedRun): Record<string, string> {
  return {
    IOTLOAD_SHARDS: `${shards}`,
    IOTLOAD_RUN_ID: runId,
    IOTLOAD_START_AT: new Date(startAtUs / 1000).toISOString(),
    IOTLOAD_PLAN_DIGEST: digest,
  };
}

/** A name as DNS and Kubernetes take it for a label, of at most so many characters. */
export function dnsLabel(text: string, most: number): string {
  const label = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, most)
    .replace(/^[-0-9]+|-+$/g, '');
  return label === '' ? 'run' : label;
}
