import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { IotloadError } from '../core/errors.ts';
import { runFiles } from './run-directory.ts';

/** Who works on a run's directory. */
interface Owner {
  pid: number;
  host: string;
  /** Since when, in the system's own words: a number is given to another process one day. null where the system does not tell. */
  since: string | null;
}

/**
 * Makes this process the one that works on a run's directory; two would write into one record. Returns what gives it up again. A process
 * that died leaves its claim behind, and so does one on another machine, whose life cannot be told from here.
 *
 * @throws IotloadError `bad-arguments` while another process of this machine works there
 */
export function claimRun(dir: string): () => void {
  const path = join(dir, runFiles.owner);
  const owner = readOwner(path);
  if (owner !== null && owner.host === hostname() && owner.pid !== process.pid && isAlive(owner)) {
    throw new IotloadError('bad-arguments', `process ${owner.pid} is still working on the run there`, {
      where: '--resume',
      value: dir,
      hint: `end it first; if it is no iotload, remove ${runFiles.owner} from the directory`,
    });
  }
  const self: Owner = { pid: process.pid, host: hostname(), since: statusOf(process.pid)?.since ?? null };
  writeFileSync(path, JSON.stringify(self), { mode: 0o600 });
  return () => rmSync(path, { force: true });
}

/** Whether another process of this machine still works on the run of a directory. */
export function isWorkedOn(dir: string): boolean {
  const owner = readOwner(join(dir, runFiles.owner));
  return owner !== null && owner.host === hostname() && owner.pid !== process.pid && isAlive(owner);
}

function readOwner(path: string): Owner | null {
  try {
    const owner = JSON.parse(readFileSync(path, 'utf8')) as Partial<Owner> | null;
    return typeof owner?.pid === 'number' && typeof owner.host === 'string' ? (owner as Owner) : null;
  } catch {
    // None, or half of one: whoever wrote it did not live to work.
    return null;
  }
}

function isAlive({ pid, since }: Owner): boolean {
  const status = statusOf(pid);
  if (status !== null) return !status.ended && (since === null || status.since === since);
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** What Linux says of a process; null where there is none, or another system. */
function statusOf(pid: number): { ended: boolean; since: string } | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the program's name in brackets, which may hold anything; state is the third, start time the 22nd.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { ended: fields[0] === 'Z' || fields[0] === 'X', since: fields[19] as string };
  } catch {
    return null;
  }
}
