import type { UserRecords } from '../../../src/wire/kinesis/user-records.ts';

/** Key and data of each, the data as Latin-1. */
export function textsOf({ count, bytes, keyStarts, keyEnds, dataStarts, dataEnds }: UserRecords): [string, string][] {
  return Array.from({ length: count }, (_, i) => [
    bytes.toString('utf8', keyStarts[i], keyEnds[i]),
    bytes.toString('latin1', dataStarts[i], dataEnds[i]),
  ]);
}
