import type { PayloadLayout } from '../codecs/codec.ts';
import { columnsOf } from '../codecs/csv.ts';
import type { FieldNode, FieldPath } from '../codecs/field-tree.ts';
import type { Op } from '../codecs/layout.ts';
import type { TemplateProblem } from './check-templates.ts';

/** What keeps fields from being the columns of rows, and at which of them; null where nothing does. */
export function columnsProblem(
  fields: readonly FieldNode[],
  layout: PayloadLayout,
  target: { linesOnly: boolean },
): (TemplateProblem & { path: FieldPath }) | null {
  if (layout.header === undefined) return null;
  const seen = new Set<string>();
  for (const { name, path } of columnsOf(fields)) {
    if (seen.has(name)) return { path, message: `two columns are called "${name}"`, hint: 'give one another name' };
    seen.add(name);
  }
  if (target.linesOnly && (breaksLine(layout.header) || layout.ops.some(writesBreak))) {
    const hint = 'take the line break out of the fields, write codec: json, or send to another target';
    return { path: [], message: 'a row would be broken over two lines of the file', hint };
  }
  return null;
}

function writesBreak(op: Op): boolean {
  if (op.op === 'optional') return op.present.some(writesBreak);
  return op.op === 'literal' ? breaksLine(op.text) : op.op === 'choice' && op.texts.some(breaksLine);
}

function breaksLine(text: string): boolean {
  return /[\r\n]/.test(text);
}
