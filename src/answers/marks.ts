import type { ModelShape, ReadingSpec } from '../models/model.ts';

/** A label whose value tells that an event is out of the ordinary. */
export interface Mark {
  name: string;
  /** Position among readings and labels. */
  index: number;
  /** Words for the values; null where the value is a number. */
  names: readonly string[] | null;
  /** It is an amount: what counts is whether there is any, and the greatest. */
  amount: boolean;
}

/**
 * Which labels of a model mark events: those that are one of some words, a yes or no, or an amount that says so of itself (`marks`). Other than
 * 0 they mark. What is only a truer value than the reading, such as a temperature without noise, marks nothing.
 */
export function marksOf({ readings, labels = {} }: ModelShape): Mark[] {
  const first = Object.keys(readings).length;
  return Object.entries(labels).flatMap(([name, spec], i): Mark[] => {
    const discrete = isDiscrete(spec);
    if (!discrete && spec.marks !== true) return [];
    return [{ name, index: first + i, names: spec.names ?? null, amount: !discrete }];
  });
}

function isDiscrete({ names, flag, decimals, min, max }: ReadingSpec): boolean {
  return names !== undefined || flag === true || (decimals === 0 && min === 0 && max === 1);
}
