import { describe, expect, it } from 'vitest';
import type { QuantileSummary } from '../../src/metrics/result.ts';
import { percentilePlot } from '../../src/report/percentile-plot.ts';

const empty: QuantileSummary = {
  count: 0,
  min: null,
  mean: null,
  p50: null,
  p90: null,
  p95: null,
  p99: null,
  p999: null,
  p9999: null,
  max: null,
};

describe('percentilePlot', () => {
  it('draws nothing without samples', () => {
    expect(percentilePlot(empty, 40)).toEqual([]);
  });

  it('gives each decade the same length', () => {
    const lines = percentilePlot({ ...empty, count: 100, min: 100, p50: 1000, p90: 10_000, max: 100_000 }, 30);
    const bars = lines.slice(1).map((line) => line.split('█').length - 1);
    expect(bars).toEqual([0, 10, 20, 30]);
    expect(lines[0]).toBe('logarithmic from 100 us to 100 ms');
  });

  it('shows something of every value, also of 0 and of a single one', () => {
    for (const us of [0, 1, 7, 1000]) {
      const lines = percentilePlot({ ...empty, count: 1, min: us, max: us }, 30);
      expect(lines).toHaveLength(3);
      for (const line of lines.slice(1)) expect(line.at(-1)).toMatch(/[█-▏]/);
    }
  });
});
