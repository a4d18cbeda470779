/** Formats that a run writes beside its result unless the scenario names others, and what their files are called. */
export const resultFormats = {
  csv: 'timeline.csv',
  hgrm: 'response-time.hgrm',
  hlog: 'latency.hlog',
  html: 'report.html',
  junit: 'junit.xml',
} as const;
export type ResultFormat = keyof typeof resultFormats;
export const resultFormatNames = Object.keys(resultFormats) as readonly ResultFormat[];
