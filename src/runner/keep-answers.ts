import type { Anchor, Part } from '../core/anchor.ts';
import type { RunResult } from '../metrics/result.ts';
import type { Plan } from '../plan/plan.ts';
import type { SentRecord } from '../wire/sent-record.ts';
import { keepPictures } from './keep-pictures.ts';
import { keepTruth, type TruthKeeper } from './keep-truth.ts';

/**
 * Writes beside the results what follows from plan and anchor alone: what is true of the events, and pictures of devices. Of a run that was cut short
 * (`sent`, else null) as far as events can have been sent. Resolves with what to add to the result's files.
 */
export async function keepAnswers(
  plan: Plan,
  anchor: Anchor,
  shard: Part,
  sent: SentRecord | null,
  keeper: TruthKeeper,
): Promise<RunResult['files']> {
  const until = plan.fleets.map(({ slots }, place) => sent?.fleets[place]?.promised ?? slots);
  const question = { plan, anchor, shard, until };
  return { ...(await keepTruth(question, keeper)), ...(await keepPictures(question, keeper)) };
}
