import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock, Micros } from '../core/clock.ts';
import { newRunId } from '../core/entropy.ts';
import { IotloadError } from '../core/errors.ts';
import type { RunResult } from '../metrics/result.ts';
import { loadPlan } from '../plan/load-plan.ts';
import type { Plan } from '../plan/plan.ts';
import { readPlanDocument } from '../runner/plan-document.ts';
import { type RunHandle, startRun } from '../runner/run.ts';
import { runFiles } from '../runner/run-directory.ts';
import { readSent } from '../wire/sent-file.ts';
import type { CaseReport } from './case-report.ts';
import { caseScenario, pluginFolder } from './case-scenario.ts';
import { isTimed, type Load, type SelfTestCase } from './cases.ts';
import { compareAccusations, compareDelivery, compareEvents, type NamedFinding } from './compare-counts.ts';
import { compareLatency } from './compare-latency.ts';
import { describeInjected, describeReported } from './describe-case.ts';
import { expectedOf } from './expected.ts';
import { foreignMessages } from './foreign-messages.ts';
import { inflictedTimes } from './inflicted-times.ts';
import { judgeCase, judgeTimes, statusOf } from './judge-case.ts';
import { withLateAnswers } from './late-answers.ts';
import type { Rig, Subject, Truth } from './subject.ts';
import { type Granularity, TimerWatch } from './timer-watch.ts';

/** Least tolerance of response times in stalls. */
const STALL_TOLERANCE_US = 5000;

/** What running a case takes. */
export interface CaseContext {
  subject: Subject;
  load: Load;
  /** Share of the events that each fault hits. */
  share: number;
  workers: number;
  /** Empty or missing; the run's files are left there. */
  dir: string;
  version: string;
  clock: Clock;
  /** How many of the events have been sent. */
  progress(sent: number): void;
  /** The run has begun and may be stopped. */
  began(handle: RunHandle): void;
}

/** Runs one case as `iotload run` would, and compares everything it says with the truth. */
export async function runCase(one: SelfTestCase, context: CaseContext): Promise<CaseReport> {
  const { subject, clock, dir } = context;
  const startUs = clock.nowUs();
  const refusals = one.faults.some((fault) => fault.startsWith('refuse'));
  const cuts = one.faults.some((fault) => fault === 'lose-ack' || fault === 'swallow');
  const rig = await subject.open({ refusals, cuts, timed: isTimed(one), clock });
  try {
    const plan = await planOf(one, context, rig);
    rig.inject({
      seed: 1,
      shares: Object.fromEntries(one.faults.map((fault) => [fault, context.share])),
      ...one.injection,
      ...(one.foreign ? { foreign: { share: context.share, payloads: foreignMessages(plan) } } : {}),
    });
    const watch = new TimerWatch(clock);
    const result = await carryOut(one, plan, context);
    const granularity = watch.stop();
    const done = rig.truth();
    const { truth, late } = withLateAnswers(done, await unknownIn(dir, context.load.events));
    const times = timesOf(one, plan, truth, context);
    const problems = [
      ...compareCounts(one, result, truth, context).map((text) => ({ text, excused: false })),
      ...(late === 0
        ? []
        : [{ text: `this machine was too slow for ${late} answers: they came after the time-out`, excused: true }]),
      ...judgeTimes(compareTimes(one, result, times, granularity), result, granularity),
      ...judgeCase(
        one,
        result,
        one.faults.filter((fault) => done.slots[fault].length === 0),
      ),
    ];
    return {
      name: one.name,
      protocol: subject.protocol,
      injected: describeInjected(one, done, times),
      reported: describeReported(one, result),
      expectedVerdict: one.verdict,
      verdict: result.verdict,
      status: statusOf(problems),
      problems: problems.map(({ text }) => text),
      seconds: (clock.nowUs() - startUs) / 1e6,
      dir,
    };
  } finally {
    await rig.close();
  }
}

async function planOf(one: SelfTestCase, { load }: CaseContext, rig: Rig): Promise<Plan> {
  const text = caseScenario(one, load, rig.target);
  const outcome = await loadPlan({ text, file: `${one.name}.yaml`, folder: pluginFolder, env: {}, set: [], allow: [] });
  if (outcome.ok) return outcome.plan;
  throw new IotloadError('defect', `the scenario of a case is wrong: ${outcome.diagnostics[0]?.message}`, {
    where: one.name,
  });
}

async function carryOut(one: SelfTestCase, plan: Plan, context: CaseContext): Promise<RunResult> {
  const { workers, dir, version, clock } = context;
  /** The process that is to die half-way. */
  let victim: number | null = null;
  const handle = startRun({
    plan,
    runId: newRunId(),
    shard: { index: 0, count: 1 },
    workers,
    out: dir,
    startAtWallUs: null,
    command: `iotload selftest --case ${one.name}`,
    version,
    clock,
    observer: {
      progress: ({ counts: { sent } }) => {
        context.progress(sent);
        if (victim === null || sent < context.load.events / 2) return;
        process.kill(victim, 'SIGKILL');
        victim = null;
      },
      verifierStarted: (pid) => {
        if (one.mishap === 'verifier-killed') victim = pid;
      },
      note: () => {},
    },
  });
  context.began(handle);
  const { result } = await handle.finished;
  return result;
}

/** How long its events took in truth, for a case that measures that. */
function timesOf(one: SelfTestCase, plan: Plan, truth: Truth, { load, dir }: CaseContext): Micros[] {
  const startUs = readPlanDocument(dir).anchor?.startMonoUs ?? 0;
  return inflictedTimes(one, load, truth, startUs, plan.run.warmUpUs);
}

/** Everything that a run counted, against the truth. */
function compareCounts(
  one: SelfTestCase,
  result: RunResult,
  truth: Truth,
  { subject, load, dir }: CaseContext,
): string[] {
  const expected = expectedOf(load.events, truth, subject);
  const arrivals =
    one.compares === 'accusations'
      ? compareAccusations(result, expected)
      : compareDelivery(result, findingsIn(dir), expected, truth);
  return [...compareEvents(result, expected, truth), ...arrivals];
}

/** What a case measures, against what its events took in truth. */
function compareTimes(
  { compares }: SelfTestCase,
  { latency }: RunResult,
  times: readonly Micros[],
  granularity: Granularity,
): string[] {
  switch (compares) {
    case 'service-time':
      return compareLatency('service time', latency.serviceTime, times, granularity);
    case 'response-time':
      // All that waited goes at one instant: a single late awakening moves it all.
      return compareLatency(
        'response time',
        latency.responseTime,
        times,
        granularity,
        Math.max(STALL_TOLERANCE_US, 2 * granularity.timers.max),
      );
    default:
      return [];
  }
}

/** Slots of which the run says that their outcome is unknown. */
async function unknownIn(dir: string, events: number): Promise<number[]> {
  const { fleets } = await readSent(join(dir, runFiles.sent));
  return fleets.flatMap(({ unknown }) => unknown.first(events));
}

function findingsIn(dir: string): NamedFinding[] {
  const path = join(dir, runFiles.findings);
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as NamedFinding);
}
