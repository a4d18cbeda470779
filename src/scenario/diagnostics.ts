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
  const lines = sourceLines(sourceText);
  const out: string[] = [];
  for (const diagnostic of diagnostics.slice(0, SHOWN)) out.push(...renderOne(diagnostic, lines, file));
  if (diagnostics.length > SHOWN) out.push(`… and ${diagnostics.length - SHOWN} more`);
  const kind = diagnostics.some(({ severity }) => severity === 'error') ? 'error' : 'warning';
  out.push(`${diagnostics.length} ${diagnostics.length === 1 ? kind : `${kind}s`} in ${printable(file)}`);
  return `${out.join('\n')}\n`;
}

interface SourceLine {
  text: string;
  start: number;
}

function renderOne(diagnostic: Diagnostic, lines: readonly SourceLine[], file: string): string[] {
  const { severity, message, hint, range, flag } = diagnostic;
  const correction = hint?.startsWith('did you mean') ?? false;
  const text = clipped(printable(`${severity}: ${message}${correction ? `, ${hint}` : ''}`));
  const advice = hint === null || correction ? [] : [clipped(printable(`  hint: ${hint}`))];
  if (range === null) return [`${printable(flag ?? file)}: ${text}`, ...advice];

  const index = lineAt(lines, range.start);
  const line = lines[index] as SourceLine;
  const column = range.start - line.start;
  const length = Math.max(1, Math.min(range.end, line.start + line.text.length) - range.start);
  const from = line.text.length <= WIDTH ? 0 : Math.max(0, Math.min(column - WIDTH / 3, line.text.length - WIDTH));
  const cut = Math.floor(from);
  const shown = printable(maskSecrets(line.text).slice(cut, cut + WIDTH));
  const gutter = `${index + 1}`.padStart(5);
  return [
    `${printable(file)}:${index + 1}:${column + 1}: ${text}`,
    `${gutter} | ${shown}`,
    `${' '.repeat(5)} | ${' '.repeat(column - cut)}${'^'.repeat(Math.min(length, WIDTH - (column - cut)))}`,
    ...advice,
  ];
}

function sourceLines(text: string): SourceLine[] {
  const lines: SourceLine[] = [];
  let start = 0;
  for (const part of text.split('\n')) {
    lines.push({ text: part.replace(/\r$/, ''), start });
    start += part.length + 1;
  }
  return lines;
}

function lineAt(lines: readonly SourceLine[], offset: number): number {
  let low = 0;
  let high = lines.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((lines[middle] as SourceLine).start <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

function clipped(text: string): string {
  return text.length <= LONGEST_MESSAGE ? text : `${text.slice(0, LONGEST_MESSAGE - 1)}…`;
}

/** One column a character, so that carets stay in place. */
function printable(text: string): string {
  return text.replace(/\t/g, ' ').replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\u{fffd}');
}
