import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { inScratch } from './in-scratch.ts';
import { summaryOf } from './iotload.ts';
import { phones } from './scenario-text.ts';

const library = new URL('../../dist/index.js', import.meta.url).href;

const space = inScratch();

/** The first program in the head comment of src/index.ts. */
function example(): string {
  const text = readFileSync(new URL('../../src/index.ts', import.meta.url), 'utf8');
  const source = text.slice(0, text.search(/ \*\n \* How much the target takes/));
  return [...source.matchAll(/^ \* {5}(.*)$/gm)].map(([, line]) => line).join('\n');
}

it('the example of the public API loads a plan, runs it and reads the result', async () => {
  writeFileSync(space.path('scenario.yaml'), phones({ target: '{ protocol: mqtt, endpoint: embedded }' }));
  writeFileSync(space.path('program.mjs'), example().replace("'iotload'", `'${library}'`));
  const child = spawn(process.execPath, ['program.mjs'], { cwd: space.dir, stdio: ['ignore', 'pipe', 'inherit'] });
  let stdout = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  const code = await new Promise((resolve) => child.on('close', resolve));
  expect(code).toBe(0);
  const result = summaryOf(space.path('results/mine'));
  expect(result).toMatchObject({ verdict: 'pass', delivery: { verified: 750 } });
  expect(stdout).toMatch(/^pass 750 (\d+|null) .*results\/mine$/m);
});
