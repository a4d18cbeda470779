import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findShards } from '../../src/cluster/find-shards.ts';
import { folders } from './a-run.ts';

const folderOf = folders();

/** Folders of runs below one of their own; what is found of them, by their paths in it. */
function found(runs: readonly string[], given: readonly string[] = ['.']) {
  const dir = folderOf(Object.fromEntries(runs.map((run) => [join(run, 'plan.json'), '{}'])));
  const find = () => {
    const { dirs, problems } = findShards(given.map((name) => join(dir, name)));
    const short = (text: string): string => text.replace(`${dir}/`, '');
    return { dirs: dirs.map(short), problems: problems.map(short) };
  };
  return { dir, find };
}

describe('findShards', () => {
  it('finds each once, the tenth behind the ninth', () => {
    const { dir, find } = found(['10', '9', '2', 'a/b'], ['a', '.', '9']);
    symlinkSync(join(dir, '9'), join(dir, '0-link'));
    expect(find()).toEqual({ dirs: ['a/b', '0-link', '2', '10'], problems: [] });
  });

  it('looks into no run, no hidden folder, and not deeper than four', () => {
    const { find } = found(['r', 'r/inner', '.h', '1/2/3/4', '1/2/3/x/5']);
    expect(find()).toEqual({ dirs: ['1/2/3/4', 'r'], problems: [] });
  });

  it('names what is no directory or holds no run, all of it', () => {
    const { dir, find } = found(['r'], ['empty', 'nowhere', 'r/plan.json', 'r']);
    mkdirSync(join(dir, 'empty'));
    expect(find()).toEqual({
      dirs: ['r'],
      problems: ['empty holds no run', 'nowhere is no directory', 'r/plan.json is no directory'],
    });
  });

  it('does not pass by what cannot be read: it may hold an attempt', () => {
    const name = 'x'.repeat(300);
    expect(found(['r'], ['r', name]).find()).toEqual({
      dirs: ['r'],
      problems: [`${name} cannot be read (ENAMETOOLONG)`],
    });
  });

  it('passes by links that lead nowhere or in circles', () => {
    const { dir, find } = found(['r']);
    symlinkSync(join(dir, 'circle'), join(dir, 'circle'));
    symlinkSync(join(dir, 'nowhere'), join(dir, 'broken'));
    symlinkSync(join(dir, 'r/plan.json'), join(dir, 'file'));
    expect(find()).toEqual({ dirs: ['r'], problems: [] });
  });
});
