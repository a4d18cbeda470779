import { csv } from './csv.ts';
import type { FileFormat } from './format.ts';
import { lines } from './lines.ts';
import { parquet } from './parquet.ts';

/** Every file format by its name, sorted: a new one is one file and one line here. */
export const formats: Readonly<Record<string, FileFormat>> = { csv, lines, parquet };
