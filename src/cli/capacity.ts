import { relative } from 'node:path';
import type { CapacityGoal } from '../capacity/search.ts';
import type { Part } from '../core/anchor.ts';
import { systemClock } from '../core/clock.ts';
import { IotloadError } from '../core/errors.ts';
import type { PlanRequest } from '../plan/load-plan.ts';
import type { Plan } from '../plan/plan.ts';
import type { CapacityPlan } from '../plan/resolve-capacity.ts';
import { stepDisplay } from './capacity-progress.ts';
import {
  carryOut,
  commandLine,
  requireOut,
  type SendingFlags,
  sendingFlags,
  withReports,
  workersOf,
} from './carry-out.ts';
import { defineCommand } from './command.ts';
import { exitOfError } from './exit-codes.ts';
import { openMetrics } from './metrics-endpoint.ts';
import { exitOfFinding, printCapacity } from './print-capacity.ts';
import { requirePlan } from './require-plan.ts';
import { type AnyLoadFlags, anyLoadFlags, scenarioRequest, soundPlan } from './scenario-flags.ts';
import { shardOf } from './shard-environment.ts';
import { checkRunId, parseClockBound, parseStartAt } from './shard-flags.ts';
import { onInterrupt } from './signals.ts';
import { version } from './version.ts';

interface CapacityFlags extends AnyLoadFlags, SendingFlags {
  duration: string | undefined;
  resume: boolean;
  shard: string | undefined;
  runId: string | undefined;
  startAt: string | undefined;
  clockBound: string | undefined;
  planDigest: string | undefined;
}

/** `iotload capacity`: how much can it take? */
export const capacityCommand = defineCommand({
  command: 'capacity <scenario>',
  builder: (parser) =>
    sendingFlags(anyLoadFlags(parser))
      .option('duration', {
        type: 'string',
        describe: 'override capacity.hold: how long each load is measured, e.g. 30s',
      })
      .option('json', {
        type: 'boolean',
        default: false,
        describe: 'print capacity.json on stdout instead of the final screen',
      })
      .option('resume', {
        type: 'boolean',
        default: false,
        describe: 'go on behind the steps that are done, with the search in --out; else begin it',
      })
      .option('shard', {
        type: 'string',
        describe:
          'this process’s part i/n, as of run: all shards walk a fixed ladder of loads by the clock, and merge reads what it proves',
      })
      .option('start-at', {
        type: 'string',
        describe: 'ISO instant at which the shards begin; the same on each, as is --run-id',
      })
      .option('clock-bound', {
        type: 'string',
        describe: 'of a shard: how far this clock may be from that of a verifier on another host, e.g. 2ms',
      })
      .option('plan-digest', {
        type: 'string',
        describe: 'of a shard: send only if the plan has this digest (default IOTLOAD_PLAN_DIGEST)',
      })
      .example('$0 capacity how-much', 'a first one, no broker needed')
      .example('$0 capacity my.yaml --set capacity.to=50k/s --duration 2m', 'up to that rate, each load for longer'),
  handler: (flags) => capacity(flags),
});

async function capacity(flags: CapacityFlags): Promise<number> {
  requireOut(flags);
  const request = { ...scenarioRequest(flags), ...(flags.duration === undefined ? {} : { hold: flags.duration }) };
  const { loadPlan } = await import('../plan/load-plan.ts');
  const { stepLimit } = await import('../capacity/search.ts');
  const scenario = await soundPlan(await loadPlan(request), request.text, request.file);
  if (scenario === null) return exitOfError['bad-scenario'];
  const asked = variable(scenario.capacity, request.file);
  const { shard, runId, startAt } = shardOf(flags, process.env);
  if (shard.count > 1) return walk(request, { ...flags, 'run-id': runId }, shard, startAt);
  // The rail is asked once, about the highest load and all the steps that there may be.
  const highest = await allowedLevel({ ...request, level: { load: asked.to, steps: stepLimit(asked) } });
  if (highest === null) return exitOfError['bad-scenario'];
  return search(asked, highest, flags, (load) => planAt(request, load));
}

/** The plan of a level, or of a ladder; null where it has mistakes, which are told. Throws what the safety rail refuses. */
async function allowedLevel(request: PlanRequest): Promise<Plan | null> {
  const { loadPlan } = await import('../plan/load-plan.ts');
  const sound = await soundPlan(await loadPlan(request), request.text, request.file);
  if (sound === null || sound.refusal === null) return sound?.plan ?? null;
  const { refusalError } = await import('../plan/safety.ts');
  throw refusalError(sound.refusal);
}

/** One shard's part of a ladder. What it proves is told by the merge of all of them, so whatever it breaks is no failure of this process. */
async function walk(
  request: PlanRequest,
  flags: CapacityFlags,
  shard: Part,
  startAt: string | undefined,
): Promise<number> {
  const plan = await allowedLevel({ ...request, level: 'ladder' });
  if (plan === null) return exitOfError['bad-scenario'];
  requirePlan(plan, flags.planDigest ?? process.env['IOTLOAD_PLAN_DIGEST']);
  const exit = await carryOut(plan, flags, {
    shard,
    startAtWallUs: parseStartAt(startAt),
    resume: flags.resume,
    clockBoundUs: parseClockBound(flags.clockBound),
  });
  if (!flags.quiet)
    process.stderr.write(
      'the ladder is walked: iotload merge, with the directories of all shards, says what it proves\n',
    );
  return exit === exitOfFinding.fail || exit === exitOfFinding.inconclusive ? 0 : exit;
}

/** The plan of one load; what is between the bounds may be wrong though they are not, such as a rate that cannot be kept. */
async function planAt(request: PlanRequest, load: number): Promise<Plan> {
  const { loadPlan } = await import('../plan/load-plan.ts');
  const outcome = await loadPlan({ ...request, level: { load, steps: 1 } });
  if (outcome.ok) return outcome.plan;
  const [first] = outcome.diagnostics;
  throw new IotloadError('bad-scenario', first?.message ?? 'there is no plan of this load', {
    where: first?.path.join('.') ?? request.file,
    ...(first?.hint == null ? {} : { hint: first.hint }),
  });
}

function variable(capacity: CapacityPlan | null, file: string): CapacityPlan {
  if (capacity !== null) return capacity;
  throw new IotloadError(
    'bad-scenario',
    'its load cannot be varied: nothing is paced, or a recording has its own pace',
    {
      where: file,
      hint: 'give clock.speed a number, and each fleet a rate or every',
    },
  );
}

async function search(
  asked: CapacityPlan,
  highest: Plan,
  flags: CapacityFlags,
  planAtLoad: (load: number) => Promise<Plan>,
): Promise<number> {
  const { from, to, vary, precision, confirm, provisionFor } = asked;
  const goal: CapacityGoal = { vary, from, to, precision, confirm, provisionFor };
  const workers = workersOf(flags.workers);
  const runId = flags['run-id'] === undefined ? null : checkRunId(flags['run-id']);
  const { startCapacity } = await import('../capacity/start-capacity.ts');
  const display = stepDisplay(flags.quiet ? 'none' : flags.progress, asked);
  const metrics = await openMetrics(highest, flags.prometheus, (text) => display.note(text));
  const handle = startCapacity({
    goal,
    planAt: planAtLoad,
    runId,
    workers,
    out: flags.out ?? null,
    resume: flags.resume,
    command: commandLine(),
    version,
    clock: systemClock(),
    observer: { ...display, ...metrics?.observer },
    report: (dir, result) => withReports(dir, result, highest.outputs.formats ?? [], (text) => display.note(text), ''),
  });
  const interruption = onInterrupt(() => {
    display.note('stopping: draining and writing what is known; once more leaves at once');
    handle.stop();
  });
  try {
    const { result, dir } = await handle.finished;
    display.end();
    const form = flags.json ? 'json' : flags.quiet ? 'nothing' : 'screen';
    const exit = await printCapacity(result, relative(process.cwd(), dir) || '.', form);
    return interruption.exitCode() ?? exit;
  } finally {
    display.end();
    await metrics?.close();
    interruption.release();
  }
}
