import type { Machine } from '../core/machine-limits.ts';
import { models } from '../models/registry.ts';
import { targetOf } from '../targets/registry.ts';
import type { Effort } from '../targets/sizing.ts';
import { connectionsInAll, type PlanEstimate } from './estimate.ts';
import type { Plan } from './plan.ts';
import { isRead } from './readings.ts';

/** Schedule, slots, outcomes and histograms of an event. */
const ENGINE_NS = 200;
/** Of models and targets that do not say. */
const MODEL_NS = 1500;
const EFFORT: Effort = { sendNs: 2000, readNs: 2500 };
/** Share of a machine that a shard takes: what is fuller than that is late now and then. */
export const HEADROOM = 0.7;

/** What a plan takes of machines, by what bench/ measured; a guess within a factor of two on other processors. */
export interface GeneratorLoad {
  /** Cores that are busy at the peak: of the workers, and of the verifiers. */
  sendingCores: number;
  readingCores: number;
  /** Shards for machines like this one, and by which of its limits. */
  shards: number;
  shardsBy: { cores: number; memory: number; localPorts: number; openFiles: number };
  /** Workers that a shard needs at least. */
  workersPerShard: number;
}

/** Works out what making, sending and reading back takes, for machines like `machine`. */
export function generatorLoad(plan: Plan, estimate: PlanEstimate, machine: Machine): GeneratorLoad {
  const { fleets, memoryBytes } = estimate;
  const effortOf = (target: number): Effort => {
    const { protocol, options } = plan.targets[target] as Plan['targets'][number];
    return targetOf(protocol).effort?.(options) ?? EFFORT;
  };
  let [sendingNs, readingNs] = [0, 0];
  for (const [i, fleet] of plan.fleets.entries()) {
    const { peakPerSecond } = fleets[i] as PlanEstimate['fleets'][number];
    const effort = effortOf(fleet.target);
    const making = models[fleet.model]?.costNs ?? MODEL_NS;
    sendingNs += peakPerSecond * (making + ENGINE_NS + effort.sendNs);
    if (!isRead(plan, fleet.target)) continue;
    // Bytes that say nothing are made again to know them.
    const again = fleet.payload.identity === 'derived' ? making : 0;
    readingNs += peakPerSecond * (effort.readNs + again);
  }
  const [sendingCores, readingCores] = [sendingNs / 1e9, readingNs / 1e9];
  const connections = connectionsInAll(plan);
  const addresses = Math.max(1, ...plan.targets.map(({ options }) => listLength(options['sourceAddresses'])));
  const { localPorts, openFiles } = machine.limits;
  const shardsBy = {
    cores: shardsFor(sendingCores + readingCores, machine.cores * HEADROOM),
    memory: shardsFor(memoryBytes, machine.memoryBytes * HEADROOM),
    localPorts: localPorts === null ? 1 : shardsFor(connections, localPorts * addresses),
    openFiles: openFiles === null ? 1 : shardsFor(connections, openFiles.most * (1 - (1 - HEADROOM) / 10)),
  };
  const shards = Math.max(...Object.values(shardsBy));
  return {
    sendingCores,
    readingCores,
    shards,
    shardsBy,
    workersPerShard: Math.max(1, Math.ceil(sendingCores / shards / HEADROOM)),
  };
}

function shardsFor(needed: number, each: number): number {
  return Math.max(1, Math.ceil(needed / each - 1e-9));
}

function listLength(value: unknown): number {
  return Array.isArray(value) ? value.length : 0;
}
