import { printable } from './printable-text.ts';

/**
 * Text as a cell of comma-separated values that no spreadsheet takes for a formula: what begins like one gets an apostrophe before it. Control
 * characters become visible signs.
 */
export function csvText(text: string): string {
  const shown = printable(text);
  const plain = /^[=+\-@\t\r]/.test(shown) ? `'${shown}` : shown;
  return /[",\n]/.test(plain) || plain !== plain.trim() ? `"${plain.replaceAll('"', '""')}"` : plain;
}

/** The cells of a line, quotes taken away. */
export function csvCells(line: string): string[] {
  if (!line.includes('"')) return line.split(',');
  const cells: string[] = [];
  for (let at = 0; at <= line.length; at++) {
    const quoted = line[at] === '"' ? /"((?:[^"]|"")*)"/y : null;
    if (quoted !== null) quoted.lastIndex = at;
    const found = quoted?.exec(line) ?? null;
    const end = found === null ? line.indexOf(',', at) : at + found[0].length;
    cells.push(found?.[1]?.replaceAll('""', '"') ?? line.slice(at, end < 0 ? undefined : end));
    at = end < 0 ? line.length : end;
  }
  return cells;
}
