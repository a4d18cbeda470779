import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { keepSearch } from '../../src/capacity/search-directory.ts';
import { reportCommand } from '../../src/cli/report.ts';
import { exampleSearch } from '../capacity/example-search.ts';
import { capturedOutput } from './captured-output.ts';

const result = exampleSearch();
let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'iotload-report-search-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  keepSearch(dir, result);
});

const report = (...args: string[]): Promise<number> => reportCommand.execute(['report', dir, ...args], 'once more');

it('tells a finished search once more, as a screen, a page or a document', async () => {
  const said = capturedOutput();
  expect(await report()).toBe(0);
  expect(said.stdout).toMatch(
    /^PASS {2}It holds .* {2}files {5}\S+\n {12}capacity\.json {2}capacity\.html {2}steps\/\n$/s,
  );
  said.stdout = '';
  expect(await report('--json')).toBe(0);
  expect(JSON.parse(said.stdout)).toEqual(JSON.parse(JSON.stringify(result)));
  said.stdout = '';
  expect(await report('--format', 'html')).toBe(0);
  expect(said.stdout).toMatch(/^<!doctype html>.*id="verdict">PASS</s);
});

it('refuses the formats of runs, and says what there is', async () => {
  await expect(report('--format', 'junit')).rejects.toMatchObject({
    code: 'bad-arguments',
    hint: expect.stringContaining('console, html, json'),
  });
});
