import { type EventContext, mergeLiterals, type Op, widthOf } from './layout.ts';
import { generateWriter } from './writer-generated.ts';
import { stepWriter } from './writer-steps.ts';

/** Writes one event from `at` on and returns its end. */
export type WriteEvent = (context: EventContext, view: DataView, at: number) => number;

/** A compiled list of ops. */
export interface Writer {
  readonly write: WriteEvent;
  /** Greatest number of bytes an event can take. */
  readonly maxBytes: number;
}

/** A writer may touch this many bytes beyond an event's end, because it stores eight bytes at a time. */
export const writerSlack = 8;

/** Whether this process may compile code from text; `--disallow-code-generation-from-strings` forbids it. */
export function canGenerate(): boolean {
  try {
    return new Function('return true')() === true;
  } catch {
    return false;
  }
}

/** Compiles ops to one generated function, or to a chain of closures where code may not be generated; both write the same bytes. */
export function compileWriter(ops: readonly Op[], generated: boolean = canGenerate()): Writer {
  const merged = mergeLiterals(ops);
  let maxBytes = 0;
  for (const op of merged) maxBytes += widthOf(op).max;
  return { write: generated ? generateWriter(merged) : stepWriter(merged), maxBytes };
}
