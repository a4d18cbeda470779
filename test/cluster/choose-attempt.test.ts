import { describe, expect, it } from 'vitest';
import { chooseAttempt } from '../../src/cluster/choose-attempt.ts';
import { SlotSet } from '../../src/core/slot-set.ts';
import { noOutcomes, type SentRecord } from '../../src/wire/sent-record.ts';

/** An attempt at a shard, by the ids of those that kept its record, each with what was promised when it took over. */
function attempt(name: string, ids: Record<string, number>, promised: number, more: Partial<SentRecord> = {}) {
  const sent: SentRecord = {
    header: { runId: 'r1', shard: { index: 0, count: 1 }, fleets: [{ name: 'f', devices: 1, slots: 100 }] },
    end: null,
    tornBytes: 0,
    resumptions: 0,
    attempts: Object.entries(ids).map(([id, after]) => ({ id, after: [after] })),
    resumeAt: promised,
    fleets: [{ ...noOutcomes(100), promised }],
    ...more,
  };
  return { name, sent };
}

const choose = (...attempts: ReturnType<typeof attempt>[]) => {
  const { attempt: chosen, ...rest } = chooseAttempt('0/1', attempts);
  return { chosen: chosen?.name ?? null, ...rest };
};

describe('chooseAttempt', () => {
  it('chooses the only one, whatever it did, and none of none', () => {
    expect(choose()).toEqual({ chosen: null, notes: [], problems: [] });
    expect(choose(attempt('a', { x: 0 }, 0))).toEqual({ chosen: 'a', notes: [], problems: [] });
  });

  it('leaves out those that did nothing; of none but those the first stands for the shard', () => {
    const [idle, later] = [attempt('idle', { x: 0 }, 0), attempt('later', { y: 0 }, 0)];
    const notes = (...names: string[]) => names.map((name) => `${name} is left out: that attempt sent nothing`);
    expect(choose(idle, attempt('a', { z: 0 }, 5), later)).toEqual({
      chosen: 'a',
      notes: notes('idle', 'later'),
      problems: [],
    });
    expect(choose(idle, later)).toEqual({ chosen: 'idle', notes: notes('later'), problems: [] });
  });

  it('takes one that has an outcome for one that sent, though nothing was promised', () => {
    const acked = new SlotSet();
    acked.add(3);
    const sent = attempt('a', { x: 0 }, 0, { fleets: [{ ...noOutcomes(100), acked }] });
    expect(choose(attempt('idle', { y: 0 }, 0), sent).chosen).toBe('a');
  });

  it('finds the longest of a chain of copies, in whichever order they come', () => {
    const early = attempt('early', { x: 0 }, 10);
    const middle = attempt('middle', { x: 0, y: 20 }, 40);
    const whole = attempt('whole', { x: 0, y: 20, z: 40 }, 90);
    for (const order of [
      [early, middle, whole],
      [whole, middle, early],
      [middle, whole, early],
    ]) {
      const { chosen, notes, problems } = choose(...order);
      expect([chosen, notes.length, problems]).toEqual(['whole', 2, []]);
      expect(notes.every((note) => /^(early|middle) is left out: (middle|whole) holds all of it$/.test(note))).toBe(
        true,
      );
    }
  });

  it('refuses what went on behind the copy that another took over', () => {
    const whole = attempt('whole', { x: 0, y: 20 }, 90);
    expect(choose(attempt('early', { x: 0 }, 20), whole).chosen).toBe('whole');
    expect(choose(attempt('zombie', { x: 0 }, 21), whole)).toEqual({
      chosen: null,
      notes: [],
      problems: ['zombie and whole are both shard 0/1, by two attempts that may both have sent'],
    });
  });

  it('refuses two of which nobody says whose they are', () => {
    expect(choose(attempt('a', { '': 0 }, 5), attempt('b', { '': 0 }, 9)).problems).toHaveLength(1);
    expect(choose(attempt('a', {}, 5), attempt('b', {}, 9)).problems).toHaveLength(1);
  });

  it('of two states of one attempt takes the later, and of a fleet nobody took over from nothing', () => {
    const [before, behind] = [attempt('before', { x: 0 }, 5), attempt('behind', { x: 0 }, 9)];
    expect(choose(before, behind).chosen).toBe('behind');
    expect(choose(behind, before).chosen).toBe('behind');
    const unsaid = attempt('whole', {}, 9, {
      attempts: [
        { id: 'x', after: [0] },
        { id: 'y', after: [] },
      ],
    });
    expect(choose(before, unsaid).problems).toHaveLength(1);
  });
});
