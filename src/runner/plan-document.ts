import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Anchor, Part } from '../core/anchor.ts';
import type { Micros } from '../core/clock.ts';
import { IotloadError } from '../core/errors.ts';
import type { HostMark } from '../core/host.ts';
import type { Plan } from '../plan/plan.ts';
import { planDigest, redactPlan } from '../plan/plan-digest.ts';
import { runFiles } from './run-directory.ts';

/** `plan.json`: the plan without its secrets, and what tied it to this run. */
export interface PlanDocument {
  plan: Plan;
  digest: string;
  /** null: a verifier by hand that was not told when the run would start, or a run that was cut off before it started. */
  anchor: Anchor | null;
  /** `i/n`. */
  shard: string;
  workers: number;
  /** Version of iotload that wrote it; absent where a verifier by hand did. */
  version?: string;
  /** Of a merged result, how many shards it is of; nobody can go on with it. */
  merged?: number;
  /** Where it was written. */
  host?: HostMark;
  /** `--clock-bound`: how far the clocks of this host and another may be apart; null where nobody said. */
  clockBoundUs?: Micros | null;
}

/** `plan.json` as text. `workers` is 0 for a verifier. */
export function planDocument(
  plan: Plan,
  anchor: Anchor | null,
  shard: Part,
  workers: number,
  writer: Pick<PlanDocument, 'version' | 'merged' | 'host' | 'clockBoundUs'>,
): string {
  const document: PlanDocument = {
    plan: redactPlan(plan),
    digest: planDigest(plan),
    anchor,
    shard: `${shard.index}/${shard.count}`,
    workers,
    ...writer,
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** Reads the plan of a run's directory. Throws IotloadError `file-unreadable` or `file-corrupt`. */
export function readPlanDocument(dir: string): PlanDocument {
  const path = join(dir, runFiles.plan);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new IotloadError('file-unreadable', 'this is not the directory of a run: it has no plan.json', {
      where: dir,
      hint: 'give the directory that run printed, or a scenario and --run-id to read live',
      cause,
    });
  }
  try {
    const document = JSON.parse(text) as PlanDocument;
    if (document.plan?.plan === 1) return document;
  } catch (cause) {
    throw new IotloadError('file-corrupt', 'this is no JSON', { where: path, cause });
  }
  throw new IotloadError('file-corrupt', 'this is no plan that this version of iotload can read', { where: path });
}
