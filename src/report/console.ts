import { isAbsolute } from 'node:path';
import { printable } from '../core/printable-text.ts';
import { formatBytes, formatCount, formatRate } from '../core/units.ts';
import { formatShare } from '../metrics/format-share.ts';
import type { CheckResult, HealthSummary, RunResult, Verdict } from '../metrics/result.ts';
import type { ReportFormat } from './format.ts';
import { growthTexts } from './growth-text.ts';
import { headlines } from './headline.ts';
import { brokerLines, hopLines, partitionLines, targetLines } from './hop-lines.ts';
import { latencyTable } from './latency-table.ts';
import { lossLine } from './loss-line.ts';
import { percentilePlot } from './percentile-plot.ts';
import { shardLines } from './shard-lines.ts';
import { clipped, type Paint, painter, type Tone, wrapped } from './terminal-text.ts';

export interface ConsoleOptions {
  /** Whether to write escape sequences for colours. */
  colour: boolean;
  /** Directory of the run's files, as the user may type it. */
  dir: string;
}

/** The final screen of a run, without colours. */
export const console: ReportFormat = {
  name: 'console',
  extension: 'txt',
  render: (result) => consoleReport(result, { colour: false, dir: '.' }),
};

const WIDTH = 80;
const MAX_REASONS = 4;
const MAX_CHECKS = 8;
const MAX_ERRORS = 3;
const verdictTones: Readonly<Record<Verdict, Tone>> = {
  pass: 'good',
  fail: 'bad',
  inconclusive: 'doubt',
  error: 'bad',
};
const checkMarks: Readonly<Record<CheckResult['status'], readonly [mark: string, tone: Tone]>> = {
  pass: ['✓', 'good'],
  fail: ['✗', 'bad'],
  inconclusive: ['?', 'doubt'],
  skipped: ['-', 'quiet'],
};

/**
 * A finished run on one screen of 80 columns: the verdict and its reasons first, then the evidence. Names are stripped of control
 * characters; lists are cut, the whole is in summary.json.
 */
export function* consoleReport(result: RunResult, { colour, dir }: ConsoleOptions): Iterable<string> {
  const paint = painter(colour);
  const lines = [
    ...verdict(result, paint),
    ...run(result, paint),
    '',
    ...delivery(result, paint),
    ...targetLines(result),
    ...brokerLines(result),
    ...hopLines(result.hops),
    ...partitionLines(result),
    '',
    ...latencyTable(result, paint).map(indented),
    ...distribution(result, paint),
    ...checks(result.checks, paint),
    ...errors(result.errors, paint),
    ...health(result, paint),
    ...shardLines(result.shards),
    ...files(result, dir, paint),
  ];
  for (const line of lines) yield `${line}\n`;
}

function verdict(result: RunResult, paint: Paint): string[] {
  const word = result.verdict.toUpperCase();
  const reasons = headlines(result);
  const shown = reasons.slice(0, MAX_REASONS).flatMap((reason, i) => {
    const text = wrapped(printable(reason), WIDTH - word.length - 2);
    return i === 0 ? text.map((line) => paint('loud', line)) : text;
  });
  if (reasons.length > MAX_REASONS) shown.push(`and ${reasons.length - MAX_REASONS} more in summary.json`);
  return shown.map(
    (line, i) => `${i === 0 ? paint(verdictTones[result.verdict], word) : ' '.repeat(word.length)}  ${line}`,
  );
}

function run({ run: { scenario, id, ended, durationSeconds, shard } }: RunResult, paint: Paint): string[] {
  const parts = [clipped(printable(scenario), 30), `run ${clipped(printable(id), 24)}`];
  if (shard !== '0/1') parts.push(`shard ${printable(shard)}`);
  parts.push(`${ended.replace('-', ' ')} after ${seconds(durationSeconds)}`);
  return [paint('quiet', parts.join(' · '))];
}

function delivery(result: RunResult, paint: Paint): string[] {
  const { events, delivery: seen, rate } = result;
  const share =
    rate.targetPerSecond === 0 ? '' : ` (${formatShare(round(rate.achievedPerSecond / rate.targetPerSecond))})`;
  const lines = [
    paint(seen.lost + seen.missing > 0 ? 'bad' : 'loud', lossLine(result)),
    row('intended', [
      ['', events.intended],
      ['sent', events.sent],
      ['not sent', events.notSent],
    ]),
    row('sent', [
      ['acked', events.acked],
      ['rejected', events.rejected],
      ['unknown', events.unknown],
      ['no ack', events.noAck],
    ]),
  ];
  if (seen.identity !== 'not checked') {
    lines.push(
      row('arrived', [
        ['verified', seen.verified],
        ['duplicates', seen.duplicates],
        ['reordered', seen.reordered],
        ['corrupt', seen.corrupt],
      ]),
    );
    const rare = row(
      '',
      [
        ['recovered', seen.recovered || null],
        ['late', seen.late || null],
        ['phantom', seen.phantom || null],
        ['foreign', seen.foreign || null],
      ],
      'only known',
    );
    if (rare !== '') lines.push(rare);
  }
  const asked = rate.targetPerSecond === 0 ? ', unpaced' : ` of ${formatRate(rate.targetPerSecond)} intended${share}`;
  lines.push(`rate      ${formatRate(rate.achievedPerSecond)} achieved${asked}`);
  return lines.map(indented);
}

/** One line of counts. What the identity cannot tell is a dash, or left out with `only known`. */
function row(
  label: string,
  counts: readonly (readonly [name: string, count: number | null])[],
  which: 'all' | 'only known' = 'all',
): string {
  const cells = counts
    .filter(([, count]) => which === 'all' || count !== null)
    .map(([name, count]) => `${name} ${count === null ? '–' : formatCount(count)}`.trim());
  return cells.length === 0 ? '' : `${label.padEnd(10)}${cells.join('   ')}`;
}

function distribution({ latency }: RunResult, paint: Paint): string[] {
  const [heading, ...bars] = percentilePlot(latency.responseTime, WIDTH - 19);
  if (heading === undefined) return [''];
  return [indented(paint('quiet', `response time by percentile, ${heading}`)), ...bars.map(indented), ''];
}

function checks(all: readonly CheckResult[], paint: Paint): string[] {
  if (all.length === 0) return [];
  // What failed must not fall off the end of a long list.
  const order = ['fail', 'inconclusive', 'pass', 'skipped'];
  const sorted = [...all].sort((a, b) => order.indexOf(a.status) - order.indexOf(b.status));
  const shown = sorted.slice(0, MAX_CHECKS);
  const column = Math.max(...shown.map(({ expression }) => Math.min(expression.length, 30)));
  const lines = shown.map((check) => {
    const [mark, tone] = checkMarks[check.status];
    const expression = clipped(printable(check.expression), 30).padEnd(column);
    return `${paint(tone, mark)} ${expression}  ${clipped(printable(finding(check)), WIDTH - 6 - column)}`.trimEnd();
  });
  if (all.length > MAX_CHECKS) lines.push(paint('quiet', `and ${all.length - MAX_CHECKS} more in summary.json`));
  return [...lines.map(indented), ''];
}

/** What was observed; for a check without an answer, why it has none. */
function finding({ status, observed, reason }: CheckResult): string {
  if (status === 'pass' || status === 'fail') return observed;
  return [observed, status === 'skipped' ? `skipped: ${reason}` : reason].filter((part) => part !== '').join(': ');
}

function errors(all: RunResult['errors'], paint: Paint): string[] {
  if (all.length === 0) return [];
  const lines = all
    .slice(0, MAX_ERRORS)
    .map(({ count, message }) => `${formatCount(count)} × ${clipped(printable(message), WIDTH - 12)}`);
  if (all.length > MAX_ERRORS) lines.push(paint('quiet', `and ${all.length - MAX_ERRORS} more in summary.json`));
  return [...lines.map(indented), ''];
}

function health({ generator, verifier, run }: RunResult, paint: Paint): string[] {
  return [...party('generator', generator, run, paint), ...party('verifier', verifier, run, paint)];
}

function party(name: string, health: HealthSummary, run: RunResult['run'], paint: Paint): string[] {
  const { status, cpuSeconds, peakRssBytes, signals, growth } = health;
  const cost = status === 'not run' ? '' : `, ${cpuSeconds.toFixed(2)} CPU s, ${formatBytes(peakRssBytes)}`;
  const state = status === 'unhealthy' ? paint('doubt', status) : status;
  const told = [...signals, ...growthTexts(growth, run).map((text) => `growth of ${text}`)]
    .flatMap((signal) => wrapped(printable(signal), WIDTH - 12))
    .map((line) => `${' '.repeat(10)}${line}`);
  return [`${name.padEnd(10)}${state}${cost}`, ...told].map(indented);
}

function files(result: RunResult, dir: string, paint: Paint): string[] {
  const paths = Object.values(result.files).map(printable);
  const beside = paths.filter((path) => !isAbsolute(path));
  const elsewhere = paths.filter((path) => isAbsolute(path));
  return [
    indented(`${'files'.padEnd(10)}${printable(dir)}`),
    ...wrapped(['summary.json', ...beside].join('  '), WIDTH - 12).map((line) =>
      indented(paint('quiet', `${' '.repeat(10)}${line.trimEnd()}`)),
    ),
    ...elsewhere.map((path) => indented(`${' '.repeat(10)}${path}`)),
  ];
}

function indented(line: string): string {
  return `  ${line}`;
}

function seconds(value: number): string {
  return value < 100 ? `${Number(value.toFixed(1))} s` : `${formatCount(Math.round(value))} s`;
}

/** To a tenth of a percent: an achieved rate is no more exact than that. */
function round(share: number): number {
  return Math.round(share * 1000) / 1000;
}
