import type { Part } from '../core/anchor.ts';
import { IotloadError } from '../core/errors.ts';
import { parseShard, parseStartAt, requireCommonStart } from './shard-flags.ts';

/** How an engine tells each of the processes that it starts together which one it is. */
interface Engine {
  index: string;
  /** How many there are. Kubernetes does not say: whoever writes the manifest does. */
  count: string;
  /** The first index and what lies between two, where they need not be 0 and 1. */
  first?: string;
  step?: string;
}

const SHARDS = 'IOTLOAD_SHARDS';
const RUN_ID = 'IOTLOAD_RUN_ID';
const START_AT = 'IOTLOAD_START_AT';

const engines: readonly Engine[] = [
  { index: 'JOB_COMPLETION_INDEX', count: SHARDS },
  {
    index: 'SLURM_ARRAY_TASK_ID',
    count: 'SLURM_ARRAY_TASK_COUNT',
    first: 'SLURM_ARRAY_TASK_MIN',
    step: 'SLURM_ARRAY_TASK_STEP',
  },
  { index: 'AWS_BATCH_JOB_ARRAY_INDEX', count: 'AWS_BATCH_JOB_ARRAY_SIZE' },
];

/** Flags that say which shard of which run this is; undefined where they were not given. */
export interface ShardFlags {
  shard: string | undefined;
  runId: string | undefined;
  startAt: string | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Which shard of which run this process is: what the flags say, and what the engine that started it does.
 * @throws IotloadError `bad-arguments` for a value that is none, where the two contradict each other, and where shards lack what they need in common
 */
export function shardOf(flags: ShardFlags, env: Environment): Omit<ShardFlags, 'shard'> & { shard: Part } {
  const told = toldShard(env, flags.shard !== undefined);
  const flag = flags.shard === undefined ? null : parseShard(flags.shard);
  if (flag !== null && told !== null && textOf(flag) !== textOf(told.shard)) {
    contradict('--shard', textOf(flag), told.by, textOf(told.shard));
  }
  const runId = either('--run-id', flags.runId, RUN_ID, env, (text) => text);
  const startAt = either('--start-at', flags.startAt, START_AT, env, (text) => `${parseStartAt(text)}`);
  const shard = flag ?? told?.shard ?? { index: 0, count: 1 };
  requireCommonStart(shard, { runId, startAt }, flag === null ? told?.by : '--shard');
  return { shard, runId, startAt };
}

/** What the environment says; null where nothing. Without a flag somebody has to say which of several shards this is. */
function toldShard(env: Environment, flagged: boolean): { shard: Part; by: string } | null {
  const shards = setIn(env, SHARDS) === undefined ? null : numberIn(env, SHARDS, 1);
  // Each task of an array may be a run of its own.
  if (shards === 1) return { shard: { index: 0, count: 1 }, by: SHARDS };
  const all = engines
    .filter(({ index, count }) => [index, count].every((name) => setIn(env, name) !== undefined))
    .map((engine) => ({ shard: partOf(engine, env), by: engine.index }));
  const [first, ...others] = all;
  if (first === undefined) {
    if (shards === null || flagged) return null;
    throw new IotloadError('bad-arguments', 'nothing says which of several shards this is', {
      where: SHARDS,
      value: `${shards}`,
      hint: `add --shard i/${shards}, or start it as an indexed job, whose tasks have ${engines.map(({ index }) => index).join(', ')}`,
    });
  }
  for (const { shard, by } of others) {
    if (textOf(shard) !== textOf(first.shard)) contradict(by, textOf(shard), first.by, textOf(first.shard));
  }
  if (shards !== null && shards !== first.shard.count) {
    contradict(SHARDS, `${shards}`, first.by, textOf(first.shard));
  }
  return first;
}

function partOf({ index, count, first, step }: Engine, env: Environment): Part {
  const of = numberIn(env, count, 1);
  const from = first !== undefined && setIn(env, first) !== undefined ? numberIn(env, first, 0) : 0;
  const by = step !== undefined && setIn(env, step) !== undefined ? numberIn(env, step, 1) : 1;
  const place = (numberIn(env, index, 0) - from) / by;
  if (Number.isInteger(place) && place >= 0 && place < of) return { index: place, count: of };
  throw new IotloadError('bad-arguments', `is none of ${of} indices${from === 0 ? '' : ` from ${from}`}`, {
    where: index,
    value: env[index] as string,
    hint: 'number the tasks without gaps, the first of four shards is 0',
  });
}

/** What flag or environment say; both is well where it is the same. */
function either(
  flag: string,
  given: string | undefined,
  name: string,
  env: Environment,
  sense: (text: string) => string,
): string | undefined {
  const told = setIn(env, name);
  if (given !== undefined && told !== undefined && sense(given) !== sense(told)) contradict(flag, given, name, told);
  return given ?? told;
}

function contradict(where: string, value: string, other: string, said: string): never {
  const apart = [RUN_ID, START_AT].includes(other) ? '' : `; ${SHARDS}=1 makes each task of an array a run of its own`;
  throw new IotloadError('bad-arguments', `${other} says ${said}`, {
    where,
    value,
    hint: `leave one of the two away${apart}`,
  });
}

function numberIn(env: Environment, name: string, least: number): number {
  const text = setIn(env, name) as string;
  const value = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value >= least) return value;
  throw new IotloadError('bad-arguments', `expected a whole number from ${least} on`, { where: name, value: text });
}

/** An empty variable is none. */
function setIn(env: Environment, name: string): string | undefined {
  return env[name] || undefined;
}

function textOf({ index, count }: Part): string {
  return `${index}/${count}`;
}
