import { relative } from 'node:path';
import type { CapacityResult } from '../capacity/capacity-result.ts';
import type { CapacityGoal } from '../capacity/search.ts';
import { systemClock } from '../core/clock.ts';
import { IotloadError } from '../core/errors.ts';
import type { PlanRequest } from '../plan/load-plan.ts';
import type { Plan } from '../plan/plan.ts';
import type { CapacityPlan } from '../plan/resolve-capacity.ts';
import { stepDisplay } from './capacity-progress.ts';
import { commandLine, requireOut, type SendingFlags, sendingFlags, withReports, workersOf } from './carry-out.ts';
import { defineCommand } from './command.ts';
import { exitOfError } from './exit-codes.ts';
import { openMetrics } from './metrics-endpoint.ts';
import { type AnyLoadFlags, anyLoadFlags, scenarioRequest, soundPlan } from './scenario-flags.ts';
import { checkRunId } from './shard-flags.ts';
import { onInterrupt } from './signals.ts';
import { version } from './version.ts';

interface CapacityFlags extends AnyLoadFlags, SendingFlags {
  duration: string | undefined;
  resume: boolean;
}

/** Exit code of what a search found. */
const exitOfFinding = { pass: 0, fail: 1, inconclusive: 3 } as const;

/** `iotload capacity`: how much can it take? */
export const capacityCommand = defineCommand({
  command: 'capacity <scenario>',
  builder: (parser) =>
    sendingFlags(anyLoadFlags(parser))
      .option('duration', {
        type: 'string',
        describe: 'override capacity.hold: how long each load is measured, e.g. 30s',
      })
      .option('resume', {
        type: 'boolean',
        default: false,
        describe: 'go on behind the steps that are done, with the search in --out; else begin it',
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
  // The rail is asked once, about the highest load and all the steps that there may be.
  const level = { load: asked.to, steps: stepLimit(asked) };
  const highest = await soundPlan(await loadPlan({ ...request, level }), request.text, request.file);
  if (highest === null) return exitOfError['bad-scenario'];
  if (highest.refusal !== null) {
    const { refusalError } = await import('../plan/safety.ts');
    throw refusalError(highest.refusal);
  }
  return search(asked, highest.plan, flags, (load) => planAt(request, load));
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
    await print(result, relative(process.cwd(), dir) || '.', flags);
    return interruption.exitCode() ?? exitOfFinding[result.verdict];
  } finally {
    display.end();
    await metrics?.close();
    interruption.release();
  }
}

async function print(result: CapacityResult, dir: string, flags: CapacityFlags): Promise<void> {
  if (flags.json) process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
  else if (!flags.quiet) process.stdout.write(`${result.answer}\n\nresults in ${dir}\n`);
}
