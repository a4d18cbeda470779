import { join } from 'node:path';
import type { Anchor } from '../core/anchor.ts';
import { IotloadError } from '../core/errors.ts';
import { createFleetEvents, type FleetEvents } from '../events/fleet-events.ts';
import type { Plan, TargetPlan } from '../plan/plan.ts';
import { readingsOf } from '../plan/readings.ts';
import { targetOf } from '../targets/registry.ts';
import { writeFindings } from '../verify/findings.ts';
import { type Settlement, settle } from '../verify/settle.ts';
import { type SettledReading, settleReadings } from '../verify/settle-readings.ts';
import { uniteSeen } from '../verify/unite-seen.ts';
import type { StoredRange } from '../wire/placed-arrivals.ts';
import { readSeen, type SeenRecord } from '../wire/seen-file.ts';
import { readSent } from '../wire/sent-file.ts';
import type { SentRecord } from '../wire/sent-record.ts';
import { type ProcessGrowth, processGrowth } from './process-growth.ts';
import { runFiles } from './run-directory.ts';

/** The files of a run, and what follows from them. */
export interface SettledRun {
  sent: SentRecord;
  /** Of several readings, what they have in common: times, health and doubts. */
  seen: SeenRecord | null;
  settlement: Settlement;
  /** Of a plan with several targets, what was read at each; absent where there is one. */
  readings?: readonly SettledReading[];
  /** Absent where the files say nothing of their processes over time. */
  growth?: ProcessGrowth;
}

/**
 * Reads `sent` and, where there are any, the files of what was seen, of a run's directory, and settles them. The same call ends a run, and
 * settles a finished one again, also with what other verifiers have left in `seenDir`.
 */
export async function settleRun(dir: string, plan: Plan, anchor: Anchor, seenDir = dir): Promise<SettledRun> {
  const sent = await readSent(join(dir, runFiles.sent));
  const records = await Promise.all(readingsOf(plan).map(({ file }) => readSeenIfAny(join(seenDir, file))));
  for (const seen of records) {
    if (seen === null || seen.header.runId === sent.header.runId) continue;
    throw new IotloadError('file-corrupt', 'sent and seen are of different runs', {
      where: dir,
      value: `${sent.header.runId} and ${seen.header.runId}`,
    });
  }
  return { ...settleRecords(plan, sent, records), growth: await processGrowth(dir, plan, anchor, seenDir) };
}

/** Settles what was sent with what was seen at each reading of the plan, in the order of `readingsOf`. Pure. */
export function settleRecords(plan: Plan, sent: SentRecord, records: readonly (SeenRecord | null)[]): SettledRun {
  if (plan.targets.length === 1 || plan.verify === null) {
    const seen = records[0] ?? null;
    return { sent, seen, settlement: settle({ plan, sent, seen }) };
  }
  const { settlement, readings } = settleReadings(plan, sent, records);
  return { sent, seen: uniteSeen(sent, readings), settlement, readings };
}

/** Names the events at fault in `findings.ndjson`. Rejects with `file-unwritable`. */
export async function nameFindings(
  dir: string,
  plan: Plan,
  anchor: Anchor,
  { settlement, seen, readings }: SettledRun,
): Promise<void> {
  const makers = plan.fleets.map((_, fleet) => createFleetEvents(plan, fleet, anchor));
  const read =
    readings === undefined
      ? [{ target: plan.verify?.read ?? 0, ranges: seen?.end?.read ?? [] }]
      : readings.map(({ reading, seen: own }) => ({ target: reading.target, ranges: own?.end?.read ?? [] }));
  const stores = read.map(({ target, ranges }) => ({
    name: plan.targets[target]?.name ?? '',
    ranges,
    storedAt: storedBy(plan, target, anchor.runId, makers, ranges),
  }));
  const storeOf = (target: string | null) => stores.find(({ name }) => target === null || name === target);
  await writeFindings(join(dir, runFiles.findings), settlement.findings, {
    fleet: (fleet) => plan.fleets[fleet]?.name ?? `${fleet}`,
    device: (fleet, seat) => makers[fleet]?.deviceId(seat) ?? `${seat}`,
    stored: (fleet, seat, target) => storeOf(target)?.storedAt(fleet, seat) ?? null,
    topic: (number, target) => storeOf(target)?.ranges.find(({ partition }) => partition === number)?.topic,
  });
}

/** Where the events of a seat are stored, and what was read there; null for fleets that are read back from another target than they go to. */
function storedBy(
  plan: Plan,
  target: number,
  runId: string,
  makers: readonly FleetEvents[],
  read: readonly StoredRange[],
): (fleet: number, seat: number) => StoredRange | null {
  const { protocol, options } = plan.targets[target] as TargetPlan;
  const fleets = plan.fleets.flatMap(({ name, devices, address, target: own }, index) =>
    own === target ? [{ index, name, devices, address, deviceId: (makers[index] as FleetEvents).deviceId }] : [],
  );
  const partitionOf =
    read.length === 0
      ? undefined
      : targetOf(protocol).seatPartitions?.(
          read.map(({ partition }) => partition),
          { options, fleets, runId },
        );
  return (fleet, seat) => {
    if (partitionOf === undefined || plan.fleets[fleet]?.target !== target) return null;
    const partition = partitionOf(fleet, seat);
    return read.find((range) => range.partition === partition) ?? null;
  };
}

/** A verifier that died before it began leaves no file, or one without its first record: then nothing was read back. */
export async function readSeenIfAny(path: string): Promise<SeenRecord | null> {
  try {
    return await readSeen(path);
  } catch (error) {
    if (error instanceof IotloadError && error.code === 'file-unreadable') return null;
    throw error;
  }
}
