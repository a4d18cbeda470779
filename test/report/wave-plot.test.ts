import { describe, expect, it } from 'vitest';
import { type WavePanel, waveColumns, wavePlot } from '../../src/report/wave-plot.ts';

function panel(value: (at: number) => number, title = 'phone-1', marks: WavePanel['marks'] = []): WavePanel {
  const values = Float64Array.from({ length: waveColumns }, (_, column) => value(column / waveColumns));
  return { title, low: values, high: values, marks };
}

function plot(panels: readonly WavePanel[], colour = false): string[] {
  const legend = [{ sign: 'P', meaning: 'shaking p', tone: 'bad' as const }];
  const axes = { quantity: 'phones: x', unit: 'm/s²', from: 10, to: 20, since: 'since the start of the run' };
  return wavePlot({ panels, legend, ...axes }, colour);
}

/** Columns of characters of a line of a panel, behind the axis. */
function wave(line: string): string {
  return line.slice(9);
}

describe('a plot of waves', () => {
  it('draws a ramp from the lower left to the upper right, with its numbers', () => {
    const lines = plot([panel((at) => 2 * at)]);
    expect(lines[0]).toBe('phones: x [m/s²]');
    expect(lines[1]).toBe('         phone-1');
    const rows = lines.slice(2, 14);
    expect(rows[0]).toMatch(/^ {3}1\.99 ┤ +\S{2,7}$/);
    expect(rows.at(-1)).toMatch(/^ {6}0 ┤\S{2,7}$/);
    const ends = rows.map((row) => wave(row).length);
    expect(ends).toEqual([...ends].sort((a, b) => b - a));
  });

  it('has 80 columns at most and one time axis with round numbers', () => {
    const lines = plot([panel((at) => at), panel((at) => 1 - at), panel(() => 0.5)]);
    for (const line of lines) expect([...line].length).toBeLessThanOrEqual(80);
    expect(lines.filter((line) => line.includes('└'))).toHaveLength(1);
    expect(lines.find((line) => / 12 .* 14 .* 16 .* 18 /.test(line))).toBeDefined();
    expect(lines.join('\n')).toContain('seconds since the start of the run');
  });

  it('puts marks where they belong, on top and down through the panel', () => {
    const lines = plot([
      panel(() => 0, 'near', [{ at: 12, sign: 'P', tone: 'bad' }]),
      panel(() => 0, 'far', [{ at: 17, sign: 'P', tone: 'bad' }]),
    ]);
    const columns = lines
      .filter((line) => line.includes('┤') && line.includes('P'))
      .map((line) => wave(line).indexOf('P'));
    expect(columns).toEqual([14, 49]);
    expect(lines.filter((line) => wave(line).charAt(14) === '┊').length).toBeGreaterThan(2);
    expect(lines.at(-1)).toBe('         P shaking p');
  });

  it('keeps one scale, so that what is weaker looks weaker, unless one would hide the others', () => {
    const tops = (factor: number): string[] =>
      plot([panel((at) => at), panel((at) => factor * at), panel((at) => at)])
        .filter((line) => line.includes('┤'))
        .map((line) => line.slice(0, 7).trim());
    expect(tops(2)).toEqual(['1.99', '0', '1.99', '0', '1.99', '0']);
    expect(tops(100)).toEqual(['0.993', '0', '99.3', '0', '0.993', '0']);
  });

  it('draws what never changes, and paints only when it may', () => {
    expect(plot([panel(() => 3)]).join('\n')).toMatch(/[\u2801-\u28ff]{71}/);
    expect(plot([panel(() => 3)]).join('')).not.toContain('\u001b');
    expect(plot([panel(() => 3)], true).join('')).toContain('\u001b[');
  });

  it('lets no name move the cursor', () => {
    expect(plot([panel(() => 0, 'a\u001b[2Jb')]).join('')).not.toContain('\u001b');
  });
});
