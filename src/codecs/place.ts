import type { OpRange, PayloadLayout } from './codec.ts';
import { mergeLiterals, type Op, widthOf } from './layout.ts';
import { endsUniquely } from './unique-text.ts';

/** How the beginning of a field is found in a payload without parsing it. */
export interface Place {
  /** `offset` bytes from the payload's start or end where all that lies between has a fixed width, else right behind `text`. */
  from: 'start' | 'end' | 'text';
  offset: number;
  /** The text before the field; looked for only where it stands nowhere before. */
  text: Uint8Array;
}

/** Place of a field of a layout; null where nothing tells it for every event. */
export function placeOf(layout: PayloadLayout, range: OpRange): Place | null {
  if (!endsPlainly(layout.ops, range)) return null;
  const ahead = mergeLiterals(layout.ops.slice(0, range.from));
  const last = ahead.at(-1);
  const text = new TextEncoder().encode(last?.op === 'literal' ? last.text : '');
  const before = fixedWidth(ahead);
  if (before >= 0) return { from: 'start', offset: before, text };
  const behind = fixedWidth(layout.ops.slice(range.from));
  if (behind >= 0) return { from: 'end', offset: behind, text };
  return endsUniquely(ahead, text) ? { from: 'text', offset: 0, text } : null;
}

/** Places of device and time; null where a payload lacks one of them or it cannot be found in every event. */
export function derivedPlaces(layout: PayloadLayout): { device: Place; time: Place } | null {
  const device = layout.device === null ? null : placeOf(layout, layout.device);
  const time = layout.time === null ? null : placeOf(layout, layout.time);
  return device === null || time === null ? null : { device, time };
}

/** Whether a field's last digits are told from what follows it. */
function endsPlainly(ops: readonly Op[], { from, to }: OpRange): boolean {
  const last = ops[to - 1];
  if (last === undefined || to === from || fixedWidth([last]) >= 0) return true;
  const next = mergeLiterals(ops.slice(to))[0];
  return next === undefined || (next.op === 'literal' && !/^[0-9a-f.]/.test(next.text));
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
