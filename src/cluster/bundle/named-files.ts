import { readFileSync } from 'node:fs';
import { dirname, isAbsolute, resolve } from 'node:path';
import { parse } from 'csv-parse/sync';
import { IotloadError } from '../../core/errors.ts';
import { type MapTree, scalarsOf } from '../../scenario/tree.ts';

/** A file that a scenario reads besides itself. */
export interface NamedFile {
  /** Absolute path. */
  file: string;
  /** It holds credentials: whoever may read the scenario may not read it. */
  secret: boolean;
}

/**
 * Every file that a scenario names, and those that these name in turn: imports of plugins and of protobuf schemas, certificates of devices.
 * What a plugin's own code opens, nobody can know. `tree` is the scenario with its flags and variables filled in.
 *
 * @throws IotloadError `bad-scenario` for an absolute path, which is another one elsewhere; `file-unreadable`
 */
export function namedFiles(tree: MapTree, folder: string): NamedFile[] {
  const found = new Map<string, NamedFile>();
  const add = (from: string, name: string, kind: Kind, where: string): void => {
    if (isAbsolute(name)) {
      throw new IotloadError('bad-scenario', 'an absolute path leads elsewhere on another machine', {
        where,
        value: name,
        hint: 'write it from the folder of the file that names it',
      });
    }
    const file = resolve(from, name);
    const secret = kind === 'devices' || kind === 'key';
    const known = found.get(file);
    if (known !== undefined) {
      // What is a secret in one place is one in every place.
      known.secret ||= secret;
      return;
    }
    const text = readText(file, where);
    found.set(file, { file, secret: secret || text.includes('PRIVATE KEY-----') });
    for (const [further, its] of namedIn(kind, text)) add(dirname(file), further, its, file);
  };
  for (const { node, path } of scalarsOf(tree)) {
    const where = path.join('.');
    const kind = kinds.find(([, pattern]) => pattern.test(where))?.[0];
    if (kind === undefined || typeof node.value !== 'string') continue;
    add(folder, kind === 'schema' ? node.value.replace(/#[^#]*$/, '') : node.value, kind, where);
  }
  return [...found.values()];
}

type Kind = 'plugin' | 'schema' | 'recording' | 'certificate' | 'key' | 'devices';

/** What the value at a place in a scenario names. Names of fleets and targets have no dots. */
const kinds: readonly (readonly [Kind, RegExp])[] = [
  ['plugin', /^plugins\.\d+$/],
  ['schema', /^fleets\.[^.]+\.payload\.schema$/],
  ['recording', /^fleets\.[^.]+\.params\.file$/],
  ['certificate', /^target(s\.[^.]+)?\.tls\.(ca|cert)$/],
  ['key', /^target(s\.[^.]+)?\.tls\.key$/],
  ['devices', /^target(s\.[^.]+)?\.auth\.devices$/],
];

/** What a file names in turn. */
function namedIn(kind: Kind, text: string): [string, Kind][] {
  if (kind === 'plugin')
    return matches(text, /(?:\bfrom|\bimport)\s*\(?\s*["'](\.{1,2}\/[^"'\n]+)["']/g).map((name) => [name, kind]);
  if (kind === 'schema')
    return matches(text, /^\s*import\s+(?:public\s+|weak\s+)?["']([^"'\n]+)["']/gm)
      .filter((name) => !name.startsWith('google/protobuf/'))
      .map((name) => [name, kind]);
  return kind === 'devices' ? certificatesIn(text) : [];
}

function matches(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map(([, name]) => name as string);
}

/** Of each device that has a certificate of its own. */
function certificatesIn(text: string): [string, Kind][] {
  const rows: Record<string, string>[] = parse(text, { bom: true, columns: true, trim: true, skip_empty_lines: true });
  return rows.flatMap(({ cert = '', key = '' }): [string, Kind][] =>
    cert === ''
      ? []
      : [
          [cert, 'certificate'],
          [key, 'key'],
        ],
  );
}

function readText(file: string, where: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new IotloadError('file-unreadable', `a file that the scenario names cannot be read (${code})`, {
      where,
      value: file,
      cause,
    });
  }
}
