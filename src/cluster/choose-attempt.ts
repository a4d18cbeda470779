import type { Attempt, SentRecord } from '../wire/sent-record.ts';

/** A record, and where it lies. */
export interface StoredRecord {
  /** For whoever has to be told. */
  name: string;
  sent: SentRecord;
}

/** The attempt at a shard that holds all that the others did. */
interface Chosen<T> {
  attempt: T | null;
  notes: string[];
  problems: string[];
}

/**
 * Chooses among several directories of one shard: a pod that was restarted, or started twice, leaves more than one. What was promised
 * before it was sent tells which of them did nothing, and the attempts that a record names tell which is an earlier copy of another; both
 * can be left out and nothing is lost.
 *
 * Two attempts that both may have sent are refused. An event is a function of plan, anchor and slot and names no attempt, so the copies of
 * a twin are the same bytes: a second arrival may be the twin's or the target's fault, one of two that is lost leaves no trace, the order
 * within a device is that of neither, and the load was another than was asked for. Nothing that a verdict says could be proved.
 */
export function chooseAttempt<T extends StoredRecord>(shard: string, attempts: readonly T[]): Chosen<T> {
  const active = attempts.filter(({ sent }) => maySend(sent));
  // Of those that did nothing one stands for the shard, if there is no other.
  const candidates = active.length > 0 ? active : attempts.slice(0, 1);
  const notes = attempts
    .filter((attempt) => !candidates.includes(attempt))
    .map(({ name }) => `${name} is left out: that attempt sent nothing`);
  const problems: string[] = [];
  let [best] = candidates;
  if (best === undefined) return { attempt: null, notes, problems };
  for (const other of candidates.slice(1)) {
    const [whole, part]: [T, T] = holds(best, other) ? [best, other] : [other, best];
    if (!holds(whole, part)) {
      problems.push(`${best.name} and ${other.name} are both shard ${shard}, by two attempts that may both have sent`);
      continue;
    }
    notes.push(`${part.name} is left out: ${whole.name} holds all of it`);
    best = whole;
  }
  return { attempt: problems.length > 0 ? null : best, notes, problems };
}

/** Whether anything of the record may have been sent: nothing is before it is promised there. */
function maySend({ fleets }: SentRecord): boolean {
  return fleets.some(({ promised, acked, rejected, unknown, noAck }) =>
    [promised, acked.count, rejected.count, unknown.count, noAck.count].some((count) => count > 0),
  );
}

/** Whether `part` is an earlier state of `whole`: the same attempt, or one that those after it took over as it stood. */
function holds({ sent: whole }: StoredRecord, { sent: part }: StoredRecord): boolean {
  const length = part.attempts.length;
  const next = whole.attempts[length];
  const same = part.attempts.every(({ id }, i) => id !== '' && id === whole.attempts[i]?.id);
  if (length === 0 || !same) return false;
  return next === undefined ? whole.resumeAt >= part.resumeAt : tookOver(next, part);
}

/** What an attempt promised after it had been copied, whoever took over the copy knows nothing of. */
function tookOver({ after }: Attempt, part: SentRecord): boolean {
  return part.fleets.every(({ promised }, fleet) => promised <= (after[fleet] ?? 0));
}
