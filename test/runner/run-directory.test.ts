import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDefaultRunDirectory, createRunDirectory, writeRunFile } from '../../src/runner/run-directory.ts';

let base: string;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'iotload-'));
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

describe('run directory', () => {
  it('is private, holds what was written, and takes no second run', () => {
    const { path } = createRunDirectory(join(base, 'a/b'));
    writeRunFile(path, 'summary.json', '{}');
    expect(readFileSync(join(path, 'summary.json'), 'utf8')).toBe('{}');
    expect(statSync(path).mode & 0o777).toBe(0o700);
    expect(statSync(join(path, 'summary.json')).mode & 0o777).toBe(0o600);
    expect(() => createRunDirectory(path)).toThrow(
      expect.objectContaining({ code: 'file-unwritable', message: expect.stringContaining('already holds a run') }),
    );
  });

  it('explains what cannot be written', () => {
    writeFileSync(join(base, 'file'), '');
    for (const dir of ['/dev/null/x', join(base, 'file')]) {
      expect(() => createRunDirectory(dir)).toThrow(expect.objectContaining({ where: '--out', value: dir }));
    }
    expect(() => writeRunFile(join(base, 'gone'), 'x', '')).toThrow(
      expect.objectContaining({ code: 'file-unwritable' }),
    );
  });

  it('has a name of its own by default, also twice in a second', () => {
    const wallUs = Date.UTC(2026, 0, 2, 3, 4, 5) * 1000;
    const make = (): string => createDefaultRunDirectory(join(base, '<name>-<utc>'), 'soak', wallUs).path;
    expect(make()).toBe(join(base, 'soak-20260102T030405Z'));
    expect(make()).toBe(join(base, 'soak-20260102T030405Z-2'));
  });

  it('a run that never began leaves nothing of its own, and everything of others', () => {
    const own = createRunDirectory(join(base, 'own'));
    own.discard();
    expect(existsSync(own.path)).toBe(false);

    const theirs = join(base, 'theirs');
    mkdirSync(theirs);
    writeFileSync(join(theirs, 'thesis.tex'), 'years of work');
    createRunDirectory(theirs).discard();
    expect(readdirSync(theirs)).toEqual(['thesis.tex']);

    writeFileSync(join(theirs, 'sent'), 'letters');
    expect(() => createRunDirectory(theirs)).toThrow(/already holds/);
    expect(readFileSync(join(theirs, 'sent'), 'utf8')).toBe('letters');
  });
});
