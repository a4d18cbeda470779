import { join } from 'node:path';
import type { Anchor } from '../core/anchor.ts';
import { IotloadError } from '../core/errors.ts';
import { createFleetEvents, type FleetEvents } from '../events/fleet-events.ts';
import type { Plan, TargetPlan } from '../plan/plan.ts';
import { targetOf } from '../targets/registry.ts';
import { writeFindings } from '../verify/findings.ts';
import { type Settlement, settle } from '../verify/settle.ts';
import type { StoredRange } from '../wire/placed-arrivals.ts';
import { readSeen, type SeenRecord } from '../wire/seen-file.ts';
import { readSent } from '../wire/sent-file.ts';
import type { SentRecord } from '../wire/sent-record.ts';
import { runFiles } from './run-directory.ts';

/** The two files of a run, and what follows from them. */
export interface SettledRun {
  sent: SentRecord;
  seen: SeenRecord | null;
  settlement: Settlement;
}

/**
 * Reads `sent` and, where there is one, `seen` of a run's directory, and settles them. The same call ends a run, and settles a finished
 * one again, also with what another verifier has `seen` in `seenDir`.
 */
export async function settleRun(dir: string, plan: Plan, seenDir = dir): Promise<SettledRun> {
  const sent = await readSent(join(dir, runFiles.sent));
  const seen = plan.verify === null ? null : await readSeenIfAny(join(seenDir, runFiles.seen));
  if (seen !== null && seen.header.runId !== sent.header.runId) {
    throw new IotloadError('file-corrupt', 'sent and seen are of different runs', {
      where: dir,
      value: `${sent.header.runId} and ${seen.header.runId}`,
    });
  }
  return { sent, seen, settlement: settle({ plan, sent, seen }) };
}

/** Names the events at fault in `findings.ndjson`. Rejects with `file-unwritable`. */
export async function nameFindings(
  dir: string,
  plan: Plan,
  anchor: Anchor,
  { settlement, seen }: SettledRun,
): Promise<void> {
  const makers = plan.fleets.map((_, fleet) => createFleetEvents(plan, fleet, anchor));
  await writeFindings(join(dir, runFiles.findings), settlement.findings, {
    fleet: (fleet) => plan.fleets[fleet]?.name ?? `${fleet}`,
    device: (fleet, seat) => makers[fleet]?.deviceId(seat) ?? `${seat}`,
    stored: storedBy(plan, anchor.runId, makers, seen?.end?.read ?? []),
  });
}

/** Where the events of a seat are stored, and what was read there; null for fleets that are read back from another target than they go to. */
function storedBy(
  plan: Plan,
  runId: string,
  makers: readonly FleetEvents[],
  read: readonly StoredRange[],
): (fleet: number, seat: number) => StoredRange | null {
  const target = plan.verify?.read;
  const { protocol } = plan.targets[target ?? 0] as TargetPlan;
  const fleets = plan.fleets.flatMap(({ name, devices, address, target: own }, index) =>
    own === target ? [{ index, name, devices, address, deviceId: (makers[index] as FleetEvents).deviceId }] : [],
  );
  const partitionOf =
    read.length === 0 ? undefined : targetOf(protocol).seatPartitions?.(read.length, { fleets, runId });
  return (fleet, seat) => {
    if (partitionOf === undefined || plan.fleets[fleet]?.target !== target) return null;
    const partition = partitionOf(fleet, seat);
    return read.find((range) => range.partition === partition) ?? null;
  };
}

/** A verifier that died before it began leaves no file, or one without its first record: then nothing was read back. */
async function readSeenIfAny(path: string): Promise<SeenRecord | null> {
  try {
    return await readSeen(path);
  } catch (error) {
    if (error instanceof IotloadError && error.code === 'file-unreadable') return null;
    throw error;
  }
}
