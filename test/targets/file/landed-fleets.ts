import type { PayloadColumns } from '../../../src/codecs/columns/column.ts';
import type { TargetFleet } from '../../../src/targets/target.ts';

/** The payloads of `payloadOf` as values. */
export const columns: PayloadColumns = {
  escapes: 'json',
  literals: ['{"fleet":', ',"slot":', ',"pad":', '}'],
  columns: [
    { path: ['fleet'], type: { kind: 'integer', wide: false }, quoted: false },
    { path: ['slot'], type: { kind: 'integer', wide: true }, quoted: false },
    { path: ['pad'], type: { kind: 'text' }, quoted: true },
  ],
};

/** What a target knows of fleets that send the payloads of `payloadOf`, in columns. */
export function withColumns(fleets: readonly TargetFleet[]): TargetFleet[] {
  return fleets.map((fleet) => ({ ...fleet, header: 'fleet,slot,pad', columns }));
}
