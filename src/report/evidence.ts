import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Anchor, Part } from '../core/anchor.ts';
import { IotloadError } from '../core/errors.ts';
import type { Plan } from '../plan/plan.ts';
import { readPlanDocument } from '../runner/plan-document.ts';
import { runFiles } from '../runner/run-directory.ts';
import { type DeviceFault, readFaults } from './device-faults.ts';
import { type FleetPicture, readPictures } from './devices/read-pictures.ts';
import { readTimeline } from './timeline/read-timeline.ts';
import type { Timeline } from './timeline/timeline.ts';

/** What the files of a run say beyond its result. */
export interface Evidence {
  plan: Plan | null;
  /** When slot time 0 was, µs since 1970; null where nobody knows. */
  startWallUs: number | null;
  /** null where the files do not tell. */
  timeline: Timeline | null;
  /** Devices with findings, the worst first. */
  faults: readonly DeviceFault[];
  /** What devices reported, of fleets whose models have a picture. */
  pictures: readonly FleetPicture[];
}

/** Of a result alone. */
export const noEvidence: Evidence = { plan: null, startWallUs: null, timeline: null, faults: [], pictures: [] };

/**
 * Reads what stands beside a result in the directory of its run. What is not there is left out; what cannot be read is said.
 * @throws IotloadError `file-corrupt`
 */
export async function readEvidence(dir: string): Promise<Evidence> {
  if (!existsSync(join(dir, runFiles.plan))) return noEvidence;
  const { plan, anchor, shard } = readPlanDocument(dir);
  const timeline = anchor === null ? null : await timelineOf(dir, plan, anchor, partOf(shard));
  const [faults, pictures] = [await readFaults(dir), await readPictures(dir)];
  return { plan, startWallUs: anchor?.startWallUs ?? null, timeline, faults, pictures };
}

async function timelineOf(dir: string, plan: Plan, anchor: Anchor, shard: Part): Promise<Timeline | null> {
  try {
    const timeline = await readTimeline(dir, plan, anchor, shard);
    return timeline.stretches.length === 0 ? null : timeline;
  } catch (error) {
    if (error instanceof IotloadError && error.code === 'file-unreadable') return null;
    throw error;
  }
}

/** `i/n` as a plan's document has it. */
function partOf(shard: string): Part {
  const [index = 0, count = 1] = shard.split('/').map(Number);
  return { index, count };
}
