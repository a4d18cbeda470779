import { posix } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { codecs } from '../src/codecs/registry.ts';
import { models } from '../src/models/registry.ts';
import { reportFormats } from '../src/report/registry.ts';
import { formats } from '../src/targets/file/formats/registry.ts';
import { targets } from '../src/targets/registry.ts';
import { forEachNode, type Import, parseSource, type SourceFile, sourceFiles } from './source-files.ts';

/** From the bottom to the top; folders on one layer do not know each other. */
const layers: readonly (readonly string[])[] = [
  ['core'],
  ['wire'],
  ['schedule', 'models', 'codecs', 'metrics'],
  ['targets', 'brokers'],
  ['scenario'],
  ['plan'],
  ['events'],
  ['engine', 'verify', 'answers'],
  ['runner'],
  ['report', 'dashboard'],
  ['capacity', 'cluster', 'selftest'],
  ['index.ts'],
  ['cli'],
];

/** Folders in which each subfolder is a protocol of its own. */
const protocolFolders = ['targets', 'brokers'];

const sources = sourceFiles('src');
const byPath = new Map(sources.map((file) => [file.path, file]));

/** The folder of src, or the file directly in it, to which a path belongs. */
function unitOf(path: string): string {
  return path.split('/')[1] as string;
}

function layerOf(path: string): number {
  return layers.findIndex((layer) => layer.includes(unitOf(path)));
}

function importProblem(from: string, to: string): string | null {
  const [fromLayer, toLayer] = [layerOf(from), layerOf(to)];
  if (unitOf(from) !== unitOf(to)) {
    if (toLayer < fromLayer) return null;
    return `${from} imports ${to}: ${toLayer === fromLayer ? 'sideways' : 'upwards'}`;
  }
  if (!protocolFolders.includes(unitOf(from))) return null;
  const [fromProtocol, toProtocol] = [from.split('/').slice(2, -1)[0], to.split('/').slice(2, -1)[0]];
  const apart = fromProtocol !== undefined && toProtocol !== undefined && fromProtocol !== toProtocol;
  return apart ? `${from} imports ${to}: another protocol` : null;
}

function importProblems(files: readonly SourceFile[]): string[] {
  return files.flatMap((source) =>
    source.imports
      .filter(({ file }) => file?.startsWith('src/'))
      .map(({ file }) => importProblem(source.path, file as string))
      .filter((problem) => problem !== null),
  );
}

/** Packages that load with a file, each with the chain of files that brings it in. */
function eagerPackages(entry: string): Map<string, string> {
  const found = new Map<string, string>();
  const chains = new Map([[entry, entry]]);
  for (const [path, chain] of chains) {
    const source = byPath.get(path);
    if (source === undefined) throw new Error(`${path} does not exist`);
    for (const { specifier, file, eager } of source.imports) {
      if (!eager) continue;
      if (file !== null) {
        if (!chains.has(file)) chains.set(file, `${chain} > ${file}`);
      } else if (!specifier.startsWith('node:')) found.set(specifier, chain);
    }
  }
  return found;
}

/** Time, timers and randomness, which only src/core may touch. */
function impureUses(source: SourceFile): string[] {
  const uses: string[] = [];
  const sourcesOfTime = ['node:timers', 'node:timers/promises', 'timers', 'timers/promises', 'node:perf_hooks'];
  for (const { specifier } of source.imports) if (sourcesOfTime.includes(specifier)) uses.push(specifier);
  forEachNode(source.tree, (node) => {
    if (ts.isPropertyAccessExpression(node)) {
      const text = node.getText();
      if (
        /^(Date\.now|Math\.random|performance\.now|performance\.timeOrigin|process\.hrtime|crypto\..*random.*)$/i.test(
          text,
        )
      )
        uses.push(text);
    } else if (ts.isNewExpression(node) && node.expression.getText() === 'Date' && !node.arguments?.length) {
      uses.push('new Date()');
    } else if (ts.isIdentifier(node) && !isName(node)) {
      if (/^(setTimeout|setInterval|setImmediate|queueMicrotask|randomBytes|randomInt|randomUUID)$/.test(node.text))
        uses.push(node.text);
    }
  });
  return uses.map((use) => `${source.path}: ${use}`);
}

/** The right side of `a.b`: a method that happens to have that name. */
function isName(node: ts.Identifier): boolean {
  return ts.isPropertyAccessExpression(node.parent) && node.parent.name === node;
}

/** IEEE 754 fixes the results of these; those of sin, exp, log and pow differ between engines. */
const exactMath = new Set('abs ceil clz32 floor fround imul max min round sign sqrt trunc PI'.split(' '));

function inexactUses(source: SourceFile): string[] {
  const uses: string[] = [];
  forEachNode(source.tree, (node) => {
    if (ts.isPropertyAccessExpression(node) && node.expression.getText() === 'Math' && !exactMath.has(node.name.text)) {
      uses.push(`${source.path}: ${node.getText()}`);
    }
    if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.AsteriskAsteriskToken) {
      uses.push(`${source.path}: ${node.getText()}`);
    }
  });
  return uses;
}

/** Files of a folder that export a constant of the given type: what its registry has to name. */
function membersOf(folder: string, type: string): string[] {
  return sources
    .filter(({ path, tree }) => path.startsWith(`src/${folder}/`) && exportsConstant(tree, type))
    .map(({ path }) => path);
}

function exportsConstant(tree: ts.SourceFile, type: string): boolean {
  return tree.statements.some(
    (statement) =>
      ts.isVariableStatement(statement) &&
      statement.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) &&
      statement.declarationList.declarations.some((declaration) => declaration.type?.getText() === type),
  );
}

describe('layers', () => {
  it('puts every folder of src into one', () => {
    expect(sources.map(({ path }) => path).filter((path) => layerOf(path) === -1)).toEqual([]);
  });

  it('lets imports go down only', () => {
    expect(importProblems(sources)).toEqual([]);
  });

  it('would notice an import upwards, sideways, of another protocol, of a type, or on demand', () => {
    const planted = (path: string, text: string): string[] => importProblems([parseSource(path, text)]);
    expect(planted('src/core/a.ts', "import { b } from '../wire/b.ts';")).toHaveLength(1);
    expect(planted('src/models/a.ts', "import type { B } from '../codecs/b.ts';")).toHaveLength(1);
    expect(planted('src/models/a.ts', "const b = await import('../plan/b.ts');")).toHaveLength(1);
    expect(planted('src/models/a.ts', "export * from '../plan/b.ts';")).toHaveLength(1);
    expect(planted('src/models/a.ts', "let b: import('../plan/b.ts').B;")).toHaveLength(1);
    expect(planted('src/targets/file/a.ts', "import { b } from '../mqtt/b.ts';")).toHaveLength(1);
    expect(planted('src/targets/file/a.ts', "import type { B } from '../target.ts';")).toEqual([]);
    expect(planted('src/runner/a.ts', "import { b } from '../engine/b.ts';")).toEqual([]);
  });

  it('leaves packages where they belong: no file of src imports one of the tests', () => {
    const isTestOnly = ({ specifier, file }: Import): boolean =>
      /^(vitest|fast-check|tsx|typescript|mqtt-packet)$/.test(specifier) || (file !== null && !file.startsWith('src/'));
    const problems = sources.flatMap(({ path, imports }) =>
      imports.filter(isTestOnly).map((one) => [path, one.specifier]),
    );
    expect(problems).toEqual([]);
  });
});

describe('weight', () => {
  it.each(['src/engine/worker.ts', 'src/verify/process.ts'])('%s loads no package before it is needed', (entry) => {
    expect([...eagerPackages(entry)]).toEqual([]);
  });

  it('would notice one, however deep', () => {
    expect([...eagerPackages('src/scenario/load-scenario.ts').keys()]).toContain('zod');
  });
});

describe('determinism', () => {
  it('keeps clocks, timers and randomness in core', () => {
    expect(sources.filter(({ path }) => unitOf(path) !== 'core').flatMap(impureUses)).toEqual([]);
  });

  it('would notice them', () => {
    const text = 'Date.now(); new Date(); f(setTimeout); Math.random(); clock.setTimeout(); new Date(5);';
    expect(impureUses(parseSource('src/models/a.ts', text))).toHaveLength(4);
  });

  it('decides no byte by arithmetic that engines do differently', () => {
    const deciding = ['schedule', 'models', 'codecs', 'events', 'wire'];
    expect(sources.filter(({ path }) => deciding.includes(unitOf(path))).flatMap(inexactUses)).toEqual([]);
  });
});

describe('registries', () => {
  it.each([
    ['models', 'DeviceModel', models],
    ['codecs', 'Codec', codecs],
    ['report', 'ReportFormat', reportFormats],
    ['targets/file/formats', 'FileFormat', formats],
  ] as const)('%s: every %s is registered by its file name, and sorted', (folder, type, registry) => {
    const names = Object.keys(registry);
    // One that is more than a file has a folder of its name.
    const paths = membersOf(folder, type).map((path) => path.replace(/\/([^/]+)\/\1\.ts$/, '/$1.ts'));
    expect(paths).toEqual(names.map((name) => `src/${folder}/${name}.ts`));
    expect(names).toEqual([...names].sort());
    for (const [name, entry] of Object.entries(registry)) expect(entry.name).toBe(name);
  });

  it('targets: every folder is registered by its name, and sorted', () => {
    const folders = sources
      .filter(({ path }) => /^src\/targets\/[^/]+\/index\.ts$/.test(path))
      .map(({ path }) => path.split('/')[2]);
    expect(Object.keys(targets)).toEqual(folders);
    for (const [name, target] of Object.entries(targets)) expect(target.name).toBe(name);
  });
});

describe('files', () => {
  const everywhere = [...sources, ...sourceFiles('test'), ...sourceFiles('bench')];

  it('stay within 400 lines', () => {
    expect(everywhere.filter(({ lines }) => lines > 400).map(({ path, lines }) => `${path}: ${lines}`)).toEqual([]);
  });

  it('have names in kebab-case that say something', () => {
    const words = /(^|[/.-])(utils?|helpers?|common|managers?|misc)([/.-]|$)/;
    const names = everywhere.map(({ path }) => path);
    expect(names.filter((path) => words.test(path) || !/^[a-z0-9./-]+$/.test(path))).toEqual([]);
  });

  it('of the tests lie in folders that mirror those of src', () => {
    const free = /^test\/(contracts|e2e|fixtures|live|simulation)\//;
    const folders = new Set(sources.map(({ path }) => posix.dirname(path).replace(/^src/, 'test')));
    const strays = sourceFiles('test')
      .map(({ path }) => path)
      .filter((path) => path.endsWith('.test.ts') && !free.test(path) && !folders.has(posix.dirname(path)));
    expect(strays.filter((path) => posix.dirname(path) !== 'test')).toEqual([]);
  });
});
