import { total } from '../core/total.ts';
import type { QuantileSummary } from '../metrics/result.ts';
import type { VerifierProgress } from '../verify/protocol.ts';

/** What was read back of a run that is still being sent: counts that only grow. */
export interface ReaderSoFar {
  /** Copies beyond those by design; what was sent twice as the same message may be among them. */
  duplicates: number;
  reordered: number;
  corrupt: number;
  foreign: number;
  /** null where several readers have measured, each for itself. */
  endToEnd: QuantileSummary | null;
  /** Why a reader may have let events pass unseen. */
  doubts: string[];
}

/** What these verifiers told last, together; null while one has told nothing. */
export function readerSoFar(told: readonly (VerifierProgress | null)[]): ReaderSoFar | null {
  const known = told.filter((progress) => progress !== null);
  if (known.length === 0 || known.length < told.length) return null;
  const sum = (key: 'duplicates' | 'reordered' | 'corrupt' | 'foreign'): number =>
    total(known, (progress) => progress[key]);
  return {
    duplicates: sum('duplicates'),
    reordered: sum('reordered'),
    corrupt: sum('corrupt'),
    foreign: sum('foreign'),
    endToEnd: known.length === 1 ? (known[0]?.times ?? null) : null,
    doubts: known.flatMap(({ doubts }) => doubts),
  };
}

/** The counts of `read` from what it told first on, by scope: a resumed run is judged by what came since. */
export function sinceFirstTold(
  read: (scope: string | null) => ReaderSoFar | null,
): (scope: string | null) => ReaderSoFar | null {
  const firsts = new Map<string | null, ReaderSoFar>();
  return (scope) => {
    const now = read(scope);
    if (now === null) return null;
    const first = firsts.get(scope) ?? now;
    firsts.set(scope, first);
    return {
      ...now,
      duplicates: now.duplicates - first.duplicates,
      reordered: now.reordered - first.reordered,
      corrupt: now.corrupt - first.corrupt,
      foreign: now.foreign - first.foreign,
    };
  };
}
