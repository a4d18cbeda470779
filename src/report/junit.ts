import type { CheckResult, RunResult } from '../metrics/result.ts';
import { resultFormats } from '../metrics/result-formats.ts';
import type { ReportFormat } from './format.ts';
import { headlines } from './headline.ts';
import { markup } from './markup.ts';

/** One case for each check and one for the verdict. What is inconclusive is an error, never a pass. */
export const junit: ReportFormat = {
  name: 'junit',
  extension: 'xml',
  file: resultFormats.junit,
  *render(result) {
    const cases = [...result.checks.map((check) => checkCase(check, result)), verdictCase(result)];
    const count = (element: string): number => cases.filter((text) => text.includes(`<${element}`)).length;
    const { run } = result;
    const attributes = [
      `name="${markup(run.scenario)}"`,
      `tests="${cases.length}"`,
      `failures="${count('failure ')}"`,
      `errors="${count('error ')}"`,
      `skipped="${count('skipped ')}"`,
      `time="${run.durationSeconds.toFixed(3)}"`,
      `timestamp="${run.startedAt.replace(/\.\d+Z$/, '')}"`,
      `hostname="${markup(`${result.environment['host'] ?? 'localhost'}`)}"`,
    ];
    yield '<?xml version="1.0" encoding="UTF-8"?>\n';
    yield `<testsuite ${attributes.join(' ')}>\n  <properties>\n`;
    for (const [name, value] of properties(result))
      yield `    <property name="${markup(name)}" value="${markup(value)}"/>\n`;
    yield '  </properties>\n';
    for (const text of cases) yield text;
    yield `  <system-out>${markup(headlines(result).join('\n'))}</system-out>\n  <system-err/>\n</testsuite>\n`;
  },
};

function properties({ run }: RunResult): [string, string][] {
  return [
    ['run', run.id],
    ['seed', `${run.seed}`],
    ['plan', run.planDigest],
    ['shard', run.shard],
    ['ended', run.ended],
    ['command', run.command],
    ...Object.entries(run.labels).map(([name, value]): [string, string] => [`label.${name}`, value]),
  ];
}

function checkCase({ name, expression, status, observed, reason }: CheckResult, { run }: RunResult): string {
  const text = [observed, reason].filter((part) => part !== '').join(': ');
  const inner = {
    pass: '',
    fail: element('failure', 'threshold', text),
    inconclusive: element('error', 'inconclusive', text),
    skipped: `      <skipped message="${markup(text)}"/>\n`,
  }[status];
  return testCase(`${run.scenario}.checks`, name === expression ? expression : `${name}: ${expression}`, inner);
}

function verdictCase(result: RunResult): string {
  const reason = headlines(result)[0] ?? '';
  const inner = {
    pass: '',
    fail: element('failure', 'verdict', reason),
    inconclusive: element('error', 'inconclusive', reason),
    error: element('error', 'defect', reason),
  }[result.verdict];
  return testCase(`${result.run.scenario}.verdict`, 'verdict', inner);
}

function testCase(classname: string, name: string, inner: string): string {
  const start = `    <testcase classname="${markup(classname)}" name="${markup(name)}" time="0"`;
  return inner === '' ? `${start}/>\n` : `${start}>\n${inner}    </testcase>\n`;
}

function element(name: 'failure' | 'error', type: string, message: string): string {
  return `      <${name} type="${type}" message="${markup(message)}"/>\n`;
}
