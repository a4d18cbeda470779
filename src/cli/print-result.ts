import type { RunResult } from '../metrics/result.ts';
import { wantsColour } from './colour.ts';
import { exitOfVerdict } from './exit-codes.ts';

/** Prints a result on stdout, as the final screen or as JSON, and returns the exit code of its verdict. */
export async function printResult(
  result: RunResult,
  dir: string,
  form: 'screen' | 'json' | 'nothing',
): Promise<number> {
  if (form === 'json') process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
  if (form === 'screen') {
    const { consoleReport } = await import('../report/console.ts');
    for (const piece of consoleReport(result, { colour: wantsColour(process.stdout), dir }))
      process.stdout.write(piece);
  }
  return exitOfVerdict[result.verdict];
}
