import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { IotloadError } from '../core/errors.ts';

/**
 * Reads a file of `NAME=value` lines, quotes and comments as usual, into an environment. What is set already stays, so that a shell or CI
 * can override the file; several files add up, the first one that sets a name counts.
 * @throws IotloadError `file-unreadable`
 */
export function readEnvFile(path: string, env: Record<string, string | undefined>): void {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new IotloadError('file-unreadable', `the file of variables cannot be read (${code})`, {
      where: '--env-file',
      value: path,
      hint: 'it holds lines such as MQTT_PASSWORD=…',
      cause: error,
    });
  }
  for (const [name, value] of Object.entries(parseEnv(text))) env[name] ??= value;
}
