import { printable } from '../core/printable-text.ts';
import type { Diagnostic } from './diagnostic.ts';
import { maskSecrets } from './secret-keys.ts';

/** Columns of source shown at most; the rest of a longer line is cut away around the mistake. */
const WIDTH = 120;
/** Characters of a message printed at most; a value quoted in it may be as long as the file. */
const LONGEST_MESSAGE = 400;
/** Diagnostics printed at most. */
const SHOWN = 50;

/**
 * Diagnostics as a reader wants them: `file:line:col: error: message`, the source line, a row of carets, the way out; then how many there
 * are. Secrets that stand literally in a shown line are masked; control characters never reach the terminal.
 */
export function renderDiagnostics(diagnostics: readonly Diagnostic[], sourceText: string, file: string): string {
  const out: string[] = [];
  for (const diagnostic of diagnostics.slice(0, SHOWN)) out.push(...renderOne(diagnostic, sourceText, file));
  if (diagnostics.length > SHOWN) out.push(`… and ${diagnostics.length - SHOWN} more`);
  const kind = diagnostics.some(({ severity }) => severity === 'error') ? 'error' : 'warning';
  out.push(`${diagnostics.length} ${diagnostics.length === 1 ? kind : `${kind}s`} in ${printable(file)}`);
  return `${out.join('\n')}\n`;
}

interface SourceLine {
  /** Counted from 0. */
  index: number;
  text: string;
  start: number;
}

function renderOne(diagnostic: Diagnostic, sourceText: string, file: string): string[] {
  const { severity, message, hint, range, flag } = diagnostic;
  const correction = hint?.startsWith('did you mean') ?? false;
  const text = clipped(printable(`${severity}: ${message}${correction ? `, ${hint}` : ''}`));
  const advice = hint === null || correction ? [] : [clipped(printable(`  hint: ${hint}`))];
  if (range === null) return [`${printable(flag ?? file)}: ${text}`, ...advice];

  const line = lineAt(sourceText, range.start);
  const column = range.start - line.start;
  const length = Math.max(1, Math.min(range.end, line.start + line.text.length) - range.start);
  const from = line.text.length <= WIDTH ? 0 : Math.max(0, Math.min(column - WIDTH / 3, line.text.length - WIDTH));
  const cut = Math.floor(from);
  const shown = printable(
    maskSecrets(line.text)
      .replace(/\t/g, ' ')
      .slice(cut, cut + WIDTH),
  );
  const gutter = `${line.index + 1}`.padStart(5);
  return [
    `${printable(file)}:${line.index + 1}:${column + 1}: ${text}`,
    `${gutter} | ${shown}`,
    `${' '.repeat(5)} | ${' '.repeat(column - cut)}${'^'.repeat(Math.min(length, WIDTH - (column - cut)))}`,
    ...advice,
  ];
}

/** The line that an offset lies in: counted anew for each of a few mistakes, because a table of all lines would outweigh the text. */
function lineAt(text: string, offset: number): SourceLine {
  let index = 0;
  let start = 0;
  for (let next = text.indexOf('\n'); next >= 0 && next < offset; next = text.indexOf('\n', start)) {
    start = next + 1;
    index++;
  }
  const end = text.indexOf('\n', start);
  return { index, text: text.slice(start, end < 0 ? text.length : end).replace(/\r$/, ''), start };
}

/** Line and column, from 1, of an offset in a text. */
export function positionOf(text: string, offset: number): { line: number; column: number } {
  const { index, start } = lineAt(text, offset);
  return { line: index + 1, column: offset - start + 1 };
}

/** Without most of the long words that a value may consist of, so that what is said about it is still read. */
function clipped(full: string): string {
  const text = full.replace(/[^\s"]{100,}/g, (word) => `${word.slice(0, 40)}…`);
  return text.length <= LONGEST_MESSAGE ? text : `${text.slice(0, LONGEST_MESSAGE - 1)}…`;
}
