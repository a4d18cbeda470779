import { headerOf } from '../header.ts';
import type { FileFormat } from './format.ts';
import { lineFormat } from './lines.ts';

/** One row a line, below the names of the columns. */
export const csv: FileFormat = {
  name: 'csv',
  doc: 'one event a line, below a line with the names of the columns',
  extension: '.csv',
  grows: true,
  payloads: 'csv',
  open: async (_options, fleets) => lineFormat(Buffer.from(`${headerOf({ format: 'csv' }, fleets)}\n`)),
};
