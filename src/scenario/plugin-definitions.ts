/** Kinds of things that a plugin can bring, as it names its exports. */
export const pluginKinds = ['models', 'codecs', 'targets', 'reports'] as const;
export type PluginKind = (typeof pluginKinds)[number];

type Fields = Readonly<Record<string, unknown>>;
/** What is wrong with a value, said of its name; null where it is right. */
type Check = (value: unknown) => string | null;

const text: Check = (value) => (typeof value === 'string' && value !== '' ? null : 'is no text');
const call: Check = (value) => (typeof value === 'function' ? null : 'is no function');
const number: Check = (value) => (typeof value === 'number' && Number.isFinite(value) ? null : 'is no number');
const record: Check = (value) => (isRecord(value) ? null : 'is no object');
const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined ? null : check(value);
const each =
  (checks: Readonly<Record<string, Check>>): Check =>
  (value) => {
    if (!isRecord(value)) return 'is no object';
    for (const [name, item] of Object.entries(value)) {
      if (!/^[A-Za-z][A-Za-z0-9_-]{0,63}$/.test(name)) return `has the name "${name}", which no scenario can write`;
      const problem = problemIn(item, checks);
      if (problem !== null) return `.${name}${problem}`;
    }
    return null;
  };

/** Payload formats of profiles: those that need no schema file. */
const profileCodecs = ['json', 'csv', 'cbor'];

const readings = each({
  doc: text,
  unit: optional((value) => (typeof value === 'string' ? null : 'is no text')),
  decimals: (value) => (Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 9 ? null : 'is not 0 to 9'),
  min: number,
  max: number,
  names: optional((value) =>
    Array.isArray(value) && value.every((name) => typeof name === 'string') ? null : 'is no list of texts',
  ),
});

const checks: Readonly<Record<PluginKind, Readonly<Record<string, Check>>>> = {
  models: {
    doc: text,
    params: each({
      doc: text,
      type: (value) =>
        ['number', 'choice', 'flag', 'text'].includes(String(value)) ? null : 'is none of number, choice, flag, text',
      default: (value) => (value === undefined ? 'is missing' : null),
    }),
    readings,
    labels: optional(readings),
    payloads: each({
      doc: text,
      fields: record,
      codec: (value) => (profileCodecs.includes(String(value)) ? null : `is none of ${profileCodecs.join(', ')}`),
      identity: (value) =>
        ['fields', 'derived', 'none'].includes(String(value)) ? null : 'is none of fields, derived, none',
      spaced: optional((value) => (value === true ? null : 'is not true')),
    }),
    maxSamplingDelayUs: (value) =>
      Number.isInteger(value) && Number(value) >= 1 ? null : 'is not a whole number from 1',
    shape: optional(call),
    create: call,
  },
  codecs: { doc: text, layout: call },
  targets: {
    doc: text,
    traits: call,
    options: optional(call),
    sink: call,
    source: optional(call),
    inDirectory: optional(call),
  },
  reports: { extension: text, render: call },
};

/** What keeps a value from being a definition of its kind; null where nothing does. */
export function definitionProblem(kind: PluginKind, value: unknown): string | null {
  const what = `a ${kind.slice(0, -1)}`;
  if (!isRecord(value)) return `${what} is no object`;
  const { name } = value;
  if (typeof name !== 'string' || !/^[a-z][a-z0-9-]{0,63}$/.test(name)) {
    return `${what} has the name ${JSON.stringify(name) ?? 'undefined'}: small letters, digits and "-", beginning with a letter`;
  }
  const problem = problemIn(value, checks[kind]);
  return problem === null ? null : `${what}: ${name}${problem}`;
}

function problemIn(value: unknown, parts: Readonly<Record<string, Check>>): string | null {
  if (!isRecord(value)) return ' is no object';
  for (const [key, check] of Object.entries(parts)) {
    const problem = check(value[key]);
    if (problem !== null) return `.${key}${problem.startsWith('.') ? '' : ' '}${problem}`;
  }
  return null;
}

function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
