import { px } from './svg.ts';

/** Steps of the page's scale of colours, `h0` to `h7`. */
export const LEVELS = 8;
/** Where nothing is drawn. */
export const NOTHING = -1;

/** Rectangles in the colours of the scale; neighbours in a row that are alike become one. */
export class Cells {
  readonly #paths: string[] = Array(LEVELS).fill('');

  /** A row from `y` down: cell i lies between `edges[i]` and `edges[i + 1]` and has the colour `levels[i]`. */
  row(y: number, height: number, edges: readonly number[], levels: readonly number[]): void {
    for (let from = 0, to = 0; from < levels.length; from = to) {
      const level = levels[from] as number;
      do to++;
      while (to < levels.length && levels[to] === level);
      if (level === NOTHING) continue;
      const [left, right] = [px(edges[from] as number), px(edges[to] as number)];
      this.#paths[level] += `M${left} ${px(y)}H${right}v${px(height)}H${left}z`;
    }
  }

  get markup(): string {
    const paths = this.#paths.map((path, level) => (path === '' ? '' : `<path class="h${level}" d="${path}"/>`));
    return `<g class="cells">${paths.join('')}</g>`;
  }
}

/** The step of a value between 0 and 1. Only 0 itself is the first. */
export function levelOf(share: number): number {
  return share <= 0 ? 0 : Math.min(LEVELS - 1, 1 + Math.floor(share * (LEVELS - 1)));
}

/** What the colours of the scale mean: from nothing to `most`. */
export function scaleLegend(least: string, most: string): string {
  const steps = Array.from({ length: LEVELS }, (_, level) => `<i class="b${level}"></i>`).join('');
  return `<span class="scale">${least}${steps}${most}</span>`;
}

/** Rows of one height, from the top; in a unit grid, so that a cell takes a few characters. */
export class GridCells {
  readonly #grid: string;
  readonly #paths: string[] = Array(LEVELS).fill('');
  #rows = 0;

  /** `width` is that of a unit along a row, `filled` the part of a row's height that is drawn. */
  constructor(left: number, top: number, width: number, height: number, filled = 1) {
    // Strokes lie half a row above and below their line.
    const at = `translate(${px(left)} ${px(top)})scale(${width.toPrecision(5)} ${height.toPrecision(5)})translate(0 ${filled / 2})`;
    this.#grid = `stroke-width="${filled}" transform="${at}"`;
  }

  /** Cell i of the next row lies between `edges[i]` and `edges[i + 1]` units, from i to i + 1 where there are none. */
  row(levels: readonly number[], edges?: readonly number[]): void {
    for (let from = 0, to = 0; from < levels.length; from = to) {
      const level = levels[from] as number;
      do to++;
      while (to < levels.length && levels[to] === level);
      if (level === NOTHING) continue;
      this.#paths[level] += `M${edges?.[from] ?? from} ${this.#rows}H${edges?.[to] ?? to}`;
    }
    this.#rows++;
  }

  get markup(): string {
    const paths = this.#paths.map((path, level) => (path === '' ? '' : `<path class="s${level}" d="${path}"/>`));
    return `<g class="cells grid" ${this.#grid}>${paths.join('')}</g>`;
  }
}
