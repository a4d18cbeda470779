import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { claimRun } from '../../src/runner/run-lock.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'iotload-lock-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const owner = (): { pid: number; host: string; since: string | null } =>
  JSON.parse(readFileSync(join(dir, 'owner'), 'utf8'));

/** A process that lives until it is killed. */
async function living(): Promise<{ pid: number; end(): Promise<void> }> {
  const child = spawn(process.execPath, ['-e', 'process.stdin.resume()'], { stdio: ['pipe', 'ignore', 'ignore'] });
  await once(child, 'spawn');
  return {
    pid: child.pid as number,
    async end() {
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

it('claims a directory and gives it up', () => {
  const release = claimRun(dir);
  expect(owner()).toMatchObject({ pid: process.pid });
  release();
  expect(existsSync(join(dir, 'owner'))).toBe(false);
});

it('refuses while another process is at work there, and no longer once it has died', async () => {
  claimRun(dir);
  const other = await living();
  writeFileSync(join(dir, 'owner'), JSON.stringify({ ...owner(), pid: other.pid, since: null }));
  expect(() => claimRun(dir)).toThrow(
    expect.objectContaining({ code: 'bad-arguments', where: '--resume', value: dir }),
  );
  await other.end();
  claimRun(dir);
  expect(owner().pid).toBe(process.pid);
});

it.runIf(process.platform === 'linux')('is not taken in by a number that was given to another process', async () => {
  claimRun(dir);
  const other = await living();
  writeFileSync(join(dir, 'owner'), JSON.stringify({ ...owner(), pid: other.pid, since: '1' }));
  claimRun(dir);
  expect(owner().pid).toBe(process.pid);
  await other.end();
});

it.each([
  ['another machine’s claim', JSON.stringify({ pid: 1, host: 'elsewhere.example', since: null })],
  ['half a claim', '{"pid": 1'],
])('takes over %s, whose owner’s life cannot be told from here', (_, text) => {
  writeFileSync(join(dir, 'owner'), text);
  claimRun(dir);
  expect(owner().pid).toBe(process.pid);
});
