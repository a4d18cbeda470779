import { type ChildProcess, fork, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RunResult } from '../../src/metrics/result.ts';

const bin = fileURLToPath(new URL('../../bin/iotload.js', import.meta.url));

/** One run of the built command line. */
export interface Finished {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface Running {
  child: ChildProcess;
  /** What Ctrl-C on a terminal does: SIGINT to every process of the group. */
  interrupt(): void;
  /** Everything on stderr so far. */
  stderr(): string;
  /** Resolves when stderr has matched. */
  said(pattern: RegExp): Promise<void>;
  finished: Promise<Finished>;
}

/** Starts `iotload` with these arguments, as a user would. */
export function start(args: readonly string[], env: Record<string, string> = {}, cwd?: string): Running {
  const child = spawn(process.execPath, [bin, ...args], {
    env: { ...process.env, NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A process group of its own, as a shell gives to what it starts.
    detached: true,
    ...(cwd === undefined ? {} : { cwd }),
  });
  let stdout = '';
  let stderr = '';
  const waiting: { pattern: RegExp; resolve: () => void; reject: (error: Error) => void }[] = [];
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
    for (const wait of waiting) if (wait.pattern.test(stderr)) wait.resolve();
  });
  const finished = new Promise<Finished>((resolve) => {
    child.on('close', (code) => {
      for (const wait of waiting) wait.reject(new Error(`iotload ended without saying ${wait.pattern}:\n${stderr}`));
      resolve({ code, stdout, stderr });
    });
  });
  const said = (pattern: RegExp): Promise<void> =>
    pattern.test(stderr)
      ? Promise.resolve()
      : new Promise((resolve, reject) => {
          waiting.push({ pattern, resolve, reject });
        });
  const interrupt = (): void => {
    try {
      process.kill(-(child.pid as number), 'SIGINT');
    } catch (error) {
      // All of it has ended before.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  };
  return { child, interrupt, stderr: () => stderr, said, finished };
}

/** Runs `iotload` to its end; what sends does so from one worker unless the arguments say otherwise, because threads take long to start. */
export function iotload(args: readonly string[], env: Record<string, string> = {}, cwd?: string): Promise<Finished> {
  const sends = (args[0] === 'run' || args[0] === 'quick') && !args.includes('--workers') && !args.includes('--print');
  return start(sends ? [...args, '--workers', '1'] : args, env, cwd).finished;
}

interface Waiting {
  resolve(finished: Finished): void;
  reject(error: Error): void;
}

/** The process that answers, and who waits for it, in order. */
let answering: { child: ChildProcess; waiting: Waiting[] } | undefined;

function startAnswering(): NonNullable<typeof answering> {
  const child = fork(fileURLToPath(new URL('./answering.mjs', import.meta.url)), {
    env: { ...process.env, NO_COLOR: '1' },
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const waiting: Waiting[] = [];
  child.on('message', (finished) => waiting.shift()?.resolve(finished as Finished));
  child.on('exit', (code, signal) => {
    answering = undefined;
    for (const { reject } of waiting) reject(new Error(`the process that answers has ended, exit ${code ?? signal}`));
  });
  return { child, waiting };
}

/**
 * What `iotload` answers to these arguments, from one process that has loaded the built command line once: for what is over when it has
 * been said, such as a mistake. What sends, or has to do with the process itself, is for `iotload`.
 */
export function answer(args: readonly string[], cwd: string = process.cwd()): Promise<Finished> {
  answering ??= startAnswering();
  const { child, waiting } = answering;
  return new Promise((resolve, reject) => {
    waiting.push({ resolve, reject });
    child.send({ args, cwd });
  });
}

/** A directory that is gone after the test. */
export function scratch(): { dir: string; path(name: string): string; remove(): void } {
  const dir = mkdtempSync(join(tmpdir(), 'iotload-'));
  return { dir, path: (name) => join(dir, name), remove: () => rmSync(dir, { recursive: true, force: true }) };
}

/** The result document of a run. */
export function summaryOf(out: string): RunResult {
  return JSON.parse(readFileSync(join(out, 'summary.json'), 'utf8')) as RunResult;
}

/** The findings of a run, one object a line. */
export function findingsOf(out: string): { kind: string; fleet: string; slot: number }[] {
  const file = join(out, 'findings.ndjson');
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { kind: string; fleet: string; slot: number });
}
