import { Presets, SingleBar } from 'cli-progress';
import { printable } from '../core/printable-text.ts';
import { formatCount, formatMicros, formatRate } from '../core/units.ts';
import type { RunProgress } from '../runner/run-progress.ts';

/** Where a run's progress goes. Everything is written to stderr, so that stdout holds results only. */
export interface ProgressDisplay {
  update(progress: RunProgress): void;
  /** One line about something that happened. */
  note(text: string): void;
  end(): void;
}

export type ProgressMode = 'auto' | 'plain' | 'none';

/** A bar on a terminal, a line every few seconds elsewhere, or nothing. */
export function progressDisplay(mode: ProgressMode): ProgressDisplay {
  if (mode === 'none') return { update: () => {}, note: () => {}, end: () => {} };
  return mode === 'auto' && process.stderr.isTTY ? new BarDisplay() : new LineDisplay();
}

/** The figures of one moment, on one line; where there is no room for all, those that the final screen tells as well are left out. */
export function progressLine(progress: RunProgress, room = Number.POSITIVE_INFINITY): string {
  const { counts } = progress;
  const answered = counts.acked + counts.noAck;
  const parts = [
    progress.targetPerSecond === 0
      ? formatRate(progress.achievedPerSecond)
      : `${formatRate(progress.achievedPerSecond)} of ${formatRate(progress.targetPerSecond)}`,
    `sent ${formatCount(counts.sent)}`,
    counts.noAck > counts.acked ? `handed over ${formatCount(answered)}` : `acked ${formatCount(counts.acked)}`,
  ];
  if (progress.verified !== null) parts.push(`verified ${formatCount(progress.verified)}`);
  if (progress.responseP50Us !== null && progress.responseP99Us !== null) {
    parts.push(`p50 ${formatMicros(progress.responseP50Us)} p99 ${formatMicros(progress.responseP99Us)}`);
  }
  if (progress.lagP99Us !== null) parts.push(`lag p99 ${formatMicros(progress.lagP99Us)}`);
  if (counts.waiting > 0) parts.push(`waiting ${formatCount(counts.waiting)}`);
  if (counts.notSent > 0) parts.push(`not sent ${formatCount(counts.notSent)}`);
  parts.push(`errors ${formatCount(progress.errors)}`);
  const line = parts.join('  ');
  if (line.length <= room) return line;
  const vital = parts.filter((part) => !/^(sent|lag|p50|acked|handed) /.test(part));
  return vital.join('  ').length <= room ? vital.join('  ') : `${parts[0]}  ${parts.at(-1)}`;
}

/** Seconds since the start of sending and in all, as `12/20 s`. */
function clockOf(progress: RunProgress): string {
  const elapsed = Math.min(Math.max(0, progress.elapsedUs), progress.totalUs);
  return `${Math.floor(elapsed / 1e6)}/${Math.ceil(progress.totalUs / 1e6)} s`;
}

/** Columns of phase, bar and clock. */
const BESIDES = 40;

class BarDisplay implements ProgressDisplay {
  readonly #bar = new SingleBar(
    {
      stream: process.stderr,
      format: '{phase} {bar} {clock}  {line}',
      barsize: 16,
      hideCursor: true,
      clearOnComplete: true,
      gracefulExit: false,
      noTTYOutput: false,
    },
    Presets.shades_classic,
  );
  #started = false;

  update(progress: RunProgress): void {
    const payload = {
      phase: progress.phase.padEnd(10),
      clock: clockOf(progress),
      line: progressLine(progress, (process.stderr.columns ?? 80) - BESIDES),
    };
    const at = Math.min(progress.totalUs, Math.max(0, progress.elapsedUs));
    if (!this.#started) this.#bar.start(progress.totalUs, at, payload);
    else this.#bar.update(at, payload);
    this.#started = true;
  }

  note(text: string): void {
    if (this.#started) this.#bar.stop();
    this.#started = false;
    process.stderr.write(`${printable(text)}\n`);
  }

  end(): void {
    if (this.#started) this.#bar.stop();
  }
}

/** Lines are far apart in a long run: a log of an hour stays readable. */
const FIRST_GAP_US = 2_000_000;
const WIDEST_GAP_US = 30_000_000;

class LineDisplay implements ProgressDisplay {
  #nextUs = 0;
  #gapUs = FIRST_GAP_US;
  #phase = '';

  update(progress: RunProgress): void {
    if (progress.phase === this.#phase && progress.elapsedUs < this.#nextUs) return;
    if (progress.phase !== this.#phase) this.#gapUs = FIRST_GAP_US;
    this.#phase = progress.phase;
    this.#nextUs = progress.elapsedUs + this.#gapUs;
    this.#gapUs = Math.min(WIDEST_GAP_US, this.#gapUs * 1.25);
    const figures = progress.counts.pickedUp === 0 ? '' : ` ${clockOf(progress)}  ${progressLine(progress)}`;
    process.stderr.write(`${progress.phase}${figures}\n`);
  }

  note(text: string): void {
    process.stderr.write(`${printable(text)}\n`);
  }

  end(): void {}
}
