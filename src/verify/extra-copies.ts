import { SlotSet } from '../core/slot-set.ts';
import type { SeenFleet } from '../wire/seen-file.ts';

/** The arrivals of a fleet beyond each event's first. */
export interface ExtraCopies {
  /** Those that are no fault. */
  permitted: number;
  /** Events of which more came than that. */
  faulty: SlotSet;
}

/**
 * Tells copies that are no fault from those that are: events that were sent twice by design (`copiesOf`, null where none were), and those
 * whose attempt was repeated as the same message (`doubling`), each for one copy.
 */
export function extraCopies(
  { doubled, tripled }: Pick<SeenFleet, 'doubled' | 'tripled'>,
  doubling: SlotSet,
  copiesOf: ((slot: number) => number) | null,
): ExtraCopies {
  if (copiesOf === null && doubling.count === 0) return { permitted: 0, faulty: doubled };
  const faulty = new SlotSet();
  let permitted = 0;
  doubled.forEachInterval((from, to) => {
    for (let slot = from; slot < to; slot++) {
      const allowed = (copiesOf === null ? 1 : copiesOf(slot)) - 1 + (doubling.has(slot) ? 1 : 0);
      const extra = tripled.has(slot) ? 2 : 1;
      permitted += Math.min(allowed, extra);
      if (extra > allowed) faulty.add(slot);
    }
  });
  return { permitted, faulty };
}
