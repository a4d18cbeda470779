import { describe, expect, it } from 'vitest';
import { kneeOf } from '../../src/capacity/knee.ts';
import type { StepOutcome } from '../../src/capacity/search.ts';
import { noSamples, trial } from './trials.ts';

/** A trial of a load whose mean response time this is, µs. */
function timedAt(level: number, meanUs: number, verdict: StepOutcome['verdict'] = 'holds'): StepOutcome {
  const { latency, ...rest } = trial(level, verdict);
  return { ...rest, latency: { ...latency, responseTime: { ...noSamples, count: 1000, mean: meanUs } } };
}

describe('a knee', () => {
  it('is at half of what an exponential server serves', () => {
    const levels = [100, 200, 300, 400, 500, 600, 700, 800, 900];
    expect(kneeOf(levels.map((level) => timedAt(level, 1e6 / (1000 - level))))).toBe(500);
  });

  it('is where a server of constant speed begins to fall behind', () => {
    const levels = [100, 200, 400, 800, 1600];
    expect(kneeOf(levels.map((level) => timedAt(level, level <= 800 ? 1000 : 30_000)))).toBe(800);
  });

  it('is nowhere among few loads, at the end of them, or where nothing was timed', () => {
    const even = [100, 200, 400, 800];
    expect(kneeOf(even.map((level) => timedAt(level, 1000)))).toBeNull();
    expect(kneeOf([timedAt(100, 1000), timedAt(200, 1000), timedAt(400, 90_000)])).toBeNull();
    expect(kneeOf(even.map((level) => trial(level, 'holds')))).toBeNull();
  });

  it('takes no account of what could not be offered', () => {
    const offered = [100, 200, 400, 800].map((level) => timedAt(level, level < 800 ? 1000 : 30_000));
    expect(kneeOf([...offered, timedAt(1600, 1, 'generator')])).toBe(400);
  });
});
