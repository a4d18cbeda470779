import type { Plan } from '../../plan/plan.ts';
import { isProtocol, targetOf } from '../../targets/registry.ts';
import type { SeenMoment, SentMoment } from '../../wire/moments.ts';
import { type PartitionMap, PartitionMapBuilder } from './partition-map.ts';

/** Columns of a map. */
const MOST_COLUMNS = 120;

/** Gathers what the partitions of all targets got, from the moments of a run's files. */
export class PartitionMaps {
  readonly #plan: Plan;
  /** By target. */
  readonly #sent = new Map<number, PartitionMapBuilder>();
  readonly #read = new Map<number, PartitionMapBuilder>();

  constructor(plan: Plan) {
    this.#plan = plan;
  }

  sent(toUs: number, { partitions = [] }: SentMoment): void {
    for (const [target, gain] of partitions.entries())
      if (gain.length > 0) builderOf(this.#sent, target).add(toUs, gain);
  }

  read(target: number, toUs: number, { partitions = [] }: SeenMoment): void {
    if (partitions.length > 0 && toUs > 0) builderOf(this.#read, target).add(toUs, partitions);
  }

  /** Of what was read, which knows where each event is; where nothing was, of what was sent. */
  finish(): PartitionMap[] {
    return this.#plan.targets.flatMap(({ name, protocol }, target) => {
      const kind = isProtocol(protocol) ? targetOf(protocol).partitions : undefined;
      const [sent, read] = [this.#sent.get(target) ?? null, this.#read.get(target) ?? null];
      if (kind === undefined) return [];
      const ofRead = read?.finish({ target: name, kind, counted: 'read' }, sent) ?? null;
      return ofRead ?? sent?.finish({ target: name, kind, counted: 'sent' }, null) ?? [];
    });
  }
}

function builderOf(builders: Map<number, PartitionMapBuilder>, target: number): PartitionMapBuilder {
  const builder = builders.get(target) ?? new PartitionMapBuilder(MOST_COLUMNS);
  builders.set(target, builder);
  return builder;
}
