import { z } from 'zod';
import { targets } from '../targets/registry.ts';
import * as schema from './schema.ts';

interface JsonSchema {
  [key: string]: unknown;
  properties?: Record<string, JsonSchema>;
  required?: string[];
}

/**
 * JSON Schema (draft 7) of scenario files, for editors: from the same source that checks them, so the two cannot differ. It is a little
 * wider than the check: what a model, the units and the environment decide is not in it.
 */
export async function scenarioJsonSchema(): Promise<object> {
  const whole = schema.top.extend({
    clock: schema.clock.optional(),
    run: schema.run.optional(),
    fleets: z.record(z.string().regex(schema.fleetName), schema.fleet),
    target: z.unknown(),
    verify: z.union([z.literal(false), schema.verify]).optional(),
    outputs: schema.outputs.optional(),
    safety: schema.safety.optional(),
  });
  const root = jsonSchemaOf(whole);
  const { $schema, ...rest } = root;
  const properties = { ...root.properties, target: { title: 'target', anyOf: await targetSchemas() } };
  const result = { ...rest, properties, required: ['iotload', 'fleets', 'target'] };
  return { $schema, title: 'iotload scenario', ...(withReferences(result) as JsonSchema) };
}

/** One schema per protocol, each with its `protocol`. */
async function targetSchemas(): Promise<JsonSchema[]> {
  return Promise.all(
    Object.values(targets).map(async (target) => {
      const { optionsSchema } = await target.options();
      const { $schema: _, ...options } = jsonSchemaOf(optionsSchema);
      const protocol = { type: 'string', const: target.name, description: target.doc };
      return {
        ...options,
        properties: { protocol, ...options.properties },
        required: ['protocol', ...(options.required ?? [])],
      };
    }),
  );
}

function jsonSchemaOf(type: z.ZodType): JsonSchema {
  return z.toJSONSchema(type, { io: 'input', target: 'draft-7' }) as JsonSchema;
}

/** `${NAME}` may stand for any value. */
const reference: JsonSchema = { type: 'string', pattern: '\\$\\{' };

/** Lets a reference stand where a value has a form. */
function withReferences(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(withReferences);
  if (typeof node !== 'object' || node === null) return node;
  const { properties, ...rest } = node as JsonSchema;
  const inner = Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, withReferences(value)]));
  if (properties !== undefined) {
    const members = Object.entries(properties).map(([key, value]) => [key, withReferences(value)]);
    return { ...inner, properties: Object.fromEntries(members) };
  }
  if (!takesOneForm(rest)) return inner;
  const { description, title, default: fallback, ...form } = rest;
  const told = Object.entries({ title, description, default: fallback }).filter(([, value]) => value !== undefined);
  return { ...Object.fromEntries(told), anyOf: [form, reference] };
}

function takesOneForm({ type, pattern, enum: choices, const: constant }: JsonSchema): boolean {
  if (type === 'string') return pattern !== undefined || choices !== undefined || constant !== undefined;
  return type === 'number' || type === 'integer' || type === 'boolean';
}
