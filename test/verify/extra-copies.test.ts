import { describe, expect, it } from 'vitest';
import { SlotSet } from '../../src/core/slot-set.ts';
import { extraCopies } from '../../src/verify/extra-copies.ts';

function set(...slots: number[]): SlotSet {
  const made = new SlotSet();
  for (const slot of slots) made.add(slot);
  return made;
}

/** Slots 10 to 19 are sent twice. */
const copiesOf = (slot: number): number => (slot >= 10 && slot < 20 ? 2 : 1);

describe('extra copies', () => {
  it('are all faults where nothing was sent twice', () => {
    const { permitted, faulty } = extraCopies({ doubled: set(1, 2), tripled: set(2) }, set(), null);
    expect([permitted, faulty.first(9)]).toEqual([0, [1, 2]]);
  });

  it('are no fault by design, or where the attempt was repeated, each for one', () => {
    const seen = { doubled: set(1, 2, 3, 10, 11, 12, 13), tripled: set(3, 11, 13) };
    expect(extraCopies(seen, set(2, 3), null).permitted).toBe(2);
    expect(extraCopies(seen, set(2, 3), null).faulty.first(9)).toEqual([1, 3, 10, 11, 12, 13]);
    const { permitted, faulty } = extraCopies(seen, set(2, 12, 13), copiesOf);
    // 2 once, 10 once, 11 once of two, 12 once of the two allowed, 13 twice.
    expect(permitted).toBe(6);
    expect(faulty.first(9)).toEqual([1, 3, 11]);
  });
});
