import type { Micros } from '../../core/clock.ts';
import { keepTimes } from '../../core/recorded-times.ts';

/** A column of a recording as a reading. */
export interface RecordedColumn {
  /** As the file calls it. */
  title: string;
  /** As a placeholder. */
  name: string;
  decimals: number;
  min: number;
  max: number;
  /** Distinct texts of a column of texts, whose values then number them. */
  names?: readonly string[];
}

/** Recorded events as numbers in shared memory: read once, used by every thread of a process. */
export interface Recording {
  /** Digest of the file and of how it was read. */
  key: string;
  rows: number;
  columns: readonly RecordedColumn[];
  /** Row after row. */
  values: Float64Array;
  /** Time of each row since the first; null without a column of times. */
  timesUs: Float64Array | null;
  /** From the first row of one round to the first of the next, where it is played again and again. */
  lengthUs: Micros;
}

const known = new Map<string, Recording>();

/** Makes a recording known to this thread, and its times. */
export function keepRecording(recording: Recording): void {
  const { key, timesUs, lengthUs } = recording;
  known.set(key, recording);
  if (timesUs !== null) keepTimes(key, { timesUs, lengthUs });
}

/** A recording that this thread knows. */
export function recordingOf(key: string): Recording | undefined {
  return known.get(key);
}

/** Every recording that this thread knows, to be handed to another. */
export function keptRecordings(): Recording[] {
  return [...known.values()];
}
