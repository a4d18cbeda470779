import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** An import, export-from, `import()` or type import of a file. */
export interface Import {
  /** As written: `../core/clock.ts`, `node:fs`, `zod`. */
  specifier: string;
  /** The file it names, from the repository root; null for a package. */
  file: string | null;
  /** Loads when the importing file loads: neither `import()` nor a type alone. */
  eager: boolean;
}

export interface SourceFile {
  /** From the repository root, with `/`. */
  path: string;
  text: string;
  lines: number;
  tree: ts.SourceFile;
  imports: Import[];
}

/** Every TypeScript file below a folder of the repository, parsed. */
export function sourceFiles(folder: string): SourceFile[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => read(relative(root, join(entry.parentPath, entry.name)).split(sep).join('/')))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

function read(path: string): SourceFile {
  return parseSource(path, readFileSync(join(root, path), 'utf8'));
}

/** A file from its text, as the checks see it. */
export function parseSource(path: string, text: string): SourceFile {
  const tree = ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true);
  return { path, text, lines: text.split('\n').length - 1, tree, imports: importsOf(tree, path) };
}

function importsOf(tree: ts.SourceFile, path: string): Import[] {
  const imports: Import[] = [];
  const add = (specifier: ts.Node | undefined, eager: boolean): void => {
    if (specifier === undefined || !ts.isStringLiteralLike(specifier)) return;
    const { text } = specifier;
    imports.push({ specifier: text, file: text.startsWith('.') ? posix.join(posix.dirname(path), text) : null, eager });
  };
  forEachNode(tree, (node) => {
    // `import { type A }` stays as an import of nothing in the emitted file, so only `import type` costs nothing.
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, node.importClause?.phaseModifier !== TYPE);
    else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, !node.isTypeOnly);
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node.argument.literal, false);
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      add(node.arguments[0], false);
    }
  });
  return imports;
}

const TYPE = ts.SyntaxKind.TypeKeyword;

export function forEachNode(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node);
  ts.forEachChild(node, (child) => forEachNode(child, visit));
}
