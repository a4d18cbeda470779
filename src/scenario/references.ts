import type { Diagnostic, ScenarioPath } from './diagnostic.ts';
import { isSecret } from './secret-keys.ts';
import { diagnosticAt, type ScalarTree, type ScalarValue, scalarsOf, type Tree } from './tree.ts';

/** `${NAME}`, `${NAME:-default}`, `${NAME:?reason}`; anything else after `${` is a mistake. */
const reference = /\$\{(?:([A-Za-z_][A-Za-z0-9_]*)(?:(:[-?])([^}]*))?\})?/g;

/**
 * Replaces references to the environment in every value, once: what a variable holds is never looked through again. An unquoted value
 * then keeps the type it would have as YAML; a secret keeps its reference. A variable that is not there is a diagnostic at its place.
 */
export function resolveReferences(tree: Tree, env: Readonly<Record<string, string | undefined>>): Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  for (const { node, path } of scalarsOf(tree)) {
    if (typeof node.value !== 'string' || !node.value.includes('${')) continue;
    const resolved = resolve(node.value, env, (message, hint) => {
      diagnostics.push(diagnosticAt(node.place, 'environment', path, message, hint));
    });
    node.fromEnvironment = true;
    if (!isSecret(path)) node.value = node.quoted ? resolved : typed(resolved);
  }
  return diagnostics;
}

function resolve(
  text: string,
  env: Readonly<Record<string, string | undefined>>,
  report: (message: string, hint: string | null) => void,
): string {
  return text.replace(reference, (whole, name?: string, operator?: string, rest?: string) => {
    if (name === undefined) {
      report('"${" starts no reference', 'write ${NAME}, ${NAME:-default} or ${NAME:?reason}');
      return whole;
    }
    const value = Object.hasOwn(env, name) ? env[name] : undefined;
    if (value !== undefined && (value !== '' || operator === undefined)) return value;
    if (operator === ':-') return rest ?? '';
    report(`the environment variable ${name} is not set`, operator === ':?' && rest ? rest : `export ${name} first`);
    return whole;
  });
}

/** The value an unquoted text has in YAML's core schema. */
function typed(text: string): ScalarValue {
  if (text === 'true' || text === 'false') return text === 'true';
  if (text === 'null' || text === '~' || text === '') return null;
  if (/^[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?$/.test(text)) {
    const number = Number(text);
    if (Number.isFinite(number) && (Number.isSafeInteger(number) || !/^[-+]?\d+$/.test(text))) return number;
  }
  return text;
}

/** A variable that a scenario reads; `optional`: each reference to it has a default. */
export interface Variable {
  name: string;
  optional: boolean;
}

/** The variables that values of a tree read in which no reference has been replaced, sorted by name. */
export function variablesOf(tree: Tree): Variable[] {
  const optional = new Map<string, boolean>();
  for (const { node } of scalarsOf(tree)) {
    if (typeof node.value !== 'string') continue;
    for (const [, name, operator] of node.value.matchAll(reference))
      if (name !== undefined) optional.set(name, operator === ':-' && (optional.get(name) ?? true));
  }
  return [...optional].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, has]) => ({ name, optional: has }));
}

/** Paths of secrets that stand in a tree literally, as a whole or in part: a default within a reference is a literal too. */
export function literalSecrets(tree: Tree): ScenarioPath[] {
  return [...scalarsOf(tree)].flatMap(({ node: { value }, path }) => {
    if (!isSecret(path) || value === null) return [];
    const rest = String(value).replace(reference, (_, name, operator, text) =>
      name === undefined || (operator === ':-' && text !== '') ? 'literal' : '',
    );
    return rest === '' ? [] : [path];
  });
}

/** Whether a scalar stands literally in the file. */
export function isLiteral(node: ScalarTree): boolean {
  return node.place.flag === null && !node.fromEnvironment;
}
