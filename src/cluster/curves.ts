/** What something stood at at an instant; several, in ascending order, are its curve. */
export interface CurvePoint<T> {
  atUs: number;
  value: T;
}

/**
 * What figures of one shard came to at an instant: in a straight line between two points, from 0 at 0 before the first, and as in the last
 * one behind it. Shards say where they stand at instants of their own; so their sums are those of one instant.
 */
export class CurveReader<T> {
  readonly #points: readonly CurvePoint<T>[];
  #next = 0;

  constructor(points: readonly CurvePoint<T>[]) {
    this.#points = points;
  }

  /** The point at or behind the instant, or else the last one; instants come in ascending order. undefined where there is none. */
  at(atUs: number): T | undefined {
    while (this.#next < this.#points.length - 1 && (this.#points[this.#next] as CurvePoint<T>).atUs < atUs)
      this.#next++;
    return this.#points[this.#next]?.value;
  }

  /** A figure at the instant that `at` was last asked for. */
  between(atUs: number, figure: (value: T) => number): number {
    const after = this.#points[this.#next];
    if (after === undefined) return 0;
    const before = this.#points[this.#next - 1];
    const [fromUs, from] = before === undefined ? [Math.min(0, after.atUs), 0] : [before.atUs, figure(before.value)];
    const to = figure(after.value);
    if (atUs >= after.atUs || to < from) return to;
    return Math.round(from + ((to - from) * (atUs - fromUs)) / (after.atUs - fromUs));
  }
}
