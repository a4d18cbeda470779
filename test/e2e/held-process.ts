import { readdirSync, readFileSync } from 'node:fs';
import { sleep, systemClock } from '../../src/core/clock.ts';

/** A fifth of a processor: this long it runs, and this long it is stopped. */
const RUN_MS = 100;
const STOP_MS = 400;

/** Process ids of the children of a process whose command line has this in it. Linux only. */
export function childrenOf(pid: number, command: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((child) => {
      try {
        const stat = readFileSync(`/proc/${child}/stat`, 'utf8');
        // The name before the parent's id may hold anything, but no other closing parenthesis follows it.
        const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
        return parent === pid && readFileSync(`/proc/${child}/cmdline`, 'utf8').includes(command);
      } catch {
        // It ended while we looked.
        return false;
      }
    });
}

/** Stops and continues a process in turn until the returned function is called; then it runs again, if it is still there. */
export function holdBack(pid: number): () => Promise<void> {
  const clock = systemClock();
  let released = false;
  const signal = (name: 'SIGSTOP' | 'SIGCONT'): void => {
    try {
      process.kill(pid, name);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
      released = true;
    }
  };
  const turns = (async () => {
    while (!released) {
      signal('SIGSTOP');
      await sleep(clock, STOP_MS);
      signal('SIGCONT');
      if (!released) await sleep(clock, RUN_MS);
    }
  })();
  return async () => {
    released = true;
    await turns;
  };
}
