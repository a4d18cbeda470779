import { readdirSync, readFileSync } from 'node:fs';

/** Process ids of the children of a process, those that have ended left out. */
export function childrenOf(pid: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((child) => {
      const fields = statusOf(child);
      return fields !== null && fields[1] === `${pid}` && fields[0] !== 'Z';
    });
}

/** The verifier among the children of a run; null while there is none. */
export function verifierOf(pid: number): number | null {
  return childrenOf(pid).find((child) => commandOf(child).includes('verify/process')) ?? null;
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

/** State, parent and all that follows the name in the process's status; null where there is none. */
function statusOf(pid: number): string[] | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return null;
  }
}
