import { wrapped } from './terminal-text.ts';

/** Narrowest last column; beyond that a table is wider than the screen. */
const LEAST = 24;

/** Rows as aligned columns on `width` characters; the last cell of a row is wrapped under itself. A heading is a row like any other. */
export function columns(
  rows: readonly (readonly string[])[],
  { width = 80, right = [] }: { width?: number; right?: readonly number[] } = {},
): string {
  const most = Math.max(1, ...rows.map((row) => row.length));
  const widths = Array.from({ length: most - 1 }, (_, i) =>
    Math.max(0, ...rows.map((row) => (i < row.length - 1 ? (row[i] as string).length : 0))),
  );
  let text = '';
  for (const row of rows) {
    const head = row
      .slice(0, -1)
      .map(
        (cell, i) => `${right.includes(i) ? cell.padStart(widths[i] as number) : cell.padEnd(widths[i] as number)}  `,
      )
      .join('');
    wrapped(row.at(-1) ?? '', Math.max(LEAST, width - head.length)).forEach((line, i) => {
      text += `${`${i === 0 ? head : ' '.repeat(head.length)}${line}`.trimEnd()}\n`;
    });
  }
  return text;
}
