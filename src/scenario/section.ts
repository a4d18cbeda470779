import { z } from 'zod';
import { closestName } from '../core/closest-name.ts';
import type { Diagnostic, ScenarioPath } from './diagnostic.ts';
import { isSecret } from './secret-keys.ts';
import { diagnosticAt, keyAt, nodeAt, placeAt, plainOf, type Tree } from './tree.ts';

/** Suggestions are looked up for so many unknown keys; more are no misspellings. */
const MOST_UNKNOWN = 100;

/** The outcome of checking one section of a scenario. */
export interface Checked<T> {
  /** undefined where anything in it is wrong. */
  value: T | undefined;
  diagnostics: Diagnostic[];
}

/** Checks the section of `tree` at `path`; every mistake becomes a diagnostic at its place. An absent section is an empty one. */
export function checkSection<T>(schema: z.ZodType<T>, tree: Tree, path: ScenarioPath): Checked<T> {
  const result = schema.safeParse(plainOf(nodeAt(tree, path)) ?? {}, { reportInput: true });
  if (result.success) return { value: result.data, diagnostics: [] };
  return { value: undefined, diagnostics: diagnosticsOf(result.error.issues, schema, tree, path) };
}

/** Like `checkSection`, for one map whose keys do not depend on each other: the good ones count although others are wrong. */
export function checkKeys<S extends z.ZodObject>(
  schema: S,
  tree: Tree,
  path: ScenarioPath,
): { value: Partial<z.output<S>>; diagnostics: Diagnostic[] } {
  const whole = checkSection(schema, tree, path);
  if (whole.value !== undefined) return { value: whole.value as z.output<S>, diagnostics: [] };
  const good: Record<string, unknown> = {};
  for (const [key, shape] of Object.entries(schema.shape as Record<string, z.ZodType>)) {
    const result = shape.safeParse(plainOf(nodeAt(tree, [...path, key])));
    if (result.success) good[key] = result.data;
  }
  return { value: good as Partial<z.output<S>>, diagnostics: whole.diagnostics };
}

type Issue = z.core.$ZodIssue;

function diagnosticsOf(issues: readonly Issue[], schema: z.ZodType, tree: Tree, base: ScenarioPath): Diagnostic[] {
  const flat = issues.flatMap((issue) => unfold(issue, tree, base));
  const missing = new Set<string>();
  for (const issue of flat) if (isMissing(issue, tree, base)) missing.add(pathText([...base, ...stepsOf(issue)]));

  const found: Diagnostic[] = [];
  let known: KnownKeys | undefined;
  let unknownKeys = 0;
  for (const issue of flat) {
    if (issue.code !== 'unrecognized_keys') continue;
    const parent = [...base, ...stepsOf(issue)];
    known ??= new KnownKeys(schema);
    const names = known.at(stepsOf(issue));
    for (const key of issue.keys) {
      if (++unknownKeys > MOST_UNKNOWN) break;
      const path = [...parent, key];
      const free = names.filter((name) => nodeAt(tree, [...parent, name]) === undefined);
      const near = closestName(key, free) ?? closestName(key, names);
      if (near !== undefined) missing.delete(pathText([...parent, near]));
      const hint = near === undefined ? `known here: ${names.join(', ')}` : `did you mean "${near}"?`;
      found.push(
        diagnosticAt(keyAt(tree, path) ?? placeAt(tree, parent), 'unknown-key', path, `unknown key "${key}"`, hint),
      );
    }
  }
  for (const issue of flat) {
    if (issue.code === 'unrecognized_keys') continue;
    const path = [...base, ...stepsOf(issue)];
    if (!isMissing(issue, tree, base)) {
      found.push(
        diagnosticAt(
          (aboutKey(issue) ? keyAt(tree, path) : undefined) ?? placeAt(tree, path),
          'bad-value',
          path,
          messageOf(issue, isSecret(path) ? undefined : nodeAt(tree, path)),
          hintOf(issue, nodeAt(tree, path)),
        ),
      );
    } else if (missing.delete(pathText(path))) {
      const own = issue.code === 'custom';
      const message = own ? issue.message : `"${path.at(-1)}" is missing`;
      found.push(
        diagnosticAt(placeAt(tree, path), 'missing-key', path, message, own ? hintOf(issue, undefined) : null),
      );
    }
  }
  return found;
}

/** A schema says so where not the value but its key is wrong. */
function aboutKey(issue: Issue): boolean {
  return issue.code === 'custom' && issue.params?.['about'] === 'key';
}

function pathText(path: ScenarioPath): string {
  return JSON.stringify(path);
}

function stepsOf(issue: Issue): (string | number)[] {
  return issue.path.map((step) => (typeof step === 'number' ? step : String(step)));
}

/** A value that is not there, where one is needed. What has a default is never missing. */
function isMissing(issue: Issue, tree: Tree, base: ScenarioPath): boolean {
  const absent =
    issue.code.startsWith('invalid_') || (issue.code === 'custom' && issue.params?.['about'] === 'missing');
  return absent && nodeAt(tree, [...base, ...stepsOf(issue)]) === undefined;
}

/** Of a choice between forms, the mistakes of the form that the user has begun: a map or a list among plain values. */
function unfold(issue: Issue, tree: Tree, base: ScenarioPath): Issue[] {
  if (issue.code !== 'invalid_union') return [issue];
  const node = nodeAt(tree, [...base, ...stepsOf(issue)]);
  if (node === undefined || node.kind === 'scalar') return [issue];
  const begun = issue.errors.find((errors) =>
    errors.every(({ code, path }) => path.length > 0 || !code.startsWith('invalid_')),
  );
  if (begun === undefined || begun.length === 0) return [issue];
  return begun.flatMap((inner) => unfold({ ...inner, path: [...issue.path, ...inner.path] } as Issue, tree, base));
}

function messageOf(issue: Issue, node: Tree | undefined): string {
  const value = node?.kind === 'scalar' ? node.value : undefined;
  const shown = value === undefined ? '' : `"${value}" `;
  switch (issue.code) {
    case 'invalid_type':
      return ownMessage(issue) ?? `expected ${article(issue.expected)}, found ${kindOf(node)}`;
    case 'invalid_value':
      if (issue.values.length === 1) return ownMessage(issue) ?? `expected ${String(issue.values[0])}`;
      return ownMessage(issue) ?? `${shown}is none of ${issue.values.join(', ')}`;
    case 'too_small':
      if (value === '') return 'expected a text that is not empty';
      return ownMessage(issue) ?? `${shown}is too small: at least ${issue.minimum}${unitOf(issue.origin)}`;
    case 'too_big':
      return ownMessage(issue) ?? `${shown}is too large: at most ${issue.maximum}${unitOf(issue.origin)}`;
    default:
      return issue.message;
  }
}

/** The message a schema gave itself; the library's own ones start like this. */
function ownMessage({ message }: Issue): string | null {
  return /^(Invalid|Too small|Too big)/.test(message) ? null : message;
}

function hintOf(issue: Issue, node: Tree | undefined): string | null {
  if (issue.code === 'invalid_type' && issue.expected === 'string' && node?.kind === 'map') {
    return 'a placeholder is written <name>, not {name}; other braces need quotes';
  }
  if (issue.code === 'custom') return (issue.params?.['hint'] as string | undefined) ?? null;
  if (issue.code !== 'invalid_value' || typeof issue.input !== 'string') return null;
  if (issue.message.startsWith('expected') || (issue.values.length === 1 && ownMessage(issue) === null)) return null;
  const names = issue.values.map(String);
  const near = closestName(issue.input, names);
  return near === undefined ? `there is ${names.join(', ')}` : `did you mean "${near}"?`;
}

function article(expected: string): string {
  if (expected === 'object' || expected === 'record') return 'a map';
  if (expected === 'array' || expected === 'tuple') return 'a list';
  if (expected === 'string') return 'a text';
  return expected === 'int' || expected === 'number' ? 'a number' : expected;
}

function kindOf(node: Tree | undefined): string {
  if (node === undefined) return 'something else';
  if (node.kind !== 'scalar') return `a ${node.kind}`;
  return node.value === null ? 'nothing' : `"${node.value}"`;
}

function unitOf(origin: string): string {
  if (origin === 'string') return ' characters';
  return origin === 'array' ? ' entries' : '';
}

interface SchemaNode {
  properties?: Record<string, SchemaNode>;
  additionalProperties?: SchemaNode | boolean;
  items?: SchemaNode | SchemaNode[];
  anyOf?: SchemaNode[];
}

/** Which keys a schema knows at a path, as its JSON Schema tells. */
class KnownKeys {
  readonly #root: SchemaNode;

  constructor(schema: z.ZodType) {
    this.#root = z.toJSONSchema(schema, { io: 'input', target: 'draft-7', unrepresentable: 'any' }) as SchemaNode;
  }

  at(path: ScenarioPath): string[] {
    let nodes: SchemaNode[] = [this.#root];
    for (const step of path) nodes = nodes.flatMap(alternatives).flatMap((node) => childOf(node, step));
    return nodes.flatMap(alternatives).flatMap(({ properties }) => Object.keys(properties ?? {}));
  }
}

function alternatives(node: SchemaNode): SchemaNode[] {
  return [node, ...(node.anyOf ?? []).flatMap(alternatives)];
}

function childOf(node: SchemaNode, step: string | number): SchemaNode[] {
  if (typeof step === 'number') return node.items === undefined ? [] : [node.items].flat();
  if (node.properties !== undefined && Object.hasOwn(node.properties, step))
    return [node.properties[step] as SchemaNode];
  return typeof node.additionalProperties === 'object' ? [node.additionalProperties] : [];
}
