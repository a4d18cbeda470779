import { describe, expect, it } from 'vitest';
import { grafanaDashboard } from '../../../src/report/prometheus/dashboard.ts';
import { dashboardRows } from '../../../src/report/prometheus/dashboard-panels.ts';
import { type MetricFamily, metricFamilies, seriesOf } from '../../../src/report/prometheus/families.ts';
import { parsePromql } from './promql.ts';

interface GridPos {
  x: number;
  y: number;
  w: number;
  h: number;
}
interface Dashboard {
  panels: {
    id: number;
    title: string;
    gridPos: GridPos;
    targets?: { expr: string; refId: string; legendFormat: string }[];
  }[];
  templating: { list: { name: string; type: string; query: string | { query: string } }[] };
}

const dashboard = grafanaDashboard() as Dashboard;
const expressions = dashboard.panels.flatMap(({ title, targets = [] }) =>
  targets.map(({ expr }) => [title, expr] as const),
);
const queried = dashboard.templating.list.flatMap(({ name, query }) =>
  typeof query === 'string' ? [] : [[name, query.query] as const],
);

/** The family of every series that a run tells. */
const families = new Map<string, MetricFamily>(
  Object.entries(metricFamilies).flatMap(([name, family]) =>
    seriesOf(name, family).map((series) => [series, family] as const),
  ),
);
const ofRun = ['run', 'scenario'];

function labelsOf(series: string): readonly string[] {
  const family = families.get(series);
  if (family === undefined) throw new Error(`nobody tells ${series}`);
  return [...ofRun, ...family.labels, ...(series.endsWith('_bucket') ? ['le'] : [])];
}

describe('the dashboard', () => {
  it('has queries', () => {
    expect(expressions.length).toBeGreaterThan(30);
    expect(queried.map(([name]) => name)).toEqual(['scenario', 'run', 'target', 'fleet']);
  });

  it.each(expressions)('%s asks for what there is: %s', (_, expr) => {
    const { selectors, grouped, functions } = parsePromql(expr);
    expect(selectors.length).toBeGreaterThan(0);
    for (const { name, matchers, range } of selectors) {
      const known = labelsOf(name);
      for (const { label } of matchers) expect(known, name).toContain(label);
      for (const label of grouped) expect(known, name).toContain(label);
      // Whatever is looked at is of the chosen runs.
      expect(matchers).toContainEqual({ label: 'run', operator: '=~', value: '$run' });
      for (const { value } of matchers)
        for (const [, variable] of value.matchAll(/\$(\w+)/g))
          expect(queried.map(([name]) => name)).toContain(variable);
      if (range === null) continue;
      const whole = functions.includes('last_over_time');
      expect(range).toBe(whole ? '$__range' : '$__rate_interval');
      if (!whole) expect(['counter', 'histogram'], name).toContain(families.get(name)?.type);
    }
    if (functions.includes('histogram_quantile')) expect(grouped).toContain('le');
  });

  it.each(queried)('the choice of %s asks for what there is: %s', (_, query) => {
    const [, selector = '', label = ''] = /^label_values\((.+), (\w+)\)$/.exec(query) ?? [];
    const [{ name, matchers } = { name: '', matchers: [] }] = parsePromql(selector).selectors;
    expect(labelsOf(name)).toContain(label);
    for (const { label: matched } of matchers) expect(labelsOf(name)).toContain(matched);
  });

  it('names its lines by labels that are left', () => {
    for (const { targets = [] } of dashboard.panels) {
      for (const { expr, legendFormat } of targets) {
        const { selectors, grouped, functions } = parsePromql(expr);
        const left = grouped.length === 0 && !functions.includes('sum') ? labelsOf(selectors[0]?.name ?? '') : grouped;
        for (const [, label] of legendFormat.matchAll(/\{\{(\w+)\}\}/g)) expect(left, expr).toContain(label);
      }
    }
  });

  it('shows every metric but those that say nothing by themselves', () => {
    const shown = new Set(
      expressions.flatMap(([, expr]) => parsePromql(expr).selectors.map(({ name }) => families.get(name))),
    );
    const absent = Object.entries(metricFamilies).flatMap(([name, family]) => (shown.has(family) ? [] : [name]));
    expect(absent).toEqual([
      'iotload_devices',
      'iotload_events_planned',
      'iotload_generator_open_files',
      'iotload_generator_workers',
    ]);
  });

  it('has panels that lie beside each other, within the grid, each with a title and a number of its own', () => {
    const taken = new Set<string>();
    for (const { gridPos, title } of dashboard.panels) {
      expect(title).not.toBe('');
      expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          expect(taken, title).not.toContain(`${x} ${y}`);
          taken.add(`${x} ${y}`);
        }
      }
    }
    const ids = dashboard.panels.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { targets = [] } of dashboard.panels) {
      expect(new Set(targets.map(({ refId }) => refId)).size).toBe(targets.length);
    }
    expect(dashboardRows.map(({ title }) => title)).toEqual([
      'The run',
      'Load',
      'Latency',
      'Delivery',
      'The generator',
      'In the end',
    ]);
  });

  it('is plain JSON', () => {
    expect(JSON.parse(JSON.stringify(dashboard))).toEqual(dashboard);
  });
});

describe('the reader of expressions', () => {
  it('finds the series of one', () => {
    expect(parsePromql('sum by (a, b) (rate(x_total{c=~"$d",e!="f"}[1m])) / clamp_max(y, 1)')).toEqual({
      selectors: [
        {
          name: 'x_total',
          matchers: [
            { label: 'c', operator: '=~', value: '$d' },
            { label: 'e', operator: '!=', value: 'f' },
          ],
          range: '1m',
        },
        { name: 'y', matchers: [], range: null },
      ],
      grouped: ['a', 'b'],
      functions: ['sum', 'rate', 'clamp_max'],
    });
  });

  it.each([
    '',
    'sum(x',
    'sum(x))',
    'rate(x)',
    'x[5m]',
    'sum(x) by (le',
    'x{a=b}',
    'x{a="b"',
    'rates(x[5m])',
    'x y',
    'x ==',
    '{a="b"}',
  ])('refuses %j', (text) => {
    expect(() => parsePromql(text)).toThrow();
  });
});
