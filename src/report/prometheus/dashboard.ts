import { dashboardRows, type Panel } from './dashboard-panels.ts';

const COLUMNS = 24;
/** Which one is chosen in the dashboard. */
const datasource = { type: 'prometheus', uid: '${datasource}' };

/** Where the choices of the dashboard come from; each narrows those behind it. */
const choices: readonly { name: string; query: string; label: string; multi: boolean }[] = [
  { name: 'scenario', label: 'Scenario', query: 'label_values(iotload_run_info, scenario)', multi: true },
  { name: 'run', label: 'Run', query: 'label_values(iotload_run_info{scenario=~"$scenario"}, run)', multi: true },
  { name: 'target', label: 'Target', query: 'label_values(iotload_events_planned{run=~"$run"}, target)', multi: true },
  { name: 'fleet', label: 'Fleet', query: 'label_values(iotload_events_planned{run=~"$run"}, fleet)', multi: true },
];

/**
 * A dashboard for Grafana 9 and later, as the JSON that its import takes: it asks for the Prometheus to look into and knows runs,
 * fleets and targets by their labels. Pure, and equal for everybody.
 */
export function grafanaDashboard(): object {
  const panels: object[] = [];
  let y = 0;
  for (const { title, panels: row } of dashboardRows) {
    panels.push({
      id: panels.length + 1,
      type: 'row',
      title,
      collapsed: false,
      gridPos: { x: 0, y, w: COLUMNS, h: 1 },
      panels: [],
    });
    y++;
    let x = 0;
    let height = 0;
    for (const panel of row) {
      if (x + panel.width > COLUMNS) {
        y += height;
        [x, height] = [0, 0];
      }
      const gridPos = { x, y, w: panel.width, h: panel.height };
      panels.push({ id: panels.length + 1, gridPos, ...panelOf(panel) });
      x += panel.width;
      height = Math.max(height, panel.height);
    }
    y += height;
  }
  return {
    uid: 'iotload',
    title: 'iotload',
    description: 'Runs of the IoT load generator iotload, from its Prometheus endpoint.',
    tags: ['iotload', 'load test'],
    schemaVersion: 38,
    editable: true,
    graphTooltip: 1,
    refresh: '5s',
    time: { from: 'now-15m', to: 'now' },
    timezone: 'browser',
    templating: { list: [datasourceVariable, ...choices.map(variable)] },
    annotations: { list: [] },
    panels,
  };
}

const datasourceVariable = {
  name: 'datasource',
  label: 'Prometheus',
  type: 'datasource',
  query: 'prometheus',
  hide: 0,
  refresh: 1,
};

function variable({ name, label, query, multi }: (typeof choices)[number]): object {
  return {
    name,
    label,
    type: 'query',
    datasource,
    definition: query,
    query: { query, refId: name },
    // When the dashboard loads, and when its time changes.
    refresh: 2,
    sort: 2,
    multi,
    includeAll: true,
    allValue: '.*',
    current: { text: ['All'], value: ['$__all'] },
  };
}

function panelOf({ title, description, kind, unit, queries, named }: Panel): object {
  const instant = kind === 'stat' || kind === 'table';
  const targets = queries.map(({ expr, legend }, i) => ({
    refId: String.fromCharCode(65 + i),
    datasource,
    expr,
    legendFormat: legend,
    format: kind === 'heatmap' || kind === 'table' ? kind : 'time_series',
    instant,
    range: !instant,
  }));
  return {
    type: kind,
    title,
    description,
    datasource,
    targets,
    fieldConfig: { defaults: { unit, ...(kind === 'timeseries' ? { min: 0 } : {}) }, overrides: [] },
    options: optionsOf(kind, named === true),
  };
}

function optionsOf(kind: Panel['kind'], named: boolean): object {
  switch (kind) {
    case 'stat':
      return {
        textMode: named ? 'name' : 'value',
        colorMode: 'none',
        graphMode: 'none',
        reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
      };
    case 'heatmap':
      return {
        calculate: false,
        yAxis: { unit: 's', axisPlacement: 'left' },
        color: { mode: 'scheme', scheme: 'Oranges', scale: 'exponential', exponent: 0.5, steps: 64 },
        cellGap: 1,
        tooltip: { show: true, yHistogram: true },
      };
    case 'table':
      return { showHeader: true };
    case 'timeseries':
      return {
        legend: { displayMode: 'table', placement: 'bottom', calcs: ['lastNotNull', 'max'] },
        tooltip: { mode: 'multi', sort: 'desc' },
      };
  }
}
