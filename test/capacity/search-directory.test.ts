import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { claimSearch, dropSearch, earlierSearch, keepSearch, readSearch } from '../../src/capacity/search-directory.ts';
import { exampleSearch } from './example-search.ts';

const result = exampleSearch();
let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'iotload-search-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
});

describe('the directory of a search', () => {
  it('holds its document and its page, and gives the first back', () => {
    expect(readSearch(dir)).toBeNull();
    keepSearch(dir, result);
    expect(readdirSync(dir).sort()).toEqual(['capacity.html', 'capacity.json']);
    expect(readFileSync(join(dir, 'capacity.html'), 'utf8')).toContain('id="verdict">PASS<');
    expect(readSearch(dir)).toEqual(JSON.parse(JSON.stringify(result)));
  });

  it('belongs to one search: the next of the names is taken, or none', () => {
    const [one, other] = [join(dir, 'a'), join(dir, 'b')];
    expect(claimSearch([one, other])).toBe(one);
    expect(readSearch(one)).toBeNull();
    expect(claimSearch([one, other])).toBe(other);
    expect(() => claimSearch([one, other])).toThrow('already holds a search');
  });

  it('is gone on with for the same plan and the same question only', () => {
    keepSearch(dir, result);
    expect(earlierSearch(dir, { ...result.goal, provisionFor: 1 }, 'sha256:0')?.steps).toHaveLength(
      result.steps.length,
    );
    expect(() => earlierSearch(dir, { ...result.goal, to: 1 }, 'sha256:0')).toThrow('something else');
    expect(() => earlierSearch(dir, result.goal, 'sha256:1')).toThrow('something else');
  });

  it.each(['{', '{"schema":"iotload/capacity/2","steps":[]}', '[]'])('says what it cannot read: %s', (text) => {
    writeFileSync(join(dir, 'capacity.json'), text);
    expect(() => readSearch(dir)).toThrow(expect.objectContaining({ code: 'file-corrupt' }));
  });

  it('is given up whole, unless something else lies in it', () => {
    keepSearch(dir, result);
    mkdirSync(join(dir, 'steps'));
    writeFileSync(join(dir, 'notes.txt'), 'mine');
    dropSearch(dir);
    expect(readdirSync(dir)).toEqual(['notes.txt']);
    rmSync(join(dir, 'notes.txt'));
    dropSearch(dir);
    expect(() => readdirSync(dir)).toThrow('ENOENT');
  });
});
