import { describe, expect, it } from 'vitest';
import { progressLine } from '../../src/cli/progress.ts';
import type { RunProgress } from '../../src/runner/run-progress.ts';

const progress: RunProgress = {
  phase: 'measuring',
  elapsedUs: 12_000_000,
  totalUs: 20_000_000,
  targetPerSecond: 5000,
  achievedPerSecond: 4999.6,
  counts: { pickedUp: 60_000, sent: 60_000, acked: 59_990, rejected: 0, unknown: 0, noAck: 0, notSent: 0, waiting: 0 },
  verified: 59_980,
  responseP50Us: 1200,
  responseP99Us: 4500,
  lagP99Us: 900,
  errors: 0,
};

describe('progressLine', () => {
  it('says target and achieved rate, acked, verified, latency, lag and errors', () => {
    const line = progressLine(progress);
    for (const piece of ['5k/s', 'acked', '59', 'verified', 'p50 1.2 ms', 'p99 4.5 ms', 'lag p99', 'errors 0']) {
      expect(line).toContain(piece);
    }
    expect(line).not.toContain('waiting');
  });

  it('shows what waits and what was given up', () => {
    const line = progressLine({ ...progress, verified: null, counts: { ...progress.counts, waiting: 12, notSent: 3 } });
    expect(line).toContain('waiting 12');
    expect(line).toContain('not sent 3');
    expect(line).not.toContain('verified');
  });

  it('keeps the rates and the errors where there is little room', () => {
    expect(progressLine(progress, 40)).toBe('5k/s of 5k/s  verified 59,980  errors 0');
    expect(progressLine(progress, 30)).toBe('5k/s of 5k/s  errors 0');
    expect(progressLine(progress, 200)).toBe(progressLine(progress));
  });
});
