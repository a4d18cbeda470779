import type { Micros } from '../core/clock.ts';
import type { Source } from '../targets/target.ts';
import type { SeenEnd } from '../wire/seen-file.ts';

/** What the other side has counted, for the end of a `seen` file: `sentUs`, when everything had been sent; `markers`, readiness markers that came. */
export function countedAtEnd(source: Source, sentUs: Micros, markers: number): Pick<SeenEnd, 'counted'> {
  const told = source.counted?.() ?? null;
  if (told === null) return {};
  const { atUs, ...count } = told;
  return { counted: { ...count, final: atUs >= sentUs, markers } };
}
