import { IotloadError } from '../../core/errors.ts';
import type { TargetFleet, TargetOptions } from '../target.ts';
import type { FileOptions } from './options.ts';

/**
 * The line that stands at the top of each file; null for none.
 * @throws IotloadError `bad-scenario` where the fleets' payloads have no columns, or different ones
 */
export function headerOf(options: TargetOptions, fleets: readonly TargetFleet[]): string | null {
  if ((options as unknown as FileOptions).format !== 'csv') return null;
  let header: string | null = null;
  for (const fleet of fleets) {
    const columns = fleet.header ?? null;
    if (columns === null) {
      throw new IotloadError('bad-scenario', `the payload of fleet ${fleet.name} has no columns`, {
        where: 'target.format',
        value: 'csv',
        hint: 'write codec: csv in its payload, or format: lines here',
      });
    }
    if (header !== null && columns !== header) {
      throw new IotloadError('bad-scenario', `fleet ${fleet.name} has other columns than the fleets before it`, {
        where: 'target.format',
        value: 'csv',
        hint: 'a file has one header line: give all fleets the same fields, or run them one by one into files of their own',
      });
    }
    header = columns;
  }
  return header;
}
