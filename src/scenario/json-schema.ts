import { z } from 'zod';
import { targets } from '../targets/registry.ts';
import { bridge } from './bridge-schema.ts';
import { capacity } from './capacity-schema.ts';
import * as schema from './schema.ts';
import { mostEntries, timelineEntry } from './timeline.ts';

interface JsonSchema {
  [key: string]: unknown;
  type?: string | string[];
  properties?: Record<string, JsonSchema>;
  required?: string[];
  items?: JsonSchema | JsonSchema[];
  additionalProperties?: JsonSchema | boolean;
  anyOf?: JsonSchema[];
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
    targets: z.unknown(),
    bridge: bridge.optional().describe('an example bridge from MQTT to Kafka that the run brings along'),
    verify: z.union([z.literal(false), schema.verify]).optional(),
    timeline: z.array(timelineEntry).max(mostEntries).optional().describe('what happens when'),
    capacity: capacity.optional().describe('what `iotload capacity` looks for; a run takes no notice of it'),
    outputs: schema.outputs.optional(),
    safety: schema.safety.optional(),
    environments: z
      .record(z.string(), z.record(z.string(), z.unknown()))
      .optional()
      .describe('what differs where: --env NAME lays one over the file; null removes'),
  });
  const root = jsonSchemaOf(whole);
  const { $schema, ...rest } = root;
  const target = { title: 'target', anyOf: await targetSchemas() };
  const targetsByName = {
    title: 'targets',
    type: 'object',
    description: 'several targets by name; a single one may be written target: { … }',
    propertyNames: { pattern: schema.fleetName.source },
    additionalProperties: { $ref: '#/properties/target' },
  };
  const properties = { ...root.properties, target, targets: targetsByName };
  const result = {
    ...rest,
    properties,
    required: ['iotload', 'fleets'],
  };
  const oneOrSeveral = { anyOf: [{ required: ['target'] }, { required: ['targets'] }] };
  return { $schema, title: 'iotload scenario', ...withReferences(result), ...oneOrSeveral };
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
function withReferences(node: JsonSchema): JsonSchema {
  const { properties, items, additionalProperties, anyOf, ...rest } = node;
  const inner: JsonSchema = { ...rest };
  if (anyOf !== undefined) {
    const forms = anyOf.map((form) => (takesOneForm(form) ? form : withReferences(form)));
    return { ...rest, anyOf: anyOf.some(takesOneForm) && !anyOf.some(takesAnyText) ? [...forms, reference] : forms };
  }
  if (properties !== undefined) {
    const members = Object.entries(properties).map(([key, value]) => [key, withReferences(value)]);
    inner.properties = Object.fromEntries(members);
  }
  if (items !== undefined) inner.items = Array.isArray(items) ? items.map(withReferences) : withReferences(items);
  if (typeof additionalProperties === 'object') inner.additionalProperties = withReferences(additionalProperties);
  else if (additionalProperties !== undefined) inner.additionalProperties = additionalProperties;
  if (!takesOneForm(inner)) return inner;
  const { description, title, default: fallback, ...form } = inner;
  const told = Object.entries({ title, description, default: fallback }).filter(([, value]) => value !== undefined);
  return { ...Object.fromEntries(told), anyOf: [form, reference] };
}

function takesOneForm({ type, pattern, enum: choices, const: constant }: JsonSchema): boolean {
  if (type === 'string') return pattern !== undefined || choices !== undefined || constant !== undefined;
  return type === 'number' || type === 'integer' || type === 'boolean';
}

function takesAnyText(schema: JsonSchema): boolean {
  return !takesOneForm(schema) && [schema.type].flat().includes('string');
}
