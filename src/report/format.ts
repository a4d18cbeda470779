import type { RunResult } from '../metrics/result.ts';

/** A way to tell a finished result: a pure function of it, in pieces that are written one after the other. */
export interface ReportFormat {
  readonly name: string;
  /** Of the file, without the dot. */
  readonly extension: string;
  render(result: RunResult): Iterable<string>;
}
