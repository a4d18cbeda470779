import type { Column, PayloadColumns } from '../../../codecs/columns/column.ts';
import { doubleText } from '../../../codecs/double-text.ts';
import { instantText } from './instant.ts';
import type { Cell } from './row-splitter.ts';

/** Makes the payload again of which these are the values, as text. */
export function joinRow({ escapes, literals, columns }: PayloadColumns, cells: readonly Cell[]): string {
  let text = literals[0] as string;
  for (let i = 0; i < columns.length; i++) {
    const cell = cells[i] as Cell;
    text += textOf(columns[i] as Column, cell, escapes) + (literals[i + 1] as string);
  }
  return text;
}

function textOf({ type, quoted }: Column, cell: Cell, escapes: PayloadColumns['escapes']): string {
  if (cell === null) return escapes === 'json' ? 'null' : '';
  switch (type.kind) {
    case 'decimal':
      return (cell as number).toFixed(type.decimals);
    case 'number':
      return JSON.stringify(cell);
    case 'double':
      return doubleText(cell as number);
    case 'instant': {
      const instant = instantText(cell as number, type.decimals);
      return quoted ? `"${instant}"` : instant;
    }
    case 'text':
      if (!quoted) return cell as string;
      return escapes === 'json' ? JSON.stringify(cell) : `"${(cell as string).replaceAll('"', '""')}"`;
    default:
      return String(cell);
  }
}
