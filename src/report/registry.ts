import { pluginReports } from '../scenario/load-plugin.ts';
import { console } from './console.ts';
import type { ReportFormat } from './format.ts';
import { json } from './json.ts';

/** Every built-in report format by name, sorted: a new one is one file and one line here. */
export const reportFormats: Readonly<Record<string, ReportFormat>> = { console, json };

/** The report format of that name, built in or of a plugin that this process has loaded; undefined where there is none. */
export function reportFormatNamed(name: string): ReportFormat | undefined {
  if (Object.hasOwn(reportFormats, name)) return reportFormats[name];
  return Object.hasOwn(pluginReports, name) ? (pluginReports[name] as ReportFormat) : undefined;
}
