import { closestName } from '../core/closest-name.ts';
import type { ScenarioPath } from './diagnostic.ts';

/** Keys of a target's block whose values are secrets, wherever they stand in it; the plan calls them the same. */
export const secretKeys: readonly string[] = ['password', 'secret', 'token'];

/**
 * Whether the value at `path` is a secret: references in it stay references in the plan, and no message shows it. A plain value in the
 * place of the whole `auth` block can only be one.
 */
export function isSecret(path: ScenarioPath): boolean {
  const key = path.at(-1);
  if ((path[0] !== 'target' && path[0] !== 'targets') || typeof key !== 'string') return false;
  // `target.auth`, or `targets.NAME.auth`.
  const depth = path[0] === 'target' ? 2 : 3;
  return secretKeys.includes(key) || (key === 'auth' && path.length === depth);
}

/** A word that a colon follows. Whole words of bounded length only: else an endless line would be searched from each of its characters. */
const keys = /(?<![\w-])([\w-]{1,64})["']?\s*:\s*/g;
const value = /"(?:[^"\\]|\\.)*"?|'[^']*'?|\$\{[^}\n]*\}|[^\s,}#][^,}\n]*/y;
const userInfo = /(?<=\/\/)[^/\s@]+(?=@)/g;

/** A line of a scenario with secrets that stand literally in it struck out; its length stays, references stay. */
export function maskSecrets(line: string): string {
  const pieces: string[] = [];
  const known = new Map<string, boolean>();
  let end = 0;
  for (const { 0: before, 1: key = '', index } of line.matchAll(keys)) {
    // What looks like a key within a secret is part of it.
    if (index < end) continue;
    const means = known.get(key) ?? meansSecret(key);
    known.set(key, means);
    const from = index + before.length;
    if (!means && (key !== 'auth' || /^(\{|null\b)/.test(line.slice(from, from + 5)))) continue;
    value.lastIndex = from;
    const [secret = ''] = value.exec(line) ?? [];
    pieces.push(line.slice(end, from), struck(secret));
    end = from + secret.length;
  }
  pieces.push(line.slice(end));
  return pieces.join('').replace(userInfo, struck);
}

/** Whether somebody who wrote this key meant a secret by it, though we may know no such key. */
function meansSecret(key: string): boolean {
  return /pass|secret|token|credential/i.test(key) || closestName(key, ['password', 'secret']) !== undefined;
}

function struck(secret: string): string {
  return /^["']?\$\{[^}]*\}["']?\s*$/.test(secret) ? secret : secret.replace(/[^"'\s]/g, '*');
}
