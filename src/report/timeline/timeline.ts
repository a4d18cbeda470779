import type { IntervalName } from '../../metrics/result.ts';
import type { PackedSamples } from '../../wire/samples.ts';
import type { DeviceCounts } from '../devices/device-counts.ts';
import type { PartitionMap } from './partition-map.ts';

/** Figures of one interval in one stretch, µs; null without samples. */
export interface StretchLatency {
  count: number;
  p50: number | null;
  p99: number | null;
  max: number | null;
}

/** A stretch of a run, usually a second. Counts are of this stretch alone. */
export interface Stretch {
  /** µs since slot time 0. */
  fromUs: number;
  toUs: number;
  /** Slots that were due. */
  due: number;
  sent: number;
  acked: number;
  rejected: number;
  unknown: number;
  noAck: number;
  notSent: number;
  /** Picked up and neither settled nor sent at its end: held back. */
  waiting: number;
  /** Read back, and seen for the first time; null where nothing was read. */
  received: number | null;
  seen: number | null;
  throttled: number;
  disconnected: number;
  /** Processors that the generator and the verifier took; null where they said nothing in this stretch. */
  cpu: number | null;
  verifierCpu: number | null;
  /** Share of time in which the busiest worker was busy. */
  busy: number | null;
  rssBytes: number;
  verifierRssBytes: number | null;
  descriptors: number | null;
  latency: Record<IntervalName, StretchLatency>;
}

/** How many samples lay between which latencies, over time. */
export interface HeatMap {
  /** Ends of the columns, µs since slot time 0, ascending. */
  columns: readonly number[];
  /** Lowest row; row r holds samples from `edgeOf(r)` to `edgeOf(r + 1)` µs. */
  firstRow: number;
  /** Samples by column, then by row from `firstRow` on. */
  counts: readonly (readonly number[])[];
}

/** Distributions of a longer stretch, as recorded. */
export interface Distributions {
  fromUs: number;
  toUs: number;
  intervals: Record<IntervalName, PackedSamples>;
}

/** A run over time, as its files tell. */
export interface Timeline {
  stretches: readonly Stretch[];
  response: HeatMap;
  endToEnd: HeatMap;
  /** At most some hundreds; together everything that was recorded. */
  distributions: readonly Distributions[];
  /** Of each target that has partitions which were counted. */
  partitions: readonly PartitionMap[];
  /** By fleet. */
  devices: readonly DeviceCounts[];
}

/** Rows of a heat map to each doubling of the latency. */
const ROWS_PER_OCTAVE = 4;

/** The row of a latency, µs. */
export function rowOf(us: number): number {
  return Math.floor(Math.log2(Math.max(1, us)) * ROWS_PER_OCTAVE);
}

/** Where a row begins, µs. */
export function edgeOf(row: number): number {
  return 2 ** (row / ROWS_PER_OCTAVE);
}
