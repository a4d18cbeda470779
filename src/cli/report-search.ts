import type { CapacityResult } from '../capacity/capacity-result.ts';
import { IotloadError } from '../core/errors.ts';
import { printCapacity } from './print-capacity.ts';

/** A finished search once more, in one of the forms it has. */
export async function reportSearch(result: CapacityResult, dir: string, format: string): Promise<0> {
  if (format === 'html') {
    const { capacityPage } = await import('../capacity/html/capacity-page.ts');
    for (const piece of capacityPage(result)) process.stdout.write(piece);
  } else if (format === 'console' || format === 'json') {
    await printCapacity(result, dir, format === 'json' ? 'json' : 'screen');
  } else {
    throw new IotloadError('bad-arguments', 'a search has no such format', {
      where: '--format',
      value: format,
      hint: 'there are console, html, json; each of its steps has all of those of a run',
    });
  }
  return 0;
}
