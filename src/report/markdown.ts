import { printable } from '../core/printable-text.ts';
import { formatCount, formatMicros, formatRate } from '../core/units.ts';
import type { CheckResult, IntervalName } from '../metrics/result.ts';
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
      yield `| ${name} | ${[p50, p99, p999, max].map((us) => (us === null ? '–' : formatMicros(us))).join(' | ')} |\n`;
    }
    for (const { name, partitions } of result.targets) {
      if (partitions !== undefined && partitions.count > 1)
        yield `\n${inert(result.targets.length < 2 ? '' : `${name}: `)}${partitionLine(partitions)}\n`;
    }
    if (checks.length > 0) yield '\n| | check | observed |\n|:--|:--|:--|\n';
    for (const { status, expression, observed, reason } of checks)
      yield `| ${marks[status]} | ${inert(expression)} | ${inert([observed, reason].filter(Boolean).join(': '))} |\n`;
    yield `\n<sub>run ${inert(run.id)}, ${run.ended.replace('-', ' ')} after ${run.durationSeconds.toFixed(1)} s, seed ${run.seed}, plan ${inert(run.planDigest)}</sub>\n`;
  },
};

/** Text from anywhere as itself: no Markdown, no HTML, one line. */
function inert(text: string): string {
  return printable(text)
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/[\\`*_{}[\]()#+!|~@:]/g, (character) => `&#${character.charCodeAt(0)};`);
}
