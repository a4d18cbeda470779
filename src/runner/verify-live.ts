import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Anchor, Part } from '../core/anchor.ts';
import { type Clock, type Micros, sleep } from '../core/clock.ts';
import { IotloadError } from '../core/errors.ts';
import { thisHost } from '../core/host.ts';
import { isMadeAgain, type Plan } from '../plan/plan.ts';
import { readingsOf } from '../plan/readings.ts';
import { hasEndMark } from '../wire/journal.ts';
import { readSeen, type SeenRecord } from '../wire/seen-file.ts';
import { planDocument } from './plan-document.ts';
import { inDirectory } from './real-targets.ts';
import { createDefaultRunDirectory, createRunDirectory, runFiles, writeRunFile } from './run-directory.ts';
import { Verifications } from './verifications.ts';

export interface VerifyOptions {
  plan: Plan;
  runId: string;
  shard: Part;
  out: string | null;
  /** Instant of slot time 0, where the run was given one; null: the events themselves have to tell. */
  startAtWallUs: Micros | null;
  /** How far this host's clock may be from that of the run's host; null where nobody said. */
  clockBoundUs?: Micros | null;
  /** Directory of the run, on this host: reading ends when its `sent` does. null: reading ends at `stop`. */
  runDir: string | null;
  clock: Clock;
  note(text: string): void;
  progress(verified: number): void;
}

export interface VerifyHandle {
  finished: Promise<{ dir: string; seen: SeenRecord[] }>;
  /** Reads no further. */
  stop(): void;
}

const POLL_MS = 500;

/** Reads back what a run sends, started by hand: the same process and the same file as within a run. */
export function startVerify(options: VerifyOptions): VerifyHandle {
  let stopped = false;
  return {
    finished: read(options, () => stopped),
    stop: () => {
      stopped = true;
    },
  };
}

async function read(options: VerifyOptions, stopped: () => boolean): Promise<{ dir: string; seen: SeenRecord[] }> {
  const { plan, runId, shard, out, runDir, clock, note } = options;
  const { verify } = plan;
  if (verify === null) {
    throw new IotloadError('bad-scenario', 'the scenario does not ask for verification', {
      where: 'verify',
      hint: 'remove verify: false, or name a target that can be read back',
    });
  }
  if (plan.targets.some(({ options: { endpoint } }) => endpoint === 'embedded')) {
    throw new IotloadError('bad-arguments', 'an embedded broker lives inside its run: no other process can read it', {
      where: 'target.endpoint',
      value: 'embedded',
      hint: 'let run verify by itself, or give both the endpoint of a broker with --set target.endpoint=…',
    });
  }
  const anchor = anchorOf(options);
  const { path: dir } =
    out === null
      ? createDefaultRunDirectory(plan.outputs.dir, `${plan.name}-verify`, clock.wallUs())
      : createRunDirectory(out);
  const host = thisHost(clock);
  // Where hosts have no marks, a directory that can be read from here is taken to be of this one.
  const clockBoundUs = options.clockBoundUs ?? (runDir !== null && host.bootId === null ? 0 : null);
  writeRunFile(dir, runFiles.plan, planDocument(plan, anchor, shard, 0, { host, clockBoundUs }));
  let failure: IotloadError | null = null;
  const verification = new Verifications({
    plan: inDirectory(plan, runDir ?? dir),
    runId,
    shard,
    dir,
    runDir: runDir ?? dir,
    anchor,
    resume: false,
    // Whoever begins when events have been sent has missed those of a target that keeps none.
    late: runDir !== null && existsSync(join(runDir, runFiles.sent)),
    note,
    failed: (error) => {
      failure = error;
    },
  });
  const isOver = (): Promise<boolean> =>
    runDir === null ? Promise.resolve(false) : hasEndMark(join(runDir, runFiles.sent));
  const cancel = clock.every(POLL_MS, () => options.progress(verification.verified));
  try {
    await verification.ready();
    note(
      `reading run ${runId}; ${runDir === null ? 'Ctrl-C ends it' : `until ${join(runDir, runFiles.sent)} is complete`}`,
    );
    while (!stopped() && failure === null && !(await isOver())) await sleep(clock, POLL_MS);
    if (failure === null) await verification.finish(stopped() ? 0 : verify.graceUs, stopped());
    if (failure !== null) throw failure;
    const files = readingsOf(plan).map(({ file }) => readSeen(join(dir, file)));
    return { dir, seen: await Promise.all(files) };
  } finally {
    cancel();
    await verification.close();
  }
}

/** With a start the whole anchor is known, on this host's monotonic clock: as exactly as the wall clocks of both hosts agree. */
function anchorOf({ plan, runId, startAtWallUs, clock }: VerifyOptions): Anchor | null {
  if (startAtWallUs !== null) {
    return { runId, startWallUs: startAtWallUs, startMonoUs: clock.nowUs() + startAtWallUs - clock.wallUs() };
  }
  if (plan.fleets.every(({ payload }) => !isMadeAgain(payload.identity))) return null;
  throw new IotloadError(
    'bad-arguments',
    'events without an id of their own are proved by making them again, counted from the start',
    {
      where: '--start-at',
      hint: 'give run and verify the same --start-at, or send a payload with identity: fields',
    },
  );
}
