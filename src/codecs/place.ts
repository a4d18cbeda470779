import type { OpRange, PayloadLayout } from './codec.ts';
import { literalBytes, mergeLiterals, type Op, widthOf } from './layout.ts';
import { countOf, endsUniquely } from './unique-text.ts';

/** How the beginning of a field is found in a payload without parsing it. */
export interface Place {
  /**
   * `offset` bytes from the payload's start or end where all that lies between has a fixed width, else right behind `text`, passing over as
   * many of it as `offset` says.
   */
  from: 'start' | 'end' | 'text';
  offset: number;
  /** The text before the field; looked for only where it stands always as often before. */
  text: Uint8Array;
}

/** Place of a field of a layout; null where nothing tells it for every event. */
export function placeOf(layout: PayloadLayout, range: OpRange): Place | null {
  if (!endsPlainly(layout.ops, range)) return null;
  const ahead = mergeLiterals(layout.ops.slice(0, range.from));
  const last = ahead.at(-1);
  const text = (last === undefined ? null : literalBytes(last)) ?? new Uint8Array();
  const before = fixedWidth(ahead);
  if (before >= 0) return { from: 'start', offset: before, text };
  const behind = fixedWidth(layout.ops.slice(range.from));
  if (behind >= 0) return { from: 'end', offset: behind, text };
  if (endsUniquely(ahead, text)) return { from: 'text', offset: 0, text };
  // As in a row of columns: so many commas before, in every event.
  const separators = countOf(ahead, text.at(-1));
  return separators > 0 ? { from: 'text', offset: separators - 1, text: text.slice(-1) } : null;
}

/** Places of device and time; null where a payload lacks one of them or it cannot be found in every event. */
export function derivedPlaces(layout: PayloadLayout): { device: Place; time: Place } | null {
  const device = layout.device === null ? null : placeOf(layout, layout.device);
  const time = layout.time === null ? null : placeOf(layout, layout.time);
  return device === null || time === null ? null : { device, time };
}

/** Places of device, sequence and run; null where a payload lacks one of them or it cannot be found in every event. */
export function namedPlaces(layout: PayloadLayout): { device: Place; sequence: Place; run: Place } | null {
  const [device, sequence, run] = [layout.device, layout.sequence, layout.run].map((range) =>
    range === null ? null : placeOf(layout, range),
  ) as [Place | null, Place | null, Place | null];
  return device === null || sequence === null || run === null ? null : { device, sequence, run };
}

/** Whether a field's last digits are told from what follows it. */
function endsPlainly(ops: readonly Op[], { from, to }: OpRange): boolean {
  const last = ops[to - 1];
  if (last === undefined || to === from || last.op === 'number' || fixedWidth([last]) >= 0) return true;
  const next = mergeLiterals(ops.slice(to))[0];
  if (next === undefined) return true;
  const byte = literalBytes(next)?.[0];
  return byte !== undefined && !/^[0-9a-f.]/.test(String.fromCharCode(byte));
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
