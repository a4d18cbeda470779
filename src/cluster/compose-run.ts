import type { Clock, Micros } from '../core/clock.ts';
import { estimatePlan } from '../plan/estimate.ts';
import type { Plan } from '../plan/plan.ts';
import { planDigest } from '../plan/plan-digest.ts';
import { sampleFleets } from '../runner/event-sizes.ts';
import { EXAMPLE_START_WALL_US } from '../runner/example-payload.ts';
import { type ShardLimits, shardNeeds } from './shard-needs.ts';
import { type StartRequest, startOf } from './shard-start.ts';
import type { ShardedRun } from './sharded-run.ts';

/** What is asked of a sharded run besides its plan. */
export interface ComposeRequest {
  plan: Plan;
  shards: number;
  runId: string;
  start: StartRequest;
  /** Starting takes that long at least. */
  leastLeadUs: Micros;
  limits: ShardLimits;
  version: string;
  clock: Pick<Clock, 'wallUs'>;
}

/**
 * A run of several shards: what it is, when it starts, and what each shard needs.
 *
 * @throws IotloadError `bad-arguments` for a start that is too soon
 */
export function composeRun({ plan, start, leastLeadUs, limits, clock, ...rest }: ComposeRequest): Omit<
  ShardedRun,
  'flags' | 'variables'
> & {
  /** Of all events together. */
  eventBytes: number;
} {
  const sizes = sampleFleets(plan, 'RUN', EXAMPLE_START_WALL_US);
  return {
    ...rest,
    plan,
    digest: planDigest(plan),
    ...startOf(start, plan, sizes, leastLeadUs, clock),
    needs: shardNeeds(plan, sizes, rest.shards, limits),
    eventBytes: estimatePlan(plan, sizes, 1).totalBytes,
  };
}
