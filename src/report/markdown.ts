import { printable } from '../core/printable-text.ts';
import { formatCount, formatMicros, formatRate } from '../core/units.ts';
import type { CheckResult, IntervalName, TargetResult } from '../metrics/result.ts';
import type { ReportFormat } from './format.ts';
import { headlines } from './headline.ts';
import { lossLine } from './loss-line.ts';
import { partitionLine } from './partition-line.ts';

const marks: Readonly<Record<CheckResult['status'], string>> = {
  pass: '✅',
  fail: '❌',
  inconclusive: '❔',
  skipped: '⏭️',
};
const verdictMarks = { pass: '✅', fail: '❌', inconclusive: '❔', error: '💥' } as const;
const intervals: readonly (readonly [IntervalName, string])[] = [
  ['responseTime', 'response time'],
  ['serviceTime', 'service time'],
  ['endToEnd', 'end to end'],
  ['scheduleLag', 'schedule lag'],
];

/** A summary in GitHub's Markdown, as for the step of a job. */
export const markdown: ReportFormat = {
  name: 'markdown',
  extension: 'md',
  *render(result) {
    const { run, events, delivery, latency, rate, checks } = result;
    const [headline = '', ...reasons] = headlines(result);
    yield `### ${verdictMarks[result.verdict]} iotload: ${inert(run.scenario)}: ${result.verdict}\n\n`;
    yield `**${inert(headline)}**\n\n`;
    for (const reason of reasons) yield `- ${inert(reason)}\n`;
    yield `\n${inert(lossLine(result))}\n\n`;
    yield '| intended | sent | acked | verified | lost | missing | duplicates | rate |\n|--:|--:|--:|--:|--:|--:|--:|--:|\n';
    const cells = [events.intended, events.sent, events.acked, delivery.verified, delivery.lost, delivery.missing];
    const counts = [...cells, delivery.duplicates].map((count) => (count === null ? '–' : formatCount(count)));
    yield `| ${[...counts, formatRate(rate.achievedPerSecond)].join(' | ')} |\n\n`;
    yield '| latency | p50 | p99 | p99.9 | max |\n|:--|--:|--:|--:|--:|\n';
    for (const [interval, name] of intervals) {
      const { p50, p99, p999, max } = latency[interval];
      yield `| ${name} | ${[p50, p99, p999, max].map(time).join(' | ')} |\n`;
    }
    for (const { name, partitions } of result.targets) {
      if (partitions !== undefined && partitions.count > 1)
        yield `\n${inert(result.targets.length < 2 ? '' : `${name}: `)}${partitionLine(partitions)}\n`;
    }
    yield* targetTable(result.targets);
    if (checks.length > 0) yield '\n| | check | observed |\n|:--|:--|:--|\n';
    for (const { status, expression, observed, reason } of checks)
      yield `| ${marks[status]} | ${inert(expression)} | ${inert([observed, reason].filter(Boolean).join(': '))} |\n`;
    yield `\n<sub>run ${inert(run.id)}, ${run.ended.replace('-', ' ')} after ${run.durationSeconds.toFixed(1)} s, seed ${run.seed}, plan ${inert(run.planDigest)}</sub>\n`;
  },
};

/** A row for each of several targets. */
function* targetTable(targets: readonly TargetResult[]): Iterable<string> {
  if (targets.length < 2) return;
  yield '\n| target | sent | acked | verified | lost or missing | rate | response p99 | end to end p99 |\n';
  yield '|:--|--:|--:|--:|--:|--:|--:|--:|\n';
  for (const { name, events, delivery, rate, latency } of targets) {
    const counts = [events.sent, events.acked].map(formatCount);
    const read = delivery.identity === 'not checked' ? null : [delivery.verified, delivery.lost + delivery.missing];
    const pace = rate === undefined ? '–' : formatRate(rate.achievedPerSecond);
    const times = [latency?.responseTime.p99 ?? null, latency?.endToEnd.p99 ?? null].map(time);
    yield `| ${[inert(name), ...counts, ...(read?.map(formatCount) ?? ['–', '–']), pace, ...times].join(' | ')} |\n`;
  }
}

function time(us: number | null): string {
  return us === null ? '–' : formatMicros(us);
}

/** Text from anywhere as itself: no Markdown, no HTML, one line. */
function inert(text: string): string {
  return printable(text)
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/[\\`*_{}[\]()#+!|~@:]/g, (character) => `&#${character.charCodeAt(0)};`);
}
