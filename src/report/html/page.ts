import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { markup } from '../markup.ts';
import { script } from './script.ts';
import { style } from './style.ts';

const require = createRequire(import.meta.url);

/** Data of the charts that the page draws by itself, as JSON. */
export interface PageData {
  plots: readonly Plot[];
  /** What happened when: seconds, and words. */
  notes: readonly { at: number; text: string }[];
}

/** A chart over time. */
export interface Plot {
  id: string;
  /** Of the vertical axis. */
  unit: 'rate' | 'time' | 'share' | 'bytes' | 'count';
  logarithmic: boolean;
  /** A class of the page's style names the colour; `dash` for what is no measurement. */
  series: readonly { label: string; colour: string; dash?: boolean }[];
  /** Seconds first, then the series. */
  columns: readonly (readonly (number | null)[])[];
}

/** A whole page: everything it shows stands in it, and it may load nothing. `body` is markup, `title` plain text. */
export function* page(title: string, body: Iterable<string>, data: PageData): Iterable<string> {
  // A page without charts over time needs no library.
  const draws = data.plots.length > 0;
  const code = draws ? `${uPlotFile('uPlot.iife.min.js')}\n${script}` : '';
  const css = draws ? `${uPlotFile('uPlot.min.css')}\n${style}` : style;
  const policy = `default-src 'none'; style-src '${digestOf(css)}'; script-src '${digestOf(code)}'; base-uri 'none'; form-action 'none'`;
  yield `<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n`;
  yield `<meta http-equiv="Content-Security-Policy" content="${policy}">\n`;
  yield `<meta name="viewport" content="width=device-width,initial-scale=1">\n<meta name="color-scheme" content="light dark">\n`;
  yield `<title>${markup(title)}</title>\n<style>${css}</style>\n</head>\n<body>\n<main>\n`;
  yield* body;
  // No text of anybody's can end the element.
  yield '</main>\n';
  if (draws) {
    const text = JSON.stringify(data).replace(/</g, '\\u003c');
    yield `<script type="application/json" id="data">${text}</script>\n<script>${code}</script>\n`;
  }
  yield '</body>\n</html>\n';
}

function uPlotFile(name: string): string {
  return readFileSync(require.resolve(`uplot/dist/${name}`), 'utf8');
}

function digestOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
