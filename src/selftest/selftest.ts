import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Clock, sleep } from '../core/clock.ts';
import { IotloadError } from '../core/errors.ts';
import type { RunHandle } from '../runner/run.ts';
import type { CaseReport } from './case-report.ts';
import { cases, isTimed, type Load, quickCase, type SelfTestCase } from './cases.ts';
import { runCase } from './run-case.ts';
import type { Subject } from './subject.ts';
import { subjects as allSubjects } from './subjects.ts';
import { type Granularity, TimerWatch } from './timer-watch.ts';

export interface SelfTestOptions {
  /** A twentieth of the events, for a first look. */
  quick: boolean;
  /** Names of the cases to run; null for all. */
  only: readonly string[] | null;
  /** Of these, those that are named; null for all. */
  protocols?: readonly string[] | null;
  /** What to calibrate against; default every protocol that there is. */
  subjects?: Readonly<Record<string, Subject>>;
  version: string;
  clock: Clock;
  observer: SelfTestObserver;
}

export interface SelfTestObserver {
  /** A case begins, the `index`-th of `count`, from 0. */
  begins(one: SelfTestCase, protocol: string, index: number, count: number): void;
  /** So many of its events have been sent. */
  progress(one: SelfTestCase, protocol: string, sent: number): void;
  ended(report: CaseReport): void;
}

/** What the self-test found. */
export interface SelfTestReport {
  schema: 'iotload/selftest/1';
  /** wrong: a figure of ours was not the true one. undecided: no count was, but this machine was too slow for a verdict, or a latency. */
  status: 'ok' | 'wrong' | 'undecided' | 'interrupted';
  granularity: Granularity;
  cases: CaseReport[];
  seconds: number;
}

export interface SelfTestHandle {
  finished: Promise<SelfTestReport>;
  /** Ends the case that runs, and begins no other. */
  stop(): void;
}

/** Share of the events that each fault of a case hits. */
const SHARE = 0.001;
const QUICK_SHARE = 0.005;
/** So many cases run beside each other, as they wait more than they work; not those that measure time. */
const SIDE_BY_SIDE = { quick: 4, full: 3 };
/** How long this machine's timers are watched before anything else. */
const WATCH_MS = 1000;
const WORKERS = 2;

/** Does known harm to runs, and compares what they report with what was really done to them. */
export function startSelfTest(options: SelfTestOptions): SelfTestHandle {
  const test = new SelfTest(options);
  return { finished: test.execute(), stop: () => test.stop() };
}

class SelfTest {
  readonly #options: SelfTestOptions;
  readonly #running = new Set<RunHandle>();
  #stopped = false;

  constructor(options: SelfTestOptions) {
    this.#options = options;
  }

  stop(): void {
    this.#stopped = true;
    for (const handle of this.#running) handle.stop();
  }

  async execute(): Promise<SelfTestReport> {
    const { clock, observer, quick } = this.#options;
    const startUs = clock.nowUs();
    const planned = this.#planned();
    const watch = new TimerWatch(clock);
    await sleep(clock, WATCH_MS);
    const granularity = watch.stop();
    const reports: CaseReport[] = [];
    const waiting = [...planned.entries()];
    /** Works through those that are left, as long as they are of this kind. */
    const work = async (timed: boolean): Promise<void> => {
      for (;;) {
        const [next] = waiting;
        if (next === undefined || isTimed(next[1].one) !== timed || this.#stopped) return;
        waiting.shift();
        const [index, { one, subject }] = next;
        observer.begins(one, subject.protocol, index, planned.length);
        const report = await this.#run(one, subject);
        if (this.#stopped) return;
        reports[index] = report;
        observer.ended(report);
      }
    };
    while (waiting.length > 0 && !this.#stopped) {
      await work(true);
      await Promise.all(Array.from({ length: quick ? SIDE_BY_SIDE.quick : SIDE_BY_SIDE.full }, () => work(false)));
    }
    return {
      schema: 'iotload/selftest/1',
      status: this.#stopped ? 'interrupted' : worst(reports),
      granularity,
      cases: reports.filter((report) => report !== undefined),
      seconds: (clock.nowUs() - startUs) / 1e6,
    };
  }

  #planned(): { one: SelfTestCase; subject: Subject }[] {
    const { only, protocols = null, quick, subjects = allSubjects } = this.#options;
    refuseUnknown(
      only,
      cases.map(({ name }) => name),
      '--case',
    );
    refuseUnknown(protocols, Object.keys(subjects), '--protocol');
    const wanted = cases.filter((one) => (only === null ? !(quick && one.thorough) : only.includes(one.name)));
    return Object.entries(subjects).flatMap(([protocol, subject]) =>
      wanted
        .filter(() => protocols === null || protocols.includes(protocol))
        .filter(({ faults }) => faults.every((fault) => subject.faults.includes(fault)))
        .map((one) => (subject.adapt === undefined ? one : subject.adapt(one)))
        .filter((one) => one !== null)
        .map((one) => ({ one: quick ? quickCase(one) : one, subject })),
    );
  }

  /** Runs a case; once more, at half the rate, where this machine was too slow for a verdict. */
  async #run(one: SelfTestCase, subject: Subject): Promise<CaseReport> {
    const first = await this.#attempt(one, subject, one.load);
    if (first.status !== 'undecided' || this.#stopped) return first;
    return this.#attempt(one, subject, { ...one.load, perSecond: one.load.perSecond / 2 });
  }

  async #attempt(one: SelfTestCase, subject: Subject, load: Load): Promise<CaseReport> {
    const { clock, version, observer, quick } = this.#options;
    const parent = mkdtempSync(join(tmpdir(), 'iotload-selftest-'));
    let running: RunHandle | null = null;
    const report = await runCase(one, {
      subject,
      load,
      share: quick ? QUICK_SHARE : SHARE,
      workers: WORKERS,
      dir: join(parent, one.name),
      version,
      clock,
      progress: (sent) => observer.progress(one, subject.protocol, sent),
      began: (handle) => {
        running = handle;
        this.#running.add(handle);
      },
    }).finally(() => {
      if (running !== null) this.#running.delete(running);
    });
    if (report.status === 'wrong' && !this.#stopped) return report;
    rmSync(parent, { recursive: true, force: true });
    return { ...report, dir: null };
  }
}

function refuseUnknown(asked: readonly string[] | null, known: readonly string[], where: string): void {
  for (const value of asked ?? []) {
    if (known.includes(value)) continue;
    const what = where === '--case' ? 'case' : 'protocol to test against';
    throw new IotloadError('bad-arguments', `there is no such ${what}`, {
      where,
      value,
      hint: `there are ${known.join(', ')}`,
    });
  }
}

function worst(reports: readonly CaseReport[]): SelfTestReport['status'] {
  for (const status of ['wrong', 'undecided'] as const)
    if (reports.some((report) => report.status === status)) return status;
  return 'ok';
}
