import type { Verdict } from '../metrics/result.ts';

/** What became of one case. */
export interface CaseReport {
  name: string;
  protocol: string;
  /** What was done, in words and figures. */
  injected: string;
  /** What the run made of it. */
  reported: string;
  expectedVerdict: Verdict;
  verdict: Verdict;
  /**
   * ok: every figure is the true one. wrong: a figure is not, which is a defect of ours. undecided: every count is, but this machine was
   * too slow for a verdict, or too coarse for a latency.
   */
  status: 'ok' | 'wrong' | 'undecided';
  /** What is wrong, one sentence each. */
  problems: string[];
  seconds: number;
  /** Where the files of the run were left; null where nothing was wrong. */
  dir: string | null;
}
