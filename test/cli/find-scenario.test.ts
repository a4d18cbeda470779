import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findScenario, shippedScenarios } from '../../src/cli/find-scenario.ts';
import { MAX_SCENARIO_BYTES } from '../../src/scenario/size-limit.ts';

const shippedFolder = fileURLToPath(new URL('../../scenarios', import.meta.url));

let here: string;
const before = process.cwd();
beforeEach(() => {
  here = realpathSync(mkdtempSync(join(tmpdir(), 'iotload-find-')));
  process.chdir(here);
});
afterEach(() => {
  process.chdir(before);
  rmSync(here, { recursive: true });
});

describe('shippedScenarios', () => {
  it('names every YAML file that ships, and nothing else, in order', () => {
    const files = readdirSync(shippedFolder).filter((name) => name.endsWith('.yaml'));
    expect(shippedScenarios()).toEqual(files.map((name) => name.replace('.yaml', '')).sort());
    expect(shippedScenarios()).toContain('quickstart');
  });
});

describe('findScenario', () => {
  it('finds a shipped one by its name, from any folder', () => {
    const { file, text, folder } = findScenario('quickstart');
    expect([file, folder]).toEqual(['scenarios/quickstart.yaml', shippedFolder]);
    expect(text).toContain('iotload: 1');
  });

  it('finds a file by its path, and says the folder that its own paths start from', () => {
    mkdirSync(join(here, 'mine'));
    writeFileSync(join(here, 'mine', 'a.yaml'), 'iotload: 1 # ü\n');
    expect(findScenario('mine/a.yaml')).toEqual({ file: 'mine/a.yaml', text: 'iotload: 1 # ü\n', folder: 'mine' });
  });

  it('prefers a file of ours to a shipped one of the same name', () => {
    writeFileSync(join(here, 'quickstart'), 'mine');
    expect(findScenario('quickstart')).toEqual({ file: 'quickstart', text: 'mine', folder: '.' });
  });

  it('is not misled by a folder that is named like a shipped one', () => {
    mkdirSync(join(here, 'quickstart'));
    expect(findScenario('quickstart').file).toBe('scenarios/quickstart.yaml');
  });

  it.each([
    ['gone.yaml', 'ENOENT'],
    ['no-such-name', 'ENOENT'],
    ['../scenarios/quickstart', 'ENOENT'],
    ['folder', 'EISDIR'],
    ['folder/a.yaml/b', 'ENOTDIR'],
    ['', 'ENOENT'],
  ])('says that %j cannot be read, and what can', (argument, code) => {
    mkdirSync(join(here, 'folder'));
    writeFileSync(join(here, 'folder', 'a.yaml'), '');
    expect(() => findScenario(argument)).toThrow(
      expect.objectContaining({
        code: 'file-unreadable',
        message: `the scenario cannot be read (${code})`,
        where: 'SCENARIO',
        value: argument,
        hint: expect.stringContaining(`one of the shipped scenarios: ${shippedScenarios().join(', ')}`),
      }),
    );
  });

  it('reads of one that is too large just enough to tell', () => {
    writeFileSync(join(here, 'large.yaml'), 'x'.repeat(3 * MAX_SCENARIO_BYTES));
    expect(findScenario('large.yaml').text).toHaveLength(MAX_SCENARIO_BYTES + 1);
    writeFileSync(join(here, 'largest.yaml'), 'x'.repeat(MAX_SCENARIO_BYTES));
    expect(findScenario('largest.yaml').text).toHaveLength(MAX_SCENARIO_BYTES);
  });
});
