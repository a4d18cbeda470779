import { readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { IotloadError } from '../../core/errors.ts';
import { formatBytes } from '../../core/units.ts';
import type { ScenarioPath } from '../../scenario/diagnostic.ts';
import { applyOverride, parseSet } from '../../scenario/overrides.ts';
import { literalSecrets, resolveReferences, type Variable, variablesOf } from '../../scenario/references.ts';
import { standaloneTree, treeText } from '../../scenario/standalone.ts';
import { type MapTree, nodeAt } from '../../scenario/tree.ts';
import { namedFiles } from './named-files.ts';

/** A scenario and what it reads, to be put somewhere else as it is. */
export interface ScenarioBundle {
  /** Path of the scenario below the folder that all files have in common, with `/`. */
  scenario: string;
  /** The scenario itself. */
  text: string;
  /** The files that it reads; paths as that of the scenario. */
  files: BundledFile[];
  /** What it reads of the environment. */
  variables: Variable[];
}

export interface BundledFile {
  path: string;
  bytes: Uint8Array;
  /** It holds credentials. */
  secret: boolean;
  /** Where it lies here, as the user would name it. */
  source: string;
}

/** What is to be bundled: a scenario that is right, with its flags. */
export interface BundleRequest {
  text: string;
  /** As the user gave it: its last part is the scenario's name in the bundle. */
  file: string;
  folder: string;
  environment: string | null;
  /** `path=value` each. */
  set: readonly string[];
  env: Readonly<Record<string, string | undefined>>;
}

/** What Kubernetes takes in one ConfigMap or Secret, with some room for the rest of it. */
const MOST_BUNDLED_BYTES = 1_000_000;

/**
 * Puts a scenario and all files that it names together. Its environment is laid over it; flags stay flags, because a run treats
 * them otherwise than what stands in a file.
 *
 * @throws IotloadError `bad-scenario` for secrets that stand in it literally, absolute paths, and files that are too large
 */
export function bundleScenario(request: BundleRequest): ScenarioBundle {
  const { text, environment } = request;
  const tree = standaloneTree(text, environment);
  const flagged = withFlags(standaloneTree(text, environment), request.set);
  refuseLiteralSecrets(tree, flagged);
  const variables = variablesRead(flagged, request.env);
  resolveReferences(flagged, request.env);
  const folder = resolve(request.folder);
  const named = namedFiles(flagged, folder);
  refuseLarge(named.map(({ file }) => file));
  const root = commonFolder([folder, ...named.map(({ file }) => dirname(file))]);
  const below = (path: string): string => relative(root, path).split(sep).join('/');
  return {
    scenario: below(join(folder, basename(request.file))),
    text: treeText(tree),
    files: named.map(({ file, secret }) => ({
      path: below(file),
      bytes: readFileSync(file),
      secret,
      source: relative(process.cwd(), file),
    })),
    variables,
  };
}

/**
 * The variables that a scenario with its flags reads, for whoever runs the file itself elsewhere.
 *
 * @throws IotloadError `bad-scenario` for a secret in a flag, which would stand in what is printed
 */
export function flaggedVariables({
  text,
  environment,
  set,
  env,
}: Pick<BundleRequest, 'text' | 'environment' | 'set' | 'env'>): Variable[] {
  const flagged = withFlags(standaloneTree(text, environment), set);
  const [path] = literalSecrets(flagged).filter((secret) => nodeAt(flagged, secret)?.place.flag !== null);
  if (path !== undefined) throw literalSecret(path);
  return variablesRead(flagged, env);
}

/** A variable whose default was taken here may stay away; one that was set has to be there again, or the plan is another one. */
function variablesRead(tree: MapTree, env: BundleRequest['env']): Variable[] {
  return variablesOf(tree).map(({ name, optional }) => ({ name, optional: optional && (env[name] ?? '') === '' }));
}

function withFlags(tree: MapTree, set: readonly string[]): MapTree {
  for (const argument of set) {
    const override = parseSet(argument);
    if (override !== null) applyOverride(tree, override);
  }
  return tree;
}

/** A flag may hide what stands in the file, which is put away nevertheless. */
function refuseLiteralSecrets(file: MapTree, flagged: MapTree): void {
  const [path] = [...literalSecrets(file), ...literalSecrets(flagged)];
  if (path !== undefined) throw literalSecret(path);
}

function literalSecret(path: ScenarioPath): IotloadError {
  return new IotloadError('bad-scenario', 'a secret stands there literally, and what is printed here would hold it', {
    where: path.join('.'),
    hint: 'write "${NAME}" and export NAME',
  });
}

function refuseLarge(files: readonly string[]): void {
  let bytes = 0;
  for (const file of files) {
    bytes += statSync(file).size;
    if (bytes <= MOST_BUNDLED_BYTES) continue;
    const most = formatBytes(MOST_BUNDLED_BYTES);
    throw new IotloadError('bad-scenario', `with ${basename(file)} the files of the scenario are more than ${most}`, {
      value: file,
      hint: 'a ConfigMap holds no more: build an image that has them, or name a smaller file',
    });
  }
}

/** The deepest folder that is above all of these. */
function commonFolder(folders: readonly string[]): string {
  return folders.reduce((common, folder) => {
    while (relative(common, folder).split(sep)[0] === '..') common = dirname(common);
    return common;
  });
}
