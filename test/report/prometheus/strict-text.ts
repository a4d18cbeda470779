/** A sample as a strict reader finds it. */
export interface ParsedSample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

export interface ParsedFamily {
  name: string;
  type: string;
  unit: string;
  help: string;
  samples: ParsedSample[];
}

const metricName = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const labelName = '[a-zA-Z_][a-zA-Z0-9_]*';
const sampleLine = new RegExp(String.raw`^(${metricName})(?:\{(.*)\})? (\S+)$`, 'su');
const numberText = /^(?:[+-]?(?:\d+(?:\.\d+)?(?:e[+-]?\d+)?|Inf)|NaN)$/;
const suffixes: Readonly<Record<string, readonly string[]>> = {
  counter: ['_total'],
  gauge: [''],
  histogram: ['_bucket', '_sum', '_count'],
  info: ['_info'],
};

function fail(problem: string, line: string): never {
  throw new Error(`${problem}: ${JSON.stringify(line)}`);
}

/**
 * Reads a page as strictly as the two formats can be read: every line by its grammar, families in one piece with their metadata first and
 * once, no series twice, names that fit types and units, buckets that ascend and add up. Throws on anything else.
 */
export function parseStrictly(page: string, form: 'text' | 'openmetrics'): Map<string, ParsedFamily> {
  if (!page.endsWith('\n')) fail('no line feed at the end', page.slice(-20));
  const lines = page.slice(0, -1).split('\n');
  if (form === 'openmetrics' && lines.pop() !== '# EOF') fail('no end', page.slice(-20));
  const families = new Map<string, ParsedFamily>();
  const series = new Set<string>();
  let family: ParsedFamily | undefined;
  let told = new Set<string>();
  for (const line of lines) {
    const comment = /^# (HELP|TYPE|UNIT) (\S+) (.*)$/su.exec(line);
    if (comment !== null) {
      const [, kind = '', name = '', text = ''] = comment;
      if (!new RegExp(`^${metricName}$`).test(name)) fail('no name', line);
      if (family?.name !== name) {
        if (families.has(name)) fail('a family in two pieces', line);
        family = { name, type: '', unit: '', help: '', samples: [] };
        families.set(name, family);
        told = new Set();
      }
      if (family.samples.length > 0 || told.has(kind)) fail('metadata twice, or behind samples', line);
      told.add(kind);
      if (kind === 'TYPE') family.type = text;
      else if (kind === 'UNIT') family.unit = text;
      else family.help = unescaped(text, form === 'openmetrics' ? /\\[\\n"]/g : /\\[\\n]/g, line);
      continue;
    }
    if (line.startsWith('#') || line === '') fail('neither metadata nor a sample', line);
    if (family === undefined || family.type === '') fail('no type before', line);
    const sample = parseSample(line);
    const key = JSON.stringify([sample.name, Object.entries(sample.labels).sort()]);
    if (series.has(key)) fail('twice', line);
    series.add(key);
    family.samples.push(sample);
  }
  for (const one of families.values()) checkFamily(one, form);
  return families;
}

function parseSample(line: string): ParsedSample {
  const match = sampleLine.exec(line);
  if (match === null) fail('no sample', line);
  const [, name = '', inside, number = ''] = match;
  if (!numberText.test(number)) fail('no number', line);
  const labels: Record<string, string> = {};
  let rest = inside ?? '';
  while (rest !== '') {
    const label = new RegExp(String.raw`^(${labelName})="((?:[^"\\\n]|\\[\\n"])*)"(,|$)`, 'u').exec(rest);
    if (label === null) fail('no label', rest);
    const [whole, key = '', value = '', comma] = label;
    if (Object.hasOwn(labels, key)) fail('a label twice', line);
    labels[key] = unescaped(value, /\\[\\n"]/g, line);
    rest = rest.slice(whole.length);
    if (comma === ',' && rest === '') fail('a comma at the end', line);
  }
  return { name, labels, value: number === '+Inf' ? Number.POSITIVE_INFINITY : Number(number) };
}

function unescaped(text: string, escapes: RegExp, line: string): string {
  if (text.replace(escapes, '').includes('\\')) fail('a backslash that escapes nothing', line);
  return text.replace(escapes, (pair) => (pair === '\\n' ? '\n' : pair.slice(1)));
}

function checkFamily({ name, type, unit, help, samples }: ParsedFamily, form: 'text' | 'openmetrics'): void {
  const allowed = suffixes[type];
  if (allowed === undefined || (form === 'text' && type === 'info')) fail('no such type', `${name} ${type}`);
  if (help === '') fail('no help', name);
  if (samples.length === 0) fail('no samples', name);
  if (unit !== '' && !name.endsWith(`_${unit}`)) fail('a unit that the name does not end with', name);
  if (form === 'text' && type === 'counter' && !name.endsWith('_total')) fail('a counter without _total', name);
  if (form === 'openmetrics' && /_(total|info|bucket|count|sum|created)$/.test(name)) fail('a reserved ending', name);
  const names = form === 'text' && type !== 'histogram' ? [name] : allowed.map((suffix) => `${name}${suffix}`);
  for (const sample of samples) {
    if (!names.includes(sample.name)) fail('not of this family', sample.name);
    if (type === 'counter' && !(sample.value >= 0)) fail('a counter below zero', sample.name);
    if (type === 'info' && sample.value !== 1) fail('an info that is not 1', sample.name);
  }
  if (type === 'histogram') checkHistograms(name, samples);
}

/** One histogram behind the other: its buckets, its sum, its count. */
function checkHistograms(name: string, samples: readonly ParsedSample[]): void {
  let buckets: ParsedSample[] = [];
  let group = '';
  const groups = new Set<string>();
  for (const sample of samples) {
    const { le, ...labels } = sample.labels;
    const key = JSON.stringify(labels);
    if (key !== group && groups.has(key)) fail('a histogram in two pieces', key);
    if (key !== group) buckets = [];
    group = key;
    groups.add(key);
    if (sample.name === `${name}_bucket`) {
      if (le === undefined || !/^(\+Inf|\d+\.\d+)$/.test(le)) fail('no bound with a point', String(le));
      const before = buckets.at(-1);
      if (before !== undefined && !(bound(before) < bound(sample) && before.value <= sample.value))
        fail('buckets that do not ascend', le);
      buckets.push(sample);
      continue;
    }
    if (le !== undefined) fail('a bound on no bucket', sample.name);
    if (bound(buckets.at(-1)) !== Number.POSITIVE_INFINITY) fail('no bucket of everything', key);
    if (sample.name === `${name}_count` && sample.value !== buckets.at(-1)?.value)
      fail('not what the buckets say', key);
  }
}

function bound(bucket: ParsedSample | undefined): number {
  const le = bucket?.labels['le'] ?? 'NaN';
  return le === '+Inf' ? Number.POSITIVE_INFINITY : Number(le);
}

/** The only sample with these labels, or with more besides. */
export function figureOf(
  families: ReadonlyMap<string, ParsedFamily>,
  series: string,
  labels: Record<string, string> = {},
): number {
  const found = [...families.values()]
    .flatMap(({ samples }) => samples)
    .filter(
      ({ name, labels: all }) => name === series && Object.entries(labels).every(([key, value]) => all[key] === value),
    );
  if (found.length !== 1) throw new Error(`${found.length} samples ${series} ${JSON.stringify(labels)}`);
  return (found[0] as ParsedSample).value;
}
