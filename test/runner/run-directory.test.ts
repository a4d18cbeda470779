import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRunDirectory, defaultRunDirectory, writeRunFile } from '../../src/runner/run-directory.ts';

let base: string;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'iotload-'));
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

describe('run directory', () => {
  it('is private, holds what was written, and takes no second run', () => {
    const dir = createRunDirectory(join(base, 'a/b'));
    writeRunFile(dir, 'summary.json', '{}');
    expect(readFileSync(join(dir, 'summary.json'), 'utf8')).toBe('{}');
    expect(statSync(dir).mode & 0o777).toBe(0o700);
    expect(statSync(join(dir, 'summary.json')).mode & 0o777).toBe(0o600);
    expect(() => createRunDirectory(dir)).toThrow(expect.objectContaining({ code: 'file-unwritable' }));
  });

  it('explains what cannot be written', () => {
    expect(() => createRunDirectory('/dev/null/x')).toThrow(expect.objectContaining({ where: '--out' }));
    expect(() => writeRunFile(join(base, 'gone'), 'x', '')).toThrow(
      expect.objectContaining({ code: 'file-unwritable' }),
    );
  });

  it('has a name of its own by default', () => {
    expect(defaultRunDirectory('results/<name>-<utc>', 'soak', Date.UTC(2026, 0, 2, 3, 4, 5) * 1000)).toBe(
      'results/soak-20260102T030405Z',
    );
  });
});
