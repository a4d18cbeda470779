import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Anchor, Part } from '../core/anchor.ts';
import type { Clock, Micros } from '../core/clock.ts';
import { IotloadError } from '../core/errors.ts';
import type { Plan } from '../plan/plan.ts';
import { planDigest } from '../plan/plan-digest.ts';
import { createSchedule } from '../schedule/schedule.ts';
import { readSent } from '../wire/sent-file.ts';
import type { SentRecord } from '../wire/sent-record.ts';
import { type PlanDocument, readPlanDocument } from './plan-document.ts';
import { runFiles } from './run-directory.ts';

/** A run that was cut off or stopped, and can be gone on with. */
export interface EarlierRun {
  dir: string;
  workers: number;
  /** null: it was cut off before anything could be sent, though it may have left files behind; it is begun anew. */
  begun: BegunRun | null;
}

export interface BegunRun {
  anchor: Anchor;
  sent: SentRecord;
}

/** Clocks that moved apart by more than this since the start: the machine was started anew, or somebody set the wall clock. */
const SAME_BOOT_US = 1_000_000;

/**
 * The run in `dir`; null where there is none yet.
 * @throws IotloadError `bad-arguments` where that run is another one, or is complete; `file-unreadable`, `file-corrupt`
 */
export async function findEarlierRun(
  dir: string,
  plan: Plan,
  shard: Part,
  runId: string | null,
): Promise<EarlierRun | null> {
  const path = resolve(dir);
  // An empty plan is a claim whose owner did not live to open anything.
  const planPath = join(path, runFiles.plan);
  if (!existsSync(planPath) || statSync(planPath).size === 0) return null;
  const document = readPlanDocument(path);
  const { anchor, workers } = document;
  refuseOthers(dir, document, plan, shard, runId);
  const sent = anchor === null ? null : await sentRecord(join(path, runFiles.sent));
  if (sent?.end?.ended === 'completed') {
    throw new IotloadError('bad-arguments', 'the run there is complete', {
      where: '--resume',
      value: dir,
      hint: 'see it with: iotload report, or name another directory for a new run',
    });
  }
  return { dir: path, workers, begun: anchor === null || sent === null ? null : { anchor, sent } };
}

/** null: it was cut off within its first record, and nothing had been promised. */
async function sentRecord(path: string): Promise<SentRecord | null> {
  return readSent(path).catch((error: unknown) => {
    if (error instanceof IotloadError && error.code === 'file-unreadable') return null;
    throw error;
  });
}

/** One line about a run that is gone on with. */
export function describeResumption({ begun }: EarlierRun): string {
  if (begun === null) return 'the run there was cut off before anything was sent: beginning anew';
  const { anchor, sent } = begun;
  const told = sent.fleets.reduce(
    (sum, { acked, rejected, noAck }) => sum + acked.count + rejected.count + noAck.count,
    0,
  );
  const unknown = sent.fleets.reduce((sum, fleet) => sum + fleet.unknown.count, 0);
  const how = sent.end === null ? 'was cut off' : 'was stopped';
  return `resuming run ${anchor.runId}, which ${how}: ${told} events with a known outcome, ${unknown} unknown`;
}

/**
 * Where slot time 0 lies for a run that goes on: where it always did. After a restart of the machine the monotonic clock counts from
 * another zero, and the wall clock has to tell.
 */
export function resumedAnchor(clock: Clock, anchor: Anchor): Anchor {
  const startMonoUs = clock.nowUs() + anchor.startWallUs - clock.wallUs();
  return Math.abs(startMonoUs - anchor.startMonoUs) < SAME_BOOT_US ? anchor : { ...anchor, startMonoUs };
}

/**
 * By fleet, the first slot that a run sends which goes on at slot time `fromUs`: what fell due while nobody ran is not sent, and what
 * was promised before is never sent again. Unpaced, nothing falls due.
 */
export function slotsFrom(plan: Plan, { fleets }: SentRecord, fromUs: Micros): number[] {
  return plan.fleets.map(({ schedule, slots }, fleet) => {
    const promised = fleets[fleet]?.promised ?? 0;
    if (plan.clock.speed === 'max') return promised;
    return Math.max(promised, Math.min(slots, createSchedule(schedule).dueBy(Math.max(0, fromUs))));
  });
}

/** How many events had been sent, or may have been, before the run was last resumed. */
export function sentBefore({ fleets }: SentRecord): number {
  return fleets.reduce((sum, { before }) => sum + Object.values(before ?? {}).reduce((a, b) => a + b, 0), 0);
}

function refuseOthers(dir: string, document: PlanDocument, plan: Plan, shard: Part, runId: string | null): void {
  const refuse = (message: string, value: string, hint: string): never => {
    throw new IotloadError('bad-arguments', message, { where: '--resume', value, hint });
  };
  if (document.merged !== undefined) {
    refuse(
      `what lies there is the merged result of ${document.merged} shards`,
      dir,
      'go on with the shard that was cut off, in its own directory, and merge again',
    );
  }
  const own = `${shard.index}/${shard.count}`;
  if (document.digest !== planDigest(plan)) {
    refuse(
      'the run there was made from another plan',
      dir,
      'a run can only go on with the scenario and the flags that it was started with',
    );
  }
  if (document.shard !== own) refuse(`the run there is shard ${document.shard}`, own, 'give each shard its own --out');
  if (runId !== null && document.anchor !== null && runId !== document.anchor.runId) {
    refuse(`the run there is ${document.anchor.runId}`, runId, 'leave --run-id away: a run that goes on keeps its own');
  }
}
