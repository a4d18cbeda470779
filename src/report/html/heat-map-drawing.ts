import { edgeOf, type HeatMap } from '../timeline/timeline.ts';
import { Cells, levelOf, NOTHING } from './cells.ts';
import { drawing, logAxis, timeLabels } from './svg.ts';

const WIDTH = 1000;
const HEIGHT = 270;
const [LEFT, RIGHT, TOP, BOTTOM] = [72, 988, 8, 236];

/** Where the samples lay over time: the darker, the more of that time's samples; nothing without samples. */
export function heatMapDrawing({ columns, firstRow, counts }: HeatMap, label: string): string {
  const rows = counts[0]?.length ?? 0;
  if (columns.length === 0 || rows === 0) return '';
  const axis = logAxis(edgeOf(firstRow), edgeOf(firstRow + rows), BOTTOM, TOP);
  const endUs = columns.at(-1) as number;
  const edges = [0, ...columns].map((us) => LEFT + ((RIGHT - LEFT) * us) / endUs);
  const samples = counts.map((column) => column.reduce((sum, count) => sum + count, 0));
  const cells = new Cells();
  for (let row = 0; row < rows; row++) {
    const [low, high] = [axis.at(edgeOf(firstRow + row)), axis.at(edgeOf(firstRow + row + 1))];
    // By the root of its share, so that few late ones are seen beside many.
    const levels = counts.map((column, i) => {
      const count = column[row] as number;
      return count === 0 ? NOTHING : levelOf(Math.sqrt(count / (samples[i] as number)));
    });
    cells.row(high, low - high, edges, levels);
  }
  const inner = axis.marks(LEFT, RIGHT) + cells.markup + timeLabels(endUs, LEFT, RIGHT, BOTTOM);
  return drawing(WIDTH, HEIGHT, label, inner);
}
