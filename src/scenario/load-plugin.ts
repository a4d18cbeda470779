import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { codecs } from '../codecs/registry.ts';
import { IotloadError } from '../core/errors.ts';
import { models } from '../models/registry.ts';
import { targets } from '../targets/registry.ts';
import { definitionProblem, type PluginKind, pluginKinds } from './plugin-definitions.ts';
import { pluginKit } from './plugin-kit.ts';

/** A plugin as a plan names it: every thread and process that uses the plan loads it and checks that it is the same. */
export interface PluginPlan {
  /** Absolute path of the module. */
  file: string;
  /** SHA-256 of its text, in hexadecimal digits. */
  sha256: string;
}

interface Named {
  name: string;
}

/** Report formats that plugins brought; `report/registry.ts` offers them. */
export const pluginReports: Record<string, Named> = {};

const registries: Readonly<Record<PluginKind, Record<string, Named>>> = {
  models: models as Record<string, Named>,
  codecs: codecs as Record<string, Named>,
  targets: targets as Record<string, Named>,
  reports: pluginReports,
};

/** What this process has loaded, by file. */
const loaded = new Map<string, { sha256: string; names: [PluginKind, string][] }>();

/**
 * Loads a module and adds its definitions to the registries of this process; once. `sha256` is what the plan says of it, null to take what
 * there is.
 *
 * @throws IotloadError `file-unreadable`, or `bad-scenario` for a module that throws, has changed, brings nothing, the wrong thing, or a name
 * that is taken.
 */
export async function loadPlugin(file: string, sha256: string | null): Promise<PluginPlan> {
  const digest = digestOf(file);
  if (sha256 !== null && digest !== sha256) {
    throw new IotloadError('bad-scenario', 'the plugin has changed since the plan was made', {
      where: file,
      hint: 'put it back as it was, or start a new run',
    });
  }
  const before = loaded.get(file);
  if (before?.sha256 === digest) return { file, sha256: digest };
  const definitions = definitionsOf(await importModule(file, digest), file);
  for (const [kind, name] of before?.names ?? []) delete registries[kind][name];
  for (const [kind, { name }] of definitions) {
    if (!Object.hasOwn(registries[kind], name)) continue;
    throw refused(file, `there is a ${kind.slice(0, -1)} "${name}" already`, 'give it another name');
  }
  for (const [kind, definition] of definitions) registries[kind][definition.name] = definition;
  loaded.set(file, { sha256: digest, names: definitions.map(([kind, { name }]) => [kind, name]) });
  return { file, sha256: digest };
}

function digestOf(file: string): string {
  try {
    return createHash('sha256').update(readFileSync(file)).digest('hex');
  } catch (cause) {
    throw new IotloadError('file-unreadable', 'the plugin cannot be read', { where: file, cause });
  }
}

/** The digest makes another module of a file that has changed. */
async function importModule(file: string, digest: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    const module = (await import(/* @vite-ignore */ `${pathToFileURL(file).href}?sha256=${digest}`)) as Record<
      string,
      unknown
    >;
    const main = module['default'];
    const made: unknown = typeof main === 'function' ? await main(pluginKit) : main;
    return { ...(made as object | undefined), ...module };
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new IotloadError('bad-scenario', `the plugin cannot be loaded: ${message}`, { where: file, cause });
  }
}

function definitionsOf(module: Readonly<Record<string, unknown>>, file: string): [PluginKind, Named][] {
  const found: [PluginKind, Named][] = [];
  for (const kind of pluginKinds) {
    const exported = module[kind];
    if (exported === undefined) continue;
    if (typeof exported !== 'object' || exported === null)
      throw refused(file, `${kind} is no list of definitions`, null);
    for (const definition of Object.values(exported) as unknown[]) {
      const problem = definitionProblem(kind, definition);
      if (problem !== null) throw refused(file, problem, null);
      found.push([kind, completed(kind, definition as Named)]);
    }
  }
  const names = found.map(([kind, { name }]) => `${kind} ${name}`);
  const twice = found.find((_, i) => names.indexOf(names[i] as string) !== i);
  if (twice !== undefined) throw refused(file, `it brings "${twice[1].name}" twice`, null);
  if (found.length === 0)
    throw refused(
      file,
      'it brings nothing',
      `export ${pluginKinds.join(', ')}, or a default function that returns them`,
    );
  return found;
}

/** A target that does not say what options it has takes any. */
function completed(kind: PluginKind, definition: Named): Named {
  if (kind !== 'targets' || 'options' in definition) return definition;
  const options = async (): Promise<{ optionsSchema: unknown }> => {
    const { z } = await import('zod');
    return { optionsSchema: z.looseObject({}) };
  };
  return Object.assign(Object.create(definition), { name: definition.name, options });
}

function refused(file: string, message: string, hint: string | null): IotloadError {
  return new IotloadError('bad-scenario', `the plugin cannot be used: ${message}`, {
    where: file,
    ...(hint === null ? {} : { hint }),
  });
}
