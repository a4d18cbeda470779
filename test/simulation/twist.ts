import type { ShardFiles } from '../../src/cluster/shard-set.ts';
import type { RunResult } from '../../src/metrics/result.ts';
import type { Plan } from '../../src/plan/plan.ts';
import type { SenderFigures } from '../../src/runner/compose-result.ts';
import type { Promises } from '../../src/runner/promises.ts';
import type { KinesisCalls } from '../../src/targets/kinesis/calls.ts';
import type { SinkEvents, Source, SourceContext } from '../../src/targets/target.ts';
import type { Settlement } from '../../src/verify/settle.ts';
import type { SeenRecord } from '../../src/wire/seen-file.ts';
import type { SentRecord } from '../../src/wire/sent-record.ts';

/** Where a wrong iotload differs from the right one, at the borders that it has in a world. Absent: it does not. */
export interface Twist {
  /** What a sink tells its worker. */
  sink?(events: SinkEvents): SinkEvents;
  /** What a worker is told of the plan. */
  workerPlan?(plan: Plan): Plan;
  promises?(promises: Promises): Promises;
  /** What a source is told, and tells. */
  sourceContext?(context: SourceContext): SourceContext;
  source?(source: Source): Source;
  /** What Kinesis is asked, and what it answers. */
  calls?(calls: KinesisCalls): KinesisCalls;
  graceUs?(us: number): number;
  /** What stands in the files. */
  records?(sent: SentRecord, seen: SeenRecord): void;
  /** What is made of them. */
  settlement?(settlement: Settlement): void;
  /** What the sender says of itself. */
  sender?(figures: SenderFigures): SenderFigures;
  /** What is merged, and what becomes of it. */
  shards?(files: ShardFiles[]): ShardFiles[];
  merged?(result: RunResult, shards: readonly ShardFiles[]): void;
}

/** iotload as it is. */
export const none: Twist = {};
