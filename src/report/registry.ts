import { console } from './console.ts';
import type { ReportFormat } from './format.ts';
import { json } from './json.ts';

/** Every report format by name, sorted: a new one is one file and one line here. */
export const reportFormats: Readonly<Record<string, ReportFormat>> = { console, json };
