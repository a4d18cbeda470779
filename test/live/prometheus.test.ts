import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { grafanaDashboard } from '../../src/report/prometheus/dashboard.ts';
import { type Exposition, expose } from '../../src/report/prometheus/exposition.ts';
import { runLabels } from '../../src/report/prometheus/run-labels.ts';
import { runSamples } from '../../src/report/prometheus/run-samples.ts';
import { testResult } from '../metrics/test-result.ts';
import { hostileTexts } from '../report/prometheus/hostile-texts.ts';
import { testFigures, testIdentity } from '../report/prometheus/live-figures.ts';
import { parseStrictly } from '../report/prometheus/strict-text.ts';
import { pythonPackages } from './python-packages.ts';

let packages: string;
beforeAll(async () => {
  packages = await pythonPackages('prometheus', fileURLToPath(new URL('prometheus/requirements.txt', import.meta.url)));
}, 220_000);

/** What a Python program prints, given this on its standard input; throws what it says where it fails. */
function python(program: string, input: string): string {
  const { status, stdout, stderr } = spawnSync('python3', ['-c', program], {
    input,
    encoding: 'utf8',
    timeout: 60_000,
    env: { ...process.env, PYTHONPATH: packages, PYTHONUTF8: '1' },
  });
  if (status !== 0) throw new Error(stderr);
  return stdout;
}

const parsers: Readonly<Record<Exposition, string>> = {
  text: 'prometheus_client.parser',
  openmetrics: 'prometheus_client.openmetrics.parser',
};

/** The samples of a page as the client library of Prometheus for Python reads them. */
function readByClient(page: string, form: Exposition): [name: string, labels: Record<string, string>, value: number][] {
  const program = `
import json, sys
from ${parsers[form]} import text_string_to_metric_families
text = sys.stdin.buffer.read().decode('utf-8')
samples = [[s.name, s.labels, s.value] for f in text_string_to_metric_families(text) for s in f.samples]
print(json.dumps(samples))
`;
  return JSON.parse(python(program, page)) as ReturnType<typeof readByClient>;
}

function readByUs(page: string, form: Exposition): ReturnType<typeof readByClient> {
  return [...parseStrictly(page, form).values()].flatMap(({ samples }) =>
    samples.map(({ name, labels, value }): ReturnType<typeof readByClient>[number] => [name, labels, value]),
  );
}

describe('the page, read by the client library of Prometheus for Python', () => {
  it.each(['text', 'openmetrics'] as const)('is %s, and says what it says to us, whatever the labels hold', (form) => {
    const own = Object.fromEntries(hostileTexts.map((text, i) => [`label${i}`, text]));
    const common = runLabels('r1', '"\\\n', { ...own, le: 'x', run: 'y' });
    const page = expose(runSamples(testIdentity, testFigures(), testResult()), common, form);
    const read = readByClient(page, form);
    expect(read.length).toBeGreaterThan(200);
    expect(read).toEqual(readByUs(page, form));
    expect(read[0]?.[1]).toMatchObject({ scenario: '"\\\n', label_le: 'x', label_run: 'y' });
  });

  it('would not be read with a quote that is not escaped', () => {
    expect(() => readByClient('# TYPE a gauge\na{b="c"d"} 1\n# EOF\n', 'openmetrics')).toThrow();
  });
});

it('every expression of the dashboard is PromQL to a parser that we did not write', () => {
  const { panels } = grafanaDashboard() as { panels: { targets?: { expr: string }[] }[] };
  const expressions = panels
    .flatMap(({ targets = [] }) => targets.map(({ expr }) => expr))
    // Grafana puts in durations before anybody parses them.
    .map((expr) => expr.replace(/\$__(rate_interval|range)/g, '1m'));
  const program = `
import json, sys, promql_parser
for expression in json.load(sys.stdin):
    promql_parser.parse(expression)
    print('parsed')
`;
  expect(expressions.length).toBeGreaterThan(30);
  expect(python(program, JSON.stringify(expressions)).trim().split('\n')).toHaveLength(expressions.length);
  expect(() => python(program, JSON.stringify(['sum(rate(x))']))).toThrow();
});
