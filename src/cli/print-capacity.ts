import type { CapacityResult } from '../capacity/capacity-result.ts';
import { wantsColour } from './colour.ts';

/** Exit code of what a search found. */
export const exitOfFinding = { pass: 0, fail: 1, inconclusive: 3 } as const;

/** Prints what a search found on stdout, as the final screen or as JSON, and returns its exit code. */
export async function printCapacity(
  result: CapacityResult,
  dir: string,
  form: 'screen' | 'json' | 'nothing',
): Promise<number> {
  if (form === 'json') process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
  if (form === 'screen') {
    const { capacityText } = await import('../capacity/capacity-text.ts');
    for (const piece of capacityText(result, { colour: wantsColour(process.stdout), dir })) process.stdout.write(piece);
  }
  return exitOfFinding[result.verdict];
}
