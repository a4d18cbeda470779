import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { exitTable } from '../../src/cli/exit-codes.ts';
import { verbs } from '../../src/cli/verbs.ts';
import { inScratch } from './in-scratch.ts';
import { answer, iotload } from './iotload.ts';

const space = inScratch();

function golden(name: string): string {
  return readFileSync(new URL(`../fixtures/cli/${name}.txt`, import.meta.url), 'utf8');
}

function tooWide(text: string): string[] {
  return text.split('\n').filter((line) => line.length > 80);
}

const shipped = readdirSync(new URL('../../scenarios/', import.meta.url))
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => name.replace('.yaml', ''));

describe('the overviews', () => {
  it('iotload alone: promise, first command, verbs in groups', async () => {
    const { code, stdout, stderr } = await iotload([]);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout.replace(/(Scenarios that need no file): [^.]*\./, '$1.')).toBe(golden('welcome'));
    for (const name of shipped) expect(stdout).toContain(name);
  });

  it.each([['--help'], ['-h'], ['help']])('iotload %s', async (argument) => {
    const { code, stdout } = await answer([argument]);
    expect(code).toBe(0);
    expect(stdout).toBe(golden('help'));
    expect(tooWide(stdout)).toEqual([]);
  });

  it('lists every verb that has a file, and no other', async () => {
    const files = readdirSync(new URL('../../src/cli/', import.meta.url));
    for (const { name } of verbs) expect(files).toContain(`${name}.ts`);
    const defining = files.filter((file) =>
      readFileSync(new URL(`../../src/cli/${file}`, import.meta.url), 'utf8').includes('= defineCommand('),
    );
    const names = [...verbs.map(({ name }) => `${name}.ts`), 'completion.ts'].sort();
    expect(defining.sort()).toEqual(names);
  });
});

describe('the help of each verb', () => {
  it.each(verbs.map(({ name, summary }) => [name, summary]))(
    '%s: two examples, exit codes, 80 columns',
    async (name, summary) => {
      const { code, stdout, stderr } = await answer([name, '--help']);
      expect([code, stderr]).toEqual([0, '']);
      expect(stdout).toMatch(new RegExp(`^iotload ${name} `));
      expect(stdout.toLowerCase()).toContain(summary.toLowerCase());
      const [, examples = ''] = /\nExamples\n((?: .*\n)+)/.exec(stdout) ?? [];
      expect(examples.split('\n').filter((line) => line.startsWith('  # ')).length).toBeGreaterThanOrEqual(2);
      expect(stdout).toMatch(/\nExit codes\n {2}[02] /);
      expect(stdout).not.toMatch(/\[(string|boolean|array|default)/);
      // A line that is pasted must not be broken.
      expect(tooWide(stdout).filter((line) => !line.startsWith('  iotload'))).toEqual([]);
      expect(summary.length).toBeLessThanOrEqual(60);
    },
  );

  it('run explains every exit code', async () => {
    const { stdout } = await answer(['run', '-h']);
    for (const [code, meaning] of exitTable) expect(stdout).toContain(`  ${code.padEnd(8)} ${meaning}`);
  });
});

describe('iotload completion', () => {
  it('completes verbs, flags and shipped scenarios in bash', async () => {
    const { code, stdout } = await iotload(['completion', 'bash']);
    expect(code).toBe(0);
    const complete = (...words: string[]): string[] => {
      const script = `${stdout}\nCOMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}; _iotload; echo "\${COMPREPLY[@]}"`;
      return spawnSync('bash', ['--norc', '-c', script], { encoding: 'utf8' }).stdout.trim().split(' ');
    };
    expect(complete('iotload', 'v')).toEqual(['validate', 'verify']);
    expect(complete('iotload', 'run', 'quick')).toEqual(['quickstart']);
    expect(complete('iotload', 'run', 'quickstart', '--du')).toEqual(['--duration']);
    expect(complete('iotload', 'models', 'phone')).toEqual(['phone-motion']);
    expect(complete('iotload', 'init', 'm')).toEqual(['mqtt']);
  });

  it.each(['zsh', 'fish'])('names every verb and flag for %s', async (shell) => {
    const { stdout } = await answer(['completion', shell]);
    for (const { name } of verbs) expect(stdout).toContain(name);
    for (const word of ['quickstart', 'duration', 'run-id']) expect(stdout).toContain(word);
  });

  it('is exit 2 for a shell that it does not know', async () => {
    expect((await answer(['completion'])).stderr).toContain('bash, zsh, fish');
    expect((await answer(['completion', 'cmd'])).code).toBe(2);
  });
});

describe('iotload validate --json', () => {
  it('tells mistakes as data', async () => {
    writeFileSync(space.path('bad.yaml'), 'iotload: 1\nfleet: {}\n');
    const { code, stdout, stderr } = await iotload(['validate', 'bad.yaml', '--json'], {}, space.dir);
    expect([code, stderr]).toEqual([2, '']);
    const told = JSON.parse(stdout) as { valid: boolean; diagnostics: { line: number; column: number }[] };
    expect(told.valid).toBe(false);
    expect(told.diagnostics).toContainEqual(expect.objectContaining({ line: 2, column: 1, code: 'unknown-key' }));
    const good = await answer(['validate', 'quickstart', '--json']);
    expect(JSON.parse(good.stdout)).toEqual({ file: 'scenarios/quickstart.yaml', valid: true, diagnostics: [] });
  });
});
