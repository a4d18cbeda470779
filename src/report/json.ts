import type { RunResult } from '../metrics/result.ts';
import type { ReportFormat } from './format.ts';

/** The result document itself, `summary.json`. */
export const json: ReportFormat = {
  name: 'json',
  extension: 'json',
  *render(result: RunResult) {
    yield `${JSON.stringify(result, null, 2)}\n`;
  },
};
