import { IotloadError } from './errors.ts';

const reference = /\$\{([A-Za-z_][A-Za-z0-9_]*)(?::([-?])([^}]*))?\}/g;

/**
 * Replaces `${NAME}`, `${NAME:-default}` and `${NAME:?reason}` by the environment's values, once: a value that looks like a reference
 * stays as it is. A missing variable is an error that names the variable and never shows a value.
 */
export function revealSecrets(text: string, env: Readonly<Record<string, string | undefined>>): string {
  return text.replace(reference, (whole, name: string, operator: string | undefined, rest: string | undefined) => {
    const value = env[name];
    if (value !== undefined && (value !== '' || operator === undefined)) return value;
    if (operator === '-') return rest ?? '';
    throw new IotloadError('bad-scenario', `the environment variable ${name} is not set`, {
      where: whole,
      hint: operator === '?' && rest ? rest : `export ${name} before the run`,
    });
  });
}
