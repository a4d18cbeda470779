import { Composer, CST, type Document, isAlias, isMap, isScalar, isSeq, Lexer, type Node, Parser } from 'yaml';
import type { Diagnostic, ScenarioPath } from './diagnostic.ts';
import { MAX_SCENARIO_BYTES } from './size-limit.ts';
import { diagnosticAt, type Place, type Tree } from './tree.ts';

/** Most lexemes, of which a short entry has about seven: more than any scenario has, few enough to be read in a moment. */
const MAX_LEXEMES = 20_000;
const ENOUGH_TO_SEE_NESTING = 2_000;
/** What the lexer says about the text, without standing in it. */
const marks: ReadonlySet<string> = new Set([CST.DOCUMENT, CST.FLOW_END, CST.SCALAR]);
/** Deepest nesting. */
const MAX_DEPTH = 64;

export interface ReadYaml {
  /** undefined for an empty document, or one that cannot be read at all. */
  tree: Tree | undefined;
  /** The text is no YAML: the tree is a guess, not worth checking. */
  broken: boolean;
  diagnostics: Diagnostic[];
}

/**
 * Reads YAML 1.2 as it is safe to read: one document of at most 1 MiB, 64 levels and about three thousand entries; no aliases, no tags, no repeated keys, no numbers
 * that a double cannot hold. Never throws. `flag` names the flag the text came from, null for the file.
 */
export function readYaml(text: string, flag: string | null): ReadYaml {
  const diagnostics: Diagnostic[] = [];
  const report = (start: number, end: number, message: string, hint: string | null = null, path: ScenarioPath = []) => {
    diagnostics.push(diagnosticAt({ start, end, flag }, 'yaml', path, message, hint));
  };
  if (Buffer.byteLength(text) > MAX_SCENARIO_BYTES) {
    diagnostics.push(diagnosticAt({ start: 0, end: 0, flag }, 'too-large', [], 'a scenario has at most 1 MiB'));
    return { tree: undefined, broken: true, diagnostics };
  }
  const document = compose(text, report);
  if (document === null) return { tree: undefined, broken: true, diagnostics };
  for (const { name, code, message, pos } of [...document.errors, ...document.warnings]) {
    // An unknown tag, reported with its value.
    if (name === 'YAMLWarning' && code === 'TAG_RESOLVE_FAILED') continue;
    const first = (message.split('\n')[0] as string).replace(/ at line \d+, column \d+:?$/, '');
    report(pos[0], Math.max(pos[1], pos[0] + 1), `YAML: ${lowerFirst(first)}`);
  }
  const version = document.directives?.yaml;
  if (version?.explicit && version.version !== '1.2') report(0, text.indexOf('\n'), 'a scenario is YAML 1.2');
  const tree = document.contents === null ? undefined : treeOf(document.contents as Node, [], { flag, report });
  return { tree, broken: document.errors.length > 0, diagnostics };
}

type Report = (start: number, end: number, message: string, hint?: string | null, path?: ScenarioPath) => void;

/** Composes the only document, unless it nests too deep: the parser keeps a stack, the composer would recurse. */
function compose(text: string, report: Report): Document | null {
  const excess = excessAt(text);
  const parser = new Parser();
  const composer = new Composer({ version: '1.2', uniqueKeys: false, prettyErrors: false, logLevel: 'silent' });
  const documents: Document[] = [];
  let offset = 0;
  let lexemes = 0;
  for (const lexeme of new Lexer().lex(text)) {
    // Where both are wrong, nesting is the better reason, and its beginning shows it.
    if (excess >= 0 && ++lexemes > ENOUGH_TO_SEE_NESTING) {
      report(excess, excess + 1, 'more entries than a scenario can have', 'about three thousand are read');
      return null;
    }
    if (parser.stack.length > MAX_DEPTH) {
      report(offset, offset + 1, `nested deeper than ${MAX_DEPTH} levels`);
      return null;
    }
    for (const token of parser.next(lexeme)) documents.push(...composer.next(token));
    offset = parser.offset;
  }
  for (const token of parser.end()) documents.push(...composer.next(token));
  documents.push(...composer.end(documents.length === 0, text.length));
  const second = documents[1];
  if (second !== undefined)
    report(second.range?.[0] ?? 0, (second.range?.[0] ?? 0) + 1, 'a scenario is one YAML document');
  return documents[0] ?? null;
}

/** Where a text has more lexemes than are read, -1 for nowhere. Looked at ahead of parsing, which keeps some hundred bytes for each. */
function excessAt(text: string): number {
  let offset = 0;
  let lexemes = 0;
  for (const lexeme of new Lexer().lex(text)) {
    if (!marks.has(lexeme)) offset += lexeme.length;
    if (++lexemes > MAX_LEXEMES) return offset;
  }
  return -1;
}

interface Context {
  flag: string | null;
  report: Report;
}

function treeOf(node: Node | null, path: ScenarioPath, context: Context): Tree {
  const [start, end] = node?.range ?? [0, 0];
  const place: Place = { start, end, flag: context.flag };
  if (node === null) return scalar(place, null, false);
  if (isAlias(node)) {
    context.report(start, end, 'aliases are not read in a scenario', 'write the value out', path);
    return scalar(place, null, false);
  }
  if (node.tag !== undefined && !/^tag:yaml\.org,2002:(map|seq|str|int|float|bool|null)$/.test(node.tag)) {
    context.report(
      start,
      end,
      `the tag ${node.tag.replace('tag:yaml.org,2002:', '!!')} has no meaning in a scenario`,
      null,
      path,
    );
  }
  if (isSeq(node)) {
    const items = node.items.map((item, i) => treeOf(item as Node, [...path, i], context));
    return { kind: 'list', place, items };
  }
  if (isMap(node)) return mapOf(node.items as readonly { key: Node; value: Node | null }[], path, place, context);
  if (!isScalar(node)) return scalar(place, null, false);
  return scalarOf(node, path, place, context);
}

function mapOf(
  items: readonly { key: Node; value: Node | null }[],
  path: ScenarioPath,
  place: Place,
  context: Context,
): Tree {
  const entries: Extract<Tree, { kind: 'map' }>['entries'] = new Map();
  const repeated = new Set<string>();
  for (const { key, value } of items) {
    const [start, end] = key.range ?? [place.start, place.start + 1];
    if (!isScalar(key)) {
      context.report(start, end, 'a key is a plain word', 'text with < or { in it may need quotes', path);
      continue;
    }
    const name = key.source ?? String(key.value);
    if (name === '__proto__') context.report(start, end, `"${name}" cannot be a key`, null, path);
    else if (entries.has(name)) {
      // Once is enough, however often it comes again.
      if (!repeated.has(name)) context.report(start, end, `"${name}" stands here twice`, null, [...path, name]);
      repeated.add(name);
    } else {
      const keyPlace = { start, end, flag: context.flag };
      const child = treeOf(value, [...path, name], context);
      entries.set(name, { key: keyPlace, value: value?.range ? child : { ...child, place: keyPlace } });
    }
  }
  return { kind: 'map', place, entries };
}

function scalarOf(
  node: { value: unknown; source?: string; type?: string | null },
  path: ScenarioPath,
  place: Place,
  { report }: Context,
): Tree {
  const { value, source } = node;
  const quoted = node.type !== 'PLAIN';
  if (typeof value === 'number') {
    const exact = Number.isFinite(value) && (Number.isSafeInteger(value) || !/^[-+]?\d+$/.test(source ?? ''));
    if (!exact) report(place.start, place.end, `${source ?? value} cannot be kept exactly`, null, path);
    return scalar(place, exact ? value : 0, quoted);
  }
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return scalar(place, value, quoted);
  report(place.start, place.end, `"${source ?? ''}" has no meaning in a scenario`, null, path);
  return scalar(place, null, quoted);
}

function scalar(place: Place, value: string | number | boolean | null, quoted: boolean): Tree {
  return { kind: 'scalar', place, value, quoted, fromEnvironment: false };
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
