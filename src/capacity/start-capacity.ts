import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Clock } from '../core/clock.ts';
import { newRunId } from '../core/entropy.ts';
import { IotloadError } from '../core/errors.ts';
import type { RunResult } from '../metrics/result.ts';
import type { Plan } from '../plan/plan.ts';
import { planDigest } from '../plan/plan-digest.ts';
import { readTimeline } from '../report/timeline/read-timeline.ts';
import { environment } from '../runner/environment.ts';
import { readPlanDocument } from '../runner/plan-document.ts';
import { type RunHandle, startRun } from '../runner/run.ts';
import { clearRunDirectory, defaultDirectories } from '../runner/run-directory.ts';
import { claimRun } from '../runner/run-lock.ts';
import type { RunObserver, RunOptions } from '../runner/run-options.ts';
import { type CapacityResult, capacityResult } from './capacity-result.ts';
import { needsAt } from './needs-at.ts';
import {
  type CapacityFinding,
  type CapacityGoal,
  cutShort,
  type NextStep,
  nextStep,
  type StepOutcome,
} from './search.ts';
import { claimSearch, dropSearch, earlierSearch, keepSearch, stepFolder } from './search-directory.ts';
import { holdsIf, stepOutcome } from './step-outcome.ts';

export interface CapacityOptions {
  goal: CapacityGoal;
  /** The plan of the scenario at one load. Rejects with an `IotloadError` where it has none. */
  planAt(level: number): Promise<Plan>;
  /** null: a new one. Runs of steps are called after it. */
  runId: string | null;
  workers: number;
  /** Directory of the search; null for the scenario's, a new one for every search. */
  out: string | null;
  /** Go on behind the steps that are done, with the search in `out`. */
  resume?: boolean;
  /** The command as typed, for the result. */
  command: string;
  /** Version of iotload, for the result. */
  version: string;
  clock: Clock;
  observer: CapacityObserver;
  /** As of a run, for each step. */
  report?: RunOptions['report'];
}

/** The trial that is made next. */
export type Trial = Extract<NextStep, { kind: 'try' }>;

export interface CapacityObserver extends RunObserver {
  /** A step begins; `plan` is that of its load. */
  step(trial: Trial, plan: Plan): void;
  stepped(outcome: StepOutcome): void;
}

export interface CapacityHandle {
  /**
   * What was found, already written to `dir`. Rejects when a step could not be made: what is known by then is written all the same, where
   * any step was.
   */
  finished: Promise<{ result: CapacityResult; dir: string }>;
  /** Stops the step that is under way, and lets `finished` resolve with what is known. */
  stop(): void;
}

/** Looks for the highest load that still holds: an ordinary run for each load that is tried. */
export function startCapacity(options: CapacityOptions): CapacityHandle {
  const search = new Search(options);
  return { finished: search.execute(), stop: () => search.stop() };
}

class Search {
  readonly #options: CapacityOptions;
  #outcomes: StepOutcome[] = [];
  #handle: RunHandle | null = null;
  #stopped = false;

  constructor(options: CapacityOptions) {
    this.#options = options;
  }

  stop(): void {
    this.#stopped = true;
    this.#handle?.stop();
  }

  async execute(): Promise<{ result: CapacityResult; dir: string }> {
    const { goal, planAt, out, resume = false, clock, observer, command, version } = this.#options;
    const lowest = await planAt(goal.from);
    const digest = planDigest(lowest);
    const earlier = resume && out !== null ? earlierSearch(resolve(out), goal, digest) : null;
    const dir = this.#directory(lowest, earlier !== null);
    const release = claimRun(dir);
    try {
      this.#outcomes = earlier?.steps ?? [];
      const startedUs = clock.nowUs();
      const run = earlier?.run ?? {
        id: this.#options.runId ?? newRunId(),
        scenario: lowest.name,
        planDigest: digest,
        startedAt: new Date(clock.wallUs() / 1000).toISOString(),
        durationSeconds: 0,
        command,
        labels: lowest.outputs.labels,
        environment: environment(version),
      };
      const needs = goal.provisionFor === null ? [] : await needsAt(goal.provisionFor, this.#options);
      const keep = (finding: CapacityFinding): CapacityResult => {
        const durationSeconds = run.durationSeconds + (clock.nowUs() - startedUs) / 1e6;
        const result = capacityResult({
          run: { ...run, durationSeconds },
          goal,
          holdsIf: holdsIf(lowest),
          outcomes: this.#outcomes,
          finding,
          needs,
        });
        keepSearch(dir, result);
        return result;
      };
      let next = nextStep(goal, this.#outcomes);
      for (; next.kind === 'try' && !this.#stopped; next = nextStep(goal, this.#outcomes)) {
        keep(cutShort(goal, this.#outcomes));
        const outcome = await this.#try(next, run.id, dir);
        if (outcome === null) break;
        this.#outcomes = [...this.#outcomes, outcome];
        observer.stepped(outcome);
      }
      return { result: keep(next.kind === 'done' ? next.finding : cutShort(goal, this.#outcomes)), dir };
    } finally {
      release();
      if (this.#outcomes.length === 0 && !this.#stopped) dropSearch(dir);
    }
  }

  #directory(plan: Plan, goesOn: boolean): string {
    const { out, resume = false, clock } = this.#options;
    if (out === null) return claimSearch(defaultDirectories(plan.outputs.dir, plan.name, clock.wallUs()));
    // Of a search that did not live to try anything an empty claim may be left.
    return goesOn || (resume && existsSync(out)) ? resolve(out) : claimSearch([out]);
  }

  /** Makes one trial; null where it was interrupted and says nothing. */
  async #try(trial: Trial, runId: string, dir: string): Promise<StepOutcome | null> {
    const { planAt, workers, command, version, clock, observer, report } = this.#options;
    const plan = await planAt(trial.level);
    if (this.#stopped) return null;
    observer.step(trial, plan);
    const folder = stepFolder(trial.step, trial.level);
    const out = join(dir, folder);
    // A step that was cut off says nothing, and is made again.
    clearRunDirectory(out);
    this.#handle = startRun({
      plan,
      runId: `${runId}-${trial.step}`,
      shard: { index: 0, count: 1 },
      workers,
      out,
      startAtWallUs: null,
      command,
      version,
      clock,
      observer,
      ...(report === undefined ? {} : { report }),
    });
    const { result } = await this.#handle.finished;
    this.#handle = null;
    if (result.run.ended === 'interrupted') return null;
    requireNoDefect(result, out);
    const { anchor } = readPlanDocument(out);
    if (anchor === null)
      throw new IotloadError('file-corrupt', 'the plan of a step does not say when it began', { where: out });
    const timeline = await readTimeline(out, plan, anchor, { index: 0, count: 1 });
    return stepOutcome({ ...trial, dir: folder, plan, result, timeline });
  }
}

function requireNoDefect({ verdict, reasons }: RunResult, where: string): void {
  if (verdict === 'error') throw new IotloadError('defect', reasons[0] ?? 'a step ended in a defect', { where });
}
