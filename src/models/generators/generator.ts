import type { Micros } from '../../core/clock.ts';
import { draw, foldHigh, type StreamKey } from '../../core/random.ts';
import type { ReadingSpec } from '../model.ts';
import type { PartReader } from './part-reader.ts';

/** A reading made of nothing but random numbers and time: a pure function of (seat key, n, t). */
export interface Generator {
  readonly reading: Omit<ReadingSpec, 'doc' | 'unit'>;
  value(key: StreamKey, n: number, tUs: Micros): number;
}

/** A kind of generator: what a scenario writes, and what comes of it. */
export interface GeneratorKind {
  readonly doc: string;
  /** As a scenario writes it. */
  readonly example: string;
  /** Keys that may stand beside the kind, besides decimals and unit. */
  readonly options: readonly string[];
  /** Compiles what `reader` reads; null where it has found a mistake. `channel` is the first of four channels of random draws. */
  compile(reader: PartReader, channel: number): Generator | null;
}

/** Powers of ten up to the most decimals that a reading can have. */
export const powersOfTen = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9] as const;

/** Decimals that a number is written with, at most nine. */
export function decimalsOf(value: number): number {
  const digits = powersOfTen.findIndex((scale) => Math.round(value * scale) / scale === value);
  return digits < 0 ? 9 : digits;
}

/** Uniform number in [0, 1) with all 53 bits of a double, from two channels. */
export function fineUnit(key: StreamKey, n: number, channel: number): number {
  const k1 = foldHigh(key.k1, n);
  const high = draw(key.k0, k1, n, channel) >>> 5;
  const low = draw(key.k0, k1, n, channel + 1) >>> 6;
  return (high * 67_108_864 + low) * (1 / 9_007_199_254_740_992);
}
