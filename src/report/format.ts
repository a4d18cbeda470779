import type { RunResult } from '../metrics/result.ts';
import type { Evidence } from './evidence.ts';

/** A way to tell a finished result: a pure function of it and of what its files say, in pieces that are written one after the other. */
export interface ReportFormat {
  readonly name: string;
  /** Of the file, without the dot. */
  readonly extension: string;
  /** What its file beside the result is called; absent where it is only printed. */
  readonly file?: string;
  /** It shows what the run's files say; absent: it gets no evidence, and nothing has to be read for it. */
  readonly readsFiles?: true;
  render(result: RunResult, evidence: Evidence): Iterable<string>;
}
