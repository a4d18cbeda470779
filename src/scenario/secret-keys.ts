import type { ScenarioPath } from './diagnostic.ts';

/** Keys of a target's block whose values are secrets, wherever they stand in it; the plan calls them the same. */
export const secretKeys: readonly string[] = ['password', 'secret', 'token'];

/** Whether the value at `path` is a secret: references in it stay references in the plan. */
export function isSecret(path: ScenarioPath): boolean {
  const key = path.at(-1);
  return path[0] === 'target' && typeof key === 'string' && secretKeys.includes(key);
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
