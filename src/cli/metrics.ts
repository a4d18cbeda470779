import { columns } from '../report/columns.ts';
import { defineCommand } from './command.ts';

/** `iotload metrics`: what a run tells Prometheus, and the dashboard that shows it. */
export const metricsCommand = defineCommand({
  command: 'metrics',
  exits: ['0', '2'],
  builder: (parser) =>
    parser
      .option('grafana', {
        type: 'boolean',
        default: false,
        describe: 'print a dashboard for Grafana (Dashboards, New, Import) instead',
      })
      .option('json', { type: 'boolean', default: false, describe: 'print the metrics as JSON' })
      .example('$0 metrics', 'every metric, its type and labels')
      .example('$0 metrics --grafana > dashboard.json', 'a dashboard to import'),
  async handler({ grafana, json }) {
    if (grafana) {
      const { grafanaDashboard } = await import('../report/prometheus/dashboard.ts');
      process.stdout.write(`${JSON.stringify(grafanaDashboard(), null, 2)}\n`);
      return 0;
    }
    const { metricFamilies, seriesOf } = await import('../report/prometheus/families.ts');
    const families = Object.entries(metricFamilies).map(([name, family]) => ({
      name,
      series: seriesOf(name, family),
      ...family,
    }));
    if (json) process.stdout.write(`${JSON.stringify(families, null, 2)}\n`);
    else {
      const rows = families.map(({ series, type, labels }) => [`  ${series[0]}`, type, labels.join(' ')]);
      process.stdout.write(columns(rows));
      process.stdout.write(
        '\nAll of them have the labels run and scenario and those of outputs.labels.\niotload run FILE --prometheus 127.0.0.1:9464 serves them at /metrics.\n',
      );
    }
    return 0;
  },
});
