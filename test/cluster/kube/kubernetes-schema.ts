import { readFileSync } from 'node:fs';

/** As much of JSON Schema as the schemas of Kubernetes use. */
interface Schema {
  $ref?: string;
  type?: string | string[];
  enum?: unknown[];
  required?: string[];
  properties?: Record<string, Schema>;
  additionalProperties?: boolean | Schema;
  items?: Schema;
  oneOf?: Schema[];
}

/** Every keyword that is understood here; a schema with another one is not taken. */
const keywords = '$ref type enum required properties additionalProperties items oneOf format'.split(' ');

export interface KubernetesSchema {
  /** What is wrong with an object, by its place; empty where it is right. Unknown fields are wrong. */
  problems(manifest: unknown): string[];
}

/** The schemas of one version of Kubernetes. */
export function kubernetesSchema(version: string): KubernetesSchema {
  const file = new URL(`../../fixtures/kubernetes/${version}.json`, import.meta.url);
  const { kinds, definitions } = JSON.parse(readFileSync(file, 'utf8')) as {
    kinds: Record<string, string>;
    definitions: Record<string, Schema>;
  };
  return {
    problems(manifest) {
      const { kind } = manifest as { kind: string };
      const root = kinds[kind];
      return root === undefined ? [`kind: no schema for ${kind}`] : check({ $ref: root }, manifest, kind, definitions);
    },
  };
}

function check(schema: Schema, value: unknown, at: string, definitions: Record<string, Schema>): string[] {
  const unknown = Object.keys(schema).filter((keyword) => !keywords.includes(keyword));
  if (unknown.length > 0) throw new Error(`${at}: ${unknown} is not understood`);
  if (schema.$ref !== undefined) {
    const named = definitions[schema.$ref.replace('#/definitions/', '')];
    if (named === undefined) throw new Error(`${at}: ${schema.$ref} is not there`);
    return check(named, value, at, definitions);
  }
  const problems: string[] = [];
  if (schema.type !== undefined && ![schema.type].flat().some((type) => isOf(type, value)))
    problems.push(`${at}: expected ${schema.type}, found ${JSON.stringify(value)}`);
  if (schema.enum !== undefined && !schema.enum.includes(value)) problems.push(`${at}: none of ${schema.enum}`);
  const fitting = (schema.oneOf ?? []).filter((option) => check(option, value, at, definitions).length === 0);
  if (schema.oneOf !== undefined && fitting.length !== 1) problems.push(`${at}: fits ${fitting.length} of oneOf`);
  if (Array.isArray(value)) {
    const { items = {} } = schema;
    return [...problems, ...value.flatMap((item, i) => check(items, item, `${at}[${i}]`, definitions))];
  }
  if (typeof value !== 'object' || value === null) return problems;
  for (const name of schema.required ?? []) if (!Object.hasOwn(value, name)) problems.push(`${at}: ${name} is missing`);
  for (const [name, member] of Object.entries(value)) {
    const own = schema.properties?.[name] ?? schema.additionalProperties ?? {};
    if (own === false) problems.push(`${at}: unknown field ${name}`);
    else if (own !== true) problems.push(...check(own, member, `${at}.${name}`, definitions));
  }
  return problems;
}

function isOf(type: string, value: unknown): boolean {
  if (type === 'null') return value === null;
  if (type === 'array') return Array.isArray(value);
  if (type === 'integer') return Number.isInteger(value);
  if (type === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value);
  return typeof value === type;
}
