import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SlotSet } from '../../src/core/slot-set.ts';
import { settle } from '../../src/verify/settle.ts';
import type { SeenRecord } from '../../src/wire/seen-file.ts';
import type { SentRecord } from '../../src/wire/sent-record.ts';
import { type History, history, naive, planOf, seenOf, sentOf } from './history.ts';

type Mutation = (sent: SentRecord, seen: SeenRecord, past: History) => void;

/** Verifiers that are wrong in one way each, as what that mistake would do to the records. */
const mutants: Readonly<Record<string, Mutation>> = {
  'takes unknown for acknowledged': ({ fleets }) => {
    for (const fleet of fleets) {
      fleet.acked.addAll(fleet.unknown);
      fleet.unknown.clear();
    }
  },
  'takes unknown for rejected': ({ fleets }) => {
    for (const fleet of fleets) {
      fleet.rejected.addAll(fleet.unknown);
      fleet.unknown.clear();
    }
  },
  'takes rejected for unknown': ({ fleets }) => {
    for (const fleet of fleets) {
      fleet.unknown.addAll(fleet.rejected);
      fleet.rejected.clear();
    }
  },
  'takes what nobody acknowledges for acknowledged': ({ fleets }) => {
    for (const fleet of fleets) {
      fleet.acked.addAll(fleet.noAck);
      fleet.noAck.clear();
    }
  },
  'takes acknowledged for "nobody acknowledges"': ({ fleets }) => {
    for (const fleet of fleets) {
      fleet.noAck.addAll(fleet.acked);
      fleet.acked.clear();
    }
  },
  'forgets the last slots sent': ({ fleets }) => {
    for (const fleet of fleets) {
      const kept = new SlotSet();
      kept.addInterval(0, fleet.intended - 2);
      fleet.acked = SlotSet.intersection(fleet.acked, kept);
    }
  },
  'forgets the first slot': ({ fleets }) => {
    for (const fleet of fleets) {
      const kept = new SlotSet();
      kept.addInterval(1, fleet.intended);
      fleet.acked = SlotSet.intersection(fleet.acked, kept);
    }
  },
  'lets a copy stand in for a lost event': (_, { fleets }) => {
    for (const fleet of fleets) {
      if (fleet.copies > 0 && !fleet.fresh.has(0)) fleet.fresh.add(0);
    }
  },
  'takes damaged events for seen': (_, { fleets }) => {
    for (const fleet of fleets) for (const slot of fleet.corruptSlots) fleet.fresh.add(slot);
  },
  'does not see damage': (_, { fleets }) => {
    for (const fleet of fleets) fleet.corrupt = 0;
  },
  'does not count copies': (_, { fleets }) => {
    for (const fleet of fleets) fleet.copies = 0;
  },
  'counts doubled slots instead of copies': (_, { fleets }) => {
    for (const fleet of fleets) fleet.copies = fleet.doubled.count;
  },
  'forgets who was doubled': (_, { fleets }) => {
    for (const fleet of fleets) fleet.doubled.clear();
  },
  'does not look at the order': (_, { fleets }) => {
    for (const fleet of fleets) Object.assign(fleet, { reordered: 0, reorderedSlots: [] });
  },
  'looks at the order of slots, not of a device': (_, { fleets }, { arrivals }) => {
    fleets.forEach((fleet, index) => {
      const first = new Set(arrivals.filter((a) => a.fleet === index && a.kind === 'own').map(({ slot }) => slot));
      let highest = -1;
      fleet.reordered = 0;
      for (const slot of first) {
        if (slot < highest) fleet.reordered++;
        highest = Math.max(highest, slot);
      }
    });
  },
  'looks at the order of copies too': (_, { fleets }, { arrivals, fleets: made }) => {
    fleets.forEach((fleet, index) => {
      const highest = new Map<number, number>();
      fleet.reordered = 0;
      for (const { slot } of arrivals.filter((a) => a.fleet === index && a.kind === 'own')) {
        const seat = slot % (made[index]?.devices ?? 1);
        if (slot < (highest.get(seat) ?? -1)) fleet.reordered++;
        highest.set(seat, Math.max(slot, highest.get(seat) ?? -1));
      }
    });
  },
  'takes late events for absent': (_, { fleets }, { arrivals, graceOver }) => {
    fleets.forEach((fleet, index) => {
      const inTime = new SlotSet();
      for (const { slot, kind } of arrivals.slice(0, graceOver).filter((a) => a.fleet === index)) {
        if (kind === 'own') inTime.add(slot);
      }
      fleet.fresh = SlotSet.intersection(fleet.fresh, inTime);
    });
  },
  'does not notice lateness': (_, { fleets }) => {
    for (const fleet of fleets) fleet.late = 0;
  },
  'always has proof of loss': (_, { end }) => {
    if (end !== null) end.complete = true;
  },
  'never has proof of loss': (_, { end }) => {
    if (end !== null) end.complete = false;
  },
  'does not read the last fleet': (_, { fleets }) => {
    fleets.at(-1)?.fresh.clear();
  },
  'takes strangers for its own': (_, { unattributed }) => {
    unattributed.foreign = 0;
  },
};

/** Whether the verifier with this mutation gives the right answer about a run, laws included. */
function right(past: History, mutate: Mutation): boolean {
  const [sent, seen] = [sentOf(past), seenOf(past)];
  mutate(sent, seen, past);
  const { delivery, findings, laws } = settle({ plan: planOf(past), sent, seen });
  const { counts, named } = naive(past);
  const names = findings.map(({ kind, fleet, slot }) => `${kind} ${fleet} ${slot}`).sort();
  return (
    laws.every(({ holds }) => holds) &&
    Object.entries(counts).every(([key, value]) => delivery[key as keyof typeof counts] === value) &&
    names.join() === named.join()
  );
}

describe('the naive verifier tells from the true one a verifier that', () => {
  it.each(Object.entries(mutants))('%s', (_, mutate) => {
    const { failed, numRuns } = fc.check(
      fc.property(history, (past) => right(past, mutate)),
      { numRuns: 300, endOnFailure: true },
    );
    expect({ failed, numRuns }).toMatchObject({ failed: true });
  });

  it('but not from itself', () => {
    fc.assert(
      fc.property(history, (past) => right(past, () => {})),
      { numRuns: 300 },
    );
  });
});
