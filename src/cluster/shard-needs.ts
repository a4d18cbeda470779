import { type EventSize, estimatePlan } from '../plan/estimate.ts';
import { generatorLoad, HEADROOM } from '../plan/generator-load.ts';
import type { Plan } from '../plan/plan.ts';

/** What one shard of a run needs of the machine that it runs on. */
export interface ShardNeeds {
  /** Worker threads. */
  workers: number;
  /** Whole ones unless a user says otherwise, so that it may have them for itself. */
  cores: number;
  memoryBytes: number;
}

/** What a user says of it; null: what the plan needs. */
export interface ShardLimits {
  cores: number | null;
  memoryBytes: number | null;
}

const MOST_WORKERS = 16;
/** Buffers grow with what waits; pages of files that were just written count too until they are needed. */
const MEMORY_FACTOR = 1.5;
const MEMORY_STEP = 64 * 1024 * 1024;
/** What a shard needs does not follow from the machine that prints it. */
const anyMachine = { cores: 1, memoryBytes: 1, limits: { localPorts: null, openFiles: null } };

/**
 * What one of so many shards needs to send its share and to read everything back: the verifier of each shard reads the whole stream, and
 * keeps what is its own. `sizes` are those of each fleet's events.
 */
export function shardNeeds(
  plan: Plan,
  sizes: readonly EventSize[],
  shards: number,
  limits: ShardLimits = { cores: null, memoryBytes: null },
): ShardNeeds {
  const load = generatorLoad(plan, estimatePlan(plan, sizes, 1), anyMachine);
  const sending = load.sendingCores / shards;
  const cores = limits.cores ?? Math.max(1, Math.ceil((sending + load.readingCores) / HEADROOM));
  const wanted = Math.max(1, Math.ceil(sending / HEADROOM));
  const workers = Math.min(wanted, MOST_WORKERS, Math.max(1, Math.floor(cores)));
  const { memoryBytes } = estimatePlan(plan, sizes, workers, shards);
  const enough = Math.ceil((memoryBytes * MEMORY_FACTOR) / MEMORY_STEP) * MEMORY_STEP;
  return { workers, cores, memoryBytes: limits.memoryBytes ?? enough };
}
