import { closeSync, existsSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { IotloadError } from '../core/errors.ts';
import { MAX_SCENARIO_BYTES } from '../scenario/size-limit.ts';

/** The folder of the scenarios that ship with iotload. */
const shippedFolder = fileURLToPath(new URL('../../scenarios/', import.meta.url));

/** Names of the shipped scenarios, sorted; each runs without a path: `iotload run quickstart`. */
export function shippedScenarios(): string[] {
  return readdirSync(shippedFolder)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => basename(name, '.yaml'))
    .sort();
}

/** Text, display name and folder of a scenario given as a path or as the name of a shipped one. */
export function findScenario(argument: string): { file: string; text: string; folder: string } {
  const shipped = `${shippedFolder}${argument}.yaml`;
  const named = /^[\w-]+$/.test(argument) && existsSync(shipped);
  const file = named && !isFile(argument) ? shipped : argument;
  try {
    const name = file === shipped ? `scenarios/${argument}.yaml` : argument;
    return { file: name, text: readBounded(file), folder: dirname(file) };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new IotloadError('file-unreadable', `the scenario cannot be read (${code})`, {
      where: 'SCENARIO',
      value: argument,
      hint: `give the path of a YAML file, or one of the shipped scenarios: ${shippedScenarios().join(', ')}`,
      cause: error,
    });
  }
}

/** Whether there is something to read: not a folder, such as the results of a run may be in. */
function isFile(path: string): boolean {
  return existsSync(path) && !statSync(path).isDirectory();
}

/** The text of a file, or so much of one that is too large that whoever checks it will say so: no file fills the memory. */
function readBounded(file: string): string {
  const bytes = Buffer.alloc(MAX_SCENARIO_BYTES + 1);
  const descriptor = openSync(file, 'r');
  try {
    let length = 0;
    for (;;) {
      const read = readSync(descriptor, bytes, length, bytes.length - length, null);
      length += read;
      if (read === 0 || length === bytes.length) return bytes.toString('utf8', 0, length);
    }
  } finally {
    closeSync(descriptor);
  }
}
