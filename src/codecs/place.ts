import type { OpRange, PayloadLayout } from './codec.ts';
import { mergeLiterals, type Op, widthOf } from './layout.ts';

/** How the beginning of a field is found in a payload without parsing it. */
export interface Place {
  /** `offset` bytes from the payload's start or end where all that lies between has a fixed width, else right behind `text`. */
  from: 'start' | 'end' | 'text';
  offset: number;
  /** The text before the field. In JSON it holds the field's key, which occurs once: inside a string its quotes would be escaped. */
  text: Uint8Array;
}

/** Place of a field of a layout. */
export function placeOf(layout: PayloadLayout, range: OpRange): Place {
  const last = mergeLiterals(layout.ops.slice(0, range.from)).at(-1);
  const text = new TextEncoder().encode(last?.op === 'literal' ? last.text : '');
  const before = fixedWidth(layout.ops.slice(0, range.from));
  if (before >= 0) return { from: 'start', offset: before, text };
  const behind = fixedWidth(layout.ops.slice(range.from));
  if (behind >= 0) return { from: 'end', offset: behind, text };
  return { from: 'text', offset: 0, text };
}

/** Bytes that ops always take, -1 if their number varies. */
function fixedWidth(ops: readonly Op[]): number {
  let sum = 0;
  for (const op of ops) {
    const { min, max } = widthOf(op);
    if (min !== max) return -1;
    sum += max;
  }
  return sum;
}
