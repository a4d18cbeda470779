import type { SeenRecord } from '../wire/seen-file.ts';

/** How far the reader's word can be trusted. */
export interface ReaderEvidence {
  /** It ran to its end and said so. */
  finished: boolean;
  /** Why it, or the queue before it, may have let events pass unseen; one sentence each. */
  doubts: readonly string[];
  /** How often its session was lost, and with it whatever came meanwhile. */
  gaps?: number;
  /** Everything that is stored was read: nothing can have passed it, however slow it was. */
  complete?: boolean;
}

/** What a reader left as evidence; null where there was none. */
export function readerEvidence(seen: SeenRecord | null): ReaderEvidence | null {
  if (seen === null) return null;
  const { end } = seen;
  return {
    finished: end !== null,
    doubts: end?.doubts ?? [],
    gaps: end?.source.gaps ?? 0,
    complete: end?.complete ?? false,
  };
}
