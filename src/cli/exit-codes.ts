import type { ErrorCode } from '../core/errors.ts';
import type { Verdict } from '../metrics/result.ts';

/** Exit code of each verdict. */
export const exitOfVerdict: Readonly<Record<Verdict, number>> = { pass: 0, fail: 1, inconclusive: 3, error: 5 };

/** Exit code of each error that ends a command before it has a verdict. */
export const exitOfError: Readonly<Record<ErrorCode, number>> = {
  'bad-arguments': 2,
  'bad-scenario': 2,
  'not-supported': 2,
  'file-unreadable': 2,
  'file-unwritable': 2,
  'file-corrupt': 3,
  'target-unreachable': 4,
  'target-refused': 4,
  'verifier-not-ready': 4,
  'verifier-died': 3,
  'backlog-full': 3,
  'memory-exceeded': 3,
  'worker-died': 5,
  defect: 5,
  'refused-by-safety': 6,
};

/** Exit code after an orderly stop by a signal. */
export const exitOfSignal = { SIGINT: 130, SIGTERM: 143 } as const;

/** Every exit code and what it means. */
export const exitTable: readonly (readonly [code: string, meaning: string])[] = [
  ['0', 'pass: thresholds and delivery expectations hold'],
  ['1', 'fail: one of them was violated, soundly'],
  ['2', 'bad arguments or scenario: nothing was sent'],
  ['3', 'inconclusive: generator or verifier the limit, or nothing verified'],
  ['4', 'target unreachable, or it refused us before measuring'],
  ['5', 'defect in iotload'],
  ['6', 'refused by a safety rail'],
  ['130/143', 'interrupted; the results were written'],
];

/** The end of a help: the whole table, or the part that concerns a verb which judges nothing. */
export function exitCodes(codes?: readonly string[]): string {
  const rows = codes === undefined ? exitTable : exitTable.filter(([code]) => codes.includes(code));
  const lines = rows.map(([code, meaning]) => {
    const done = code === '0' && codes !== undefined ? 'done, and nothing is wrong' : meaning;
    return `  ${code.padEnd(8)} ${codes !== undefined && code.startsWith('130') ? 'interrupted' : done}`;
  });
  return ['Exit codes', ...lines].join('\n');
}
