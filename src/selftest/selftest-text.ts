import { printable } from '../core/printable-text.ts';
import { formatMicros } from '../core/units.ts';
import { columns } from '../report/columns.ts';
import type { CaseReport } from './case-report.ts';
import type { SelfTestReport } from './selftest.ts';

const marks: Readonly<Record<CaseReport['status'], string>> = { ok: 'ok', wrong: 'WRONG', undecided: '?' };

/** The table of a self-test on 100 columns, what was wrong, and what it means. */
export function selfTestText(report: SelfTestReport): string {
  const several = new Set(report.cases.map(({ protocol }) => protocol)).size > 1;
  const nameOf = ({ name, protocol }: CaseReport): string => (several ? `${protocol} ${name}` : name);
  const rows = report.cases.map((one) => [
    nameOf(one),
    marks[one.status],
    one.verdict === one.expectedVerdict || one.status === 'ok'
      ? one.verdict
      : `${one.verdict}, not ${one.expectedVerdict}`,
    printable(`${one.injected} → ${one.reported}`),
  ]);
  const problems = report.cases
    .filter(({ status }) => status !== 'ok')
    .flatMap((one) => [
      `${nameOf(one)}:`,
      ...one.problems.map((problem) => `  - ${printable(problem)}`),
      ...(one.dir === null ? [] : [`  its files are in ${one.dir}`]),
    ]);
  return [
    columns([['case', '', 'verdict', 'injected → reported'], ...rows], { width: 100 }),
    ...(problems.length === 0 ? [] : [`${problems.join('\n')}\n`]),
    `${granularityText(report)}\n${conclusion(report)}\n`,
  ].join('\n');
}

function granularityText({ granularity: { clockStepUs, timers } }: SelfTestReport): string {
  const late = `p50 ${formatMicros(timers.p50)}, p99 ${formatMicros(timers.p99)}, max ${formatMicros(timers.max)}`;
  return `this machine: timers fire late by ${late}; the clock steps by ${formatMicros(clockStepUs)}`;
}

function conclusion({ status, cases, seconds }: SelfTestReport): string {
  const took = `${cases.length} ${cases.length === 1 ? 'case' : 'cases'} in ${Math.round(seconds)} s`;
  switch (status) {
    case 'ok':
      return `${took}: every figure was the true one`;
    case 'wrong':
      return `${took}: figures of ours were not the true ones. This is a defect in iotload, whatever the target did`;
    case 'undecided':
      return `${took}: no count was wrong, but this machine was too slow for some verdict or latency`;
    case 'interrupted':
      return `${took}, then interrupted`;
  }
}
