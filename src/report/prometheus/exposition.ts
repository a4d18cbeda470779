import { type BucketCounts, bucketBoundsUs } from '../../metrics/bucket-counts.ts';
import { type MetricFamily, type MetricName, metricFamilies } from './families.ts';

/** The two texts that Prometheus reads: its own, 0.0.4, and OpenMetrics 1.0. */
export type Exposition = 'text' | 'openmetrics';

/** Content types of both. */
export const contentTypes: Readonly<Record<Exposition, string>> = {
  text: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
};

export type Labels = Readonly<Record<string, string>>;

/** A figure at this moment, with its labels besides those of the run. */
export interface Sample {
  labels: Labels;
  value: number | BucketCounts;
}

export type Samples = ReadonlyMap<MetricName, readonly Sample[]>;

/**
 * The page of these figures, families in their fixed order; one without figures is left out. `common` are labels that every series
 * carries, their names already free of clashes. Pure.
 */
export function expose(samples: Samples, common: Labels, form: Exposition): string {
  const lines: string[] = [];
  for (const [name, family] of Object.entries(metricFamilies) as [MetricName, MetricFamily][]) {
    const figures = samples.get(name) ?? [];
    if (figures.length === 0) continue;
    lines.push(...metadata(name, family, form));
    for (const { labels, value } of figures) series(lines, name, family, { ...common, ...labels }, value);
  }
  if (form === 'openmetrics') lines.push('# EOF');
  return `${lines.join('\n')}\n`;
}

/** OpenMetrics calls a family by its name; the older text by that of its series, and knows neither units nor `info`. */
function metadata(name: string, { type, unit, help }: MetricFamily, form: Exposition): string[] {
  if (form === 'openmetrics') {
    const units = unit === undefined ? [] : [`# UNIT ${name} ${unit}`];
    return [`# TYPE ${name} ${type}`, ...units, `# HELP ${name} ${escaped(help)}`];
  }
  const series = type === 'counter' ? `${name}_total` : type === 'info' ? `${name}_info` : name;
  // Quotes stay as they are in this one.
  return [
    `# HELP ${series} ${escaped(help).replaceAll('\\"', '"')}`,
    `# TYPE ${series} ${type === 'info' ? 'gauge' : type}`,
  ];
}

function series(lines: string[], name: string, { type }: MetricFamily, labels: Labels, value: Sample['value']): void {
  const written = Object.entries(labels).map(([label, text]) => `${label}="${escaped(text)}"`);
  const line = (suffix: string, figure: number, ...more: string[]): void => {
    const all = [...written, ...more];
    lines.push(`${name}${suffix}${all.length === 0 ? '' : `{${all.join(',')}}`} ${number(figure)}`);
  };
  if (typeof value === 'number') {
    line(type === 'counter' ? '_total' : type === 'info' ? '_info' : '', value);
    return;
  }
  bucketBoundsUs.forEach((bound, i) => {
    line('_bucket', value.upTo[i] as number, `le="${bucketLabel(bound)}"`);
  });
  line('_bucket', value.count, 'le="+Inf"');
  // Samples below zero, from clocks that disagree, could make it fall: a counter that falls has started anew.
  line('_sum', Math.max(0, value.sumUs) / 1e6);
  line('_count', value.count);
}

/** The label `le` of a bound, seconds: with a point, as OpenMetrics wants it and as it has to be in both texts. */
export function bucketLabel(boundUs: number): string {
  const text = String(boundUs / 1e6);
  return text.includes('.') ? text : `${text}.0`;
}

function number(value: number): string {
  if (Number.isFinite(value)) return String(value);
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
}

/**
 * Text as the value of a label. Line feeds, quotes and backslashes are escaped; other control characters and half surrogates become a
 * visible sign, so that nothing can forge a line or move the cursor of whoever looks at the page.
 */
function escaped(text: string): string {
  return text
    .replace(/[^\P{Cc}\n]|[\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, '\ufffd')
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll('\n', '\\n');
}
