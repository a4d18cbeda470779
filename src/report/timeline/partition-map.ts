import { eachPartition, OTHER_PARTITIONS, type PartitionGain } from '../../wire/partition-counts.ts';
import { Thinned } from './thinned.ts';

/** What the partitions of one target got over time. */
export interface PartitionMap {
  /** Name of the target. */
  target: string;
  kind: 'partition' | 'shard';
  /** Whether what was read back was counted, or what was sent. */
  counted: 'read' | 'sent';
  /** Ends of the columns, µs since slot time 0, ascending; the first begins at 0. */
  columns: readonly number[];
  rows: readonly PartitionRow[];
  /** Events of all partitions that are not told apart. */
  others: number;
}

export interface PartitionRow {
  partition: number;
  /** By column: events; null while it was not there. */
  events: readonly (number | null)[];
  /** By column: what it had no room for. */
  throttled: readonly number[];
  total: number;
}

interface Cell {
  events: number;
  throttled: number;
}

interface Column {
  toUs: number;
  /** By partition. */
  cells: Map<number, Cell>;
}

/** Gathers what partitions got over time into at most so many columns. */
export class PartitionMapBuilder {
  readonly #columns: Thinned<Column>;

  constructor(most: number) {
    this.#columns = new Thinned(most, (into, more) => {
      for (const { toUs, cells } of more) {
        into.toUs = toUs;
        for (const [partition, { events, throttled }] of cells) add(into.cells, partition, events, throttled);
      }
    });
  }

  /** What came until then, since the time that was told before. */
  add(toUs: number, gain: PartitionGain): void {
    const cells = new Map<number, Cell>();
    eachPartition(gain, (partition, events, throttled) => add(cells, partition, events, throttled));
    this.#columns.add({ toUs, cells });
  }

  /** null where nothing was counted. `throttled` tells what partitions had no room for where this one counts what was read. */
  finish(
    head: Pick<PartitionMap, 'target' | 'kind' | 'counted'>,
    throttled: PartitionMapBuilder | null,
  ): PartitionMap | null {
    const columns = this.#columns.kept;
    const refused = throttled === null ? columns : throttled.#columns.kept;
    const numbers = new Set([...columns, ...refused].flatMap(({ cells }) => [...cells.keys()]));
    numbers.delete(OTHER_PARTITIONS);
    const rows = [...numbers]
      .sort((a, b) => a - b)
      .map((partition): PartitionRow => {
        const events = columns.map(({ cells }) => cells.get(partition)?.events ?? null);
        const total = events.reduce<number>((sum, count) => sum + (count ?? 0), 0);
        return { partition, events, throttled: spread(columns, refused, partition), total };
      })
      .filter(({ events, throttled: some }) => events.some((count) => count !== null) || some.some((n) => n > 0));
    if (rows.every(({ total }) => total === 0)) return null;
    const others = columns.reduce((sum, { cells }) => sum + (cells.get(OTHER_PARTITIONS)?.events ?? 0), 0);
    return { ...head, columns: columns.map(({ toUs }) => toUs), rows, others };
  }
}

function add(cells: Map<number, Cell>, partition: number, events: number, throttled: number): void {
  const cell = cells.get(partition) ?? { events: 0, throttled: 0 };
  cells.set(partition, cell);
  cell.events += events;
  cell.throttled += throttled;
}

/** What a partition had no room for, by the columns of another map over the same time. */
function spread(columns: readonly Column[], refused: readonly Column[], partition: number): number[] {
  const counts = columns.map(() => 0);
  let at = 0;
  for (const { toUs, cells } of refused) {
    while (at < columns.length - 1 && (columns[at] as Column).toUs < toUs) at++;
    counts[at] = (counts[at] ?? 0) + (cells.get(partition)?.throttled ?? 0);
  }
  return counts;
}
