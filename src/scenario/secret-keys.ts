import type { ScenarioPath } from './diagnostic.ts';

/** Keys of a target's block whose values are secrets, wherever they stand in it; the plan calls them the same. */
export const secretKeys: readonly string[] = ['password', 'secret', 'token'];

/**
 * Whether the value at `path` is a secret: references in it stay references in the plan, and no message shows it. A plain value in the
 * place of the whole `auth` block can only be one.
 */
export function isSecret(path: ScenarioPath): boolean {
  const key = path.at(-1);
  if (path[0] !== 'target' || typeof key !== 'string') return false;
  return secretKeys.includes(key) || (key === 'auth' && path.length === 2);
}

const keyed = new RegExp(
  String.raw`(\b(?:${secretKeys.join('|')})["']?\s*:\s*)("(?:[^"\\]|\\.)*"?|'[^']*'?|\$\{[^}\n]*\}|[^\s,}#][^,}\n]*)`,
  'g',
);
const userInfo = /(\/\/)([^/\s@]+)(?=@)/g;

/** A line of a scenario with secrets that stand literally in it struck out; its length stays, references stay. */
export function maskSecrets(line: string): string {
  const strike = (_: string, before: string, secret: string): string =>
    before + (/^["']?\$\{[^}]*\}["']?\s*$/.test(secret) ? secret : secret.replace(/[^"'\s]/g, '*'));
  return line.replace(keyed, strike).replace(userInfo, strike);
}
