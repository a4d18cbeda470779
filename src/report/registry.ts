import { pluginReports } from '../scenario/load-plugin.ts';
import { console } from './console.ts';
import { csv } from './csv.ts';
import type { ReportFormat } from './format.ts';
import { hgrm } from './hgrm.ts';
import { hlog } from './hlog.ts';
import { html } from './html/html.ts';
import { json } from './json.ts';
import { junit } from './junit.ts';
import { markdown } from './markdown.ts';

/** Every built-in report format by name, sorted: a new one is one file and one line here. */
export const reportFormats: Readonly<Record<string, ReportFormat>> = {
  console,
  csv,
  hgrm,
  hlog,
  html,
  json,
  junit,
  markdown,
};

/** The report format of that name, built in or of a plugin that this process has loaded; undefined where there is none. */
export function reportFormatNamed(name: string): ReportFormat | undefined {
  if (Object.hasOwn(reportFormats, name)) return reportFormats[name];
  return Object.hasOwn(pluginReports, name) ? (pluginReports[name] as ReportFormat) : undefined;
}
