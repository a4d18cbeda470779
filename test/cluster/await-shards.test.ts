import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { awaitShards } from '../../src/cluster/await-shards.ts';
import { VirtualClock } from '../simulation/virtual-clock.ts';
import { folders } from './a-run.ts';

const folderOf = folders();
const SECOND = 1_000_000;

/** A shard that has begun, as far as its `plan.json` says. */
function begin(dir: string, shard: string, name = shard.replace('/', '-of-')): string {
  const own = join(dir, name);
  mkdirSync(own, { recursive: true });
  writeFileSync(join(own, 'plan.json'), JSON.stringify({ plan: { plan: 1 }, shard }));
  return own;
}

/** Lets so many seconds pass. */
function pass(clock: VirtualClock, seconds: number): Promise<void> {
  return clock.advance(clock.nowUs() + seconds * SECOND);
}

function waiting(dir: string) {
  const clock = new VirtualClock();
  const notes: string[] = [];
  let done = false;
  const waited = awaitShards([join(dir, 'shards')], 10 * SECOND, { clock, note: (text) => notes.push(text) }).then(
    () => {
      done = true;
    },
  );
  return { clock, notes, waited, done: () => done };
}

describe('awaitShards', () => {
  it('waits for the result of each, from before the first has begun', async () => {
    const dir = folderOf({});
    const { clock, notes, done, waited } = waiting(dir);
    await pass(clock, 2);
    const shards = join(dir, 'shards');
    const first = begin(shards, '0/2');
    writeFileSync(join(first, 'summary.json'), '{}');
    // Another attempt at it is no other shard; one that is claimed has no plan yet.
    writeFileSync(join(begin(shards, '0/2', 'again'), 'summary.json'), '{}');
    const second = begin(shards, '1/2');
    writeFileSync(join(second, 'plan.json'), '');
    await pass(clock, 2);
    begin(shards, '1/2');
    await pass(clock, 2);
    expect(done()).toBe(false);
    writeFileSync(join(second, 'summary.json'), '{}');
    await pass(clock, 2);
    await waited;
    expect(notes).toEqual([]);
  });

  it('takes a merged result, and what a verifier by hand left, for no shard', async () => {
    const dir = folderOf({});
    const { clock, done, notes, waited } = waiting(dir);
    for (const [name, more] of Object.entries({ merged: { merged: 2 }, read: { workers: 0 } })) {
      const own = begin(join(dir, 'shards'), '0/1', name);
      writeFileSync(join(own, 'plan.json'), JSON.stringify({ plan: { plan: 1 }, shard: '0/1', ...more }));
      writeFileSync(join(own, 'summary.json'), '{}');
    }
    await pass(clock, 5);
    expect(done()).toBe(false);
    await pass(clock, 6);
    await waited;
    expect(notes).toEqual(['0 of the shards are there after 10s']);
  });

  it('gives up in time, and says how far it went', async () => {
    const dir = folderOf({});
    writeFileSync(join(begin(join(dir, 'shards'), '2/3'), 'summary.json'), '{}');
    const { clock, notes, waited } = waiting(dir);
    await pass(clock, 11);
    await waited;
    expect(notes).toEqual(['1 of 3 shards are there after 10s']);
    const nothing = waiting(folderOf({}));
    await pass(nothing.clock, 11);
    await nothing.waited;
    expect(nothing.notes).toEqual(['0 of the shards are there after 10s']);
  });

  it('has what is new brought before each look, less often than it looks at a disk', async () => {
    const dir = folderOf({});
    const shards = join(dir, 'shards');
    const clock = new VirtualClock();
    const atSeconds: number[] = [];
    const refresh = async (): Promise<void> => {
      atSeconds.push(Math.round(clock.nowUs() / SECOND));
      if (atSeconds.length === 3) writeFileSync(join(begin(shards, '0/1'), 'summary.json'), '{}');
    };
    const startedUs = clock.nowUs();
    const waited = awaitShards([shards], 60 * SECOND, { clock, note: () => {}, refresh });
    await pass(clock, 30);
    await waited;
    const start = Math.round(startedUs / SECOND);
    expect(atSeconds.map((at) => at - start)).toEqual([0, 5, 10]);
  });
});
