import { expect, it } from 'vitest';
import { negotiate } from '../../../src/report/prometheus/negotiate.ts';

const prometheus2 =
  'application/openmetrics-text;version=1.0.0;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2';
const prometheus3 =
  'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2';

it.each([
  [prometheus2, 'openmetrics'],
  [prometheus3, 'openmetrics'],
  ['application/openmetrics-text', 'openmetrics'],
  ['Application/OpenMetrics-Text; Version=1.0.0; charset=utf-8', 'openmetrics'],
  ['application/openmetrics-text;q=0.5,text/plain;q=0.5', 'openmetrics'],
  ['application/openmetrics-text;q=0.1,text/plain;version=0.0.4', 'text'],
  ['application/openmetrics-text;q=0,text/plain', 'text'],
  ['application/openmetrics-text;version=2.0.0', 'text'],
  ['application/openmetrics-text;q=nonsense', 'text'],
  ['application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily', 'text'],
  ['text/html,application/xhtml+xml,*/*;q=0.8', 'text'],
  ['*/*', 'text'],
  [',;,q=', 'text'],
  ['', 'text'],
  [undefined, 'text'],
] as const)('%s is %s', (accept, form) => {
  expect(negotiate(accept)).toBe(form);
});
