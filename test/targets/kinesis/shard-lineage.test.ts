import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ShardInfo } from '../../../src/targets/kinesis/calls.ts';
import { ShardLineage } from '../../../src/targets/kinesis/shard-lineage.ts';
import { ShardReading } from '../../../src/targets/kinesis/shard-reading.ts';

const fromStart = { first: { at: 'start' }, again: { at: 'start' } } as const;
const make = (shard: ShardInfo) => new ShardReading(shard, fromStart, 0);

function shard(id: string, parents: string[] = [], open = true): ShardInfo {
  return { id, firstHash: 0n, lastHash: 0n, open, parents };
}

const ids = (readings: readonly ShardReading[]) => readings.map(({ id }) => id);

/** Reads it to its end. */
function end(reading: ShardReading): void {
  reading.take({ count: 0, lastSequence: '', nextIterator: null, behindMs: 0, bytes: 0 });
}

function read(lineage: ShardLineage, id: string): ShardReading {
  return [...lineage].find((reading) => reading.id === id) as ShardReading;
}

describe('the shards of a stream', () => {
  it('start once, and what came of two after both', () => {
    const lineage = new ShardLineage();
    lineage.learn([shard('a', [], false), shard('b', [], false), shard('c', ['a', 'b'])], make);
    expect(ids(lineage.startable())).toEqual(['a', 'b']);
    expect(ids(lineage.startable())).toEqual([]);
    end(read(lineage, 'a'));
    expect(ids(lineage.startable())).toEqual([]);
    end(read(lineage, 'b'));
    expect(ids(lineage.startable())).toEqual(['c']);
  });

  it('start at once where their parents are not kept any more', () => {
    const lineage = new ShardLineage();
    lineage.learn([shard('c', ['a', 'b'])], make);
    expect(ids(lineage.startable())).toEqual(['c']);
  });

  it('have heirs when they end', () => {
    const lineage = new ShardLineage();
    lineage.learn([shard('a')], make);
    lineage.startable();
    expect(lineage.hasUnknownHeirs).toBe(false);
    end(read(lineage, 'a'));
    expect(lineage.hasUnknownHeirs).toBe(true);
    lineage.learn([shard('a', [], false), shard('b', ['a'])], make);
    expect(lineage.hasUnknownHeirs).toBe(false);
    expect(ids(lineage.startable())).toEqual(['b']);
  });

  it('are missed where they go before they end, and forgotten where they go after that', () => {
    const lineage = new ShardLineage();
    lineage.learn([shard('a'), shard('b')], make);
    end(read(lineage, 'a'));
    const missed = lineage.learn([shard('c', ['a', 'b'])], make);
    expect(ids(missed)).toEqual(['b']);
    missed[0]?.vanished();
    expect(ids(lineage.learn([shard('c', ['a', 'b'])], make))).toEqual([]);
    expect(ids([...lineage])).toEqual(['b', 'c']);
    expect(ids(lineage.startable())).toEqual(['c']);
    expect(lineage.hasUnknownHeirs).toBe(false);
  });

  it('are proven by reads that were begun after an instant', () => {
    const lineage = new ShardLineage();
    lineage.learn([shard('a'), shard('b')], make);
    expect(ids(lineage.openSince(10))).toEqual(['a', 'b']);
    const a = read(lineage, 'a');
    a.located('i');
    a.begin(10);
    a.take({ count: 0, lastSequence: '', nextIterator: 'j', behindMs: 0, bytes: 0 });
    expect(ids(lineage.openSince(10))).toEqual(['b']);
    expect(ids(lineage.openSince(11))).toEqual(['a', 'b']);
    end(read(lineage, 'b'));
    expect(ids(lineage.openSince(10))).toEqual([]);
  });

  it('are each read once, parents first, whatever splits and merges there were and whenever they are listed', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(2), fc.nat(50), fc.nat(50)), { maxLength: 60 }), (steps) => {
        const listed = [shard('0'), shard('1')];
        const lineage = new ShardLineage();
        const under = new Set<ShardReading>();
        const ended: string[] = [];
        const start = (): void => {
          for (const reading of lineage.startable()) {
            expect(ended).toEqual(expect.arrayContaining([...reading.parents]));
            under.add(reading);
          }
        };
        const look = (): void => {
          lineage.learn(listed, make);
          start();
        };
        const finish = (which: number): void => {
          const over = [...under].filter(({ id }) => listed.find((one) => one.id === id)?.open === false);
          const reading = over[which % Math.max(1, over.length)];
          if (reading === undefined) return;
          under.delete(reading);
          end(reading);
          ended.push(reading.id);
          start();
        };
        look();
        for (const [what, which, other] of steps) {
          const open = listed.filter((one) => one.open);
          if (what === 0) finish(which);
          else if (what === 1) look();
          else {
            const parents = [...new Set([open[which % open.length], open[other % open.length]])] as ShardInfo[];
            for (const parent of parents) parent.open = false;
            const of = parents.map(({ id }) => id);
            listed.push(shard(`${listed.length}`, of));
            if (of.length === 1) listed.push(shard(`${listed.length}`, of));
          }
        }
        look();
        for (let i = 0; i < 2 * listed.length; i++) finish(0);
        expect(lineage.hasUnknownHeirs).toBe(false);
        expect(ended.sort()).toEqual(
          listed
            .filter(({ open }) => !open)
            .map(({ id }) => id)
            .sort(),
        );
        expect(ids([...under]).sort()).toEqual(
          listed
            .filter(({ open }) => open)
            .map(({ id }) => id)
            .sort(),
        );
      }),
    );
  });
});
