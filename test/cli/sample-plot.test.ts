import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type PlotFlags, samplePlot } from '../../src/cli/sample-plot.ts';
import { loadPlan } from '../../src/plan/load-plan.ts';
import type { Plan } from '../../src/plan/plan.ts';

async function earthquake(): Promise<Plan> {
  const text = readFileSync(new URL('../../scenarios/earthquake.yaml', import.meta.url), 'utf8');
  const outcome = await loadPlan({ text, file: 'earthquake.yaml', env: {}, set: [], allow: [] });
  if (!outcome.ok) throw new Error(outcome.diagnostics.map(({ message }) => message).join());
  return outcome.plan;
}

const unset: PlotFlags = { device: undefined, reading: undefined, from: undefined, for: undefined };

describe('sample --plot', () => {
  it('shows P and S of an earthquake, later at phones that are farther away', async () => {
    const lines = samplePlot(await earthquake(), 0, 'run', unset, false);
    const tops = lines.filter((line) => line.includes('P') && line.includes('S') && line.includes('┤'));
    expect(tops).toHaveLength(4);
    const [p, s] = ['P', 'S'].map((sign) => tops.map((line) => line.indexOf(sign))) as [number[], number[]];
    for (const columns of [p, s]) expect(columns).toEqual([...new Set(columns)].sort((a, b) => a - b));
    const gaps = s.map((column, i) => column - (p[i] as number));
    expect(gaps.at(-1)).toBeGreaterThan(gaps[0] as number);
    const km = lines.flatMap((line) => /([\d.]+) km from the epicentre/.exec(line)?.[1] ?? []).map(Number);
    expect(km).toEqual([...km].sort((a, b) => a - b));
  });

  it('draws the devices, the reading and the time that are asked for', async () => {
    const flags = { device: '7, 3', reading: 'ground_acceleration', from: '15s', for: '2s' };
    const lines = samplePlot(await earthquake(), 0, 'run', flags, false);
    expect(lines[0]).toBe('phones: ground_acceleration [m/s²]');
    expect(lines.filter((line) => line.includes('phone-')).map((line) => line.trim().split(' ')[0])).toEqual([
      'phone-00007',
      'phone-00003',
    ]);
    expect(lines.join('\n')).toMatch(/15 .*15\.5 .*16 .*16\.5/);
  });

  it.each([
    [{ device: '10000' }, 'this names no devices of the fleet'],
    [{ device: 'phone-1' }, 'this names no devices of the fleet'],
    [{ reading: 'temperature' }, 'the model has no such reading'],
    [{ from: 'soon' }, '"soon" is not a time'],
    [{ for: '0s' }, '"0s" is no time at all'],
  ])('refuses %j', async (flags, message) => {
    const plan = await earthquake();
    expect(() => samplePlot(plan, 0, 'run', { ...unset, ...flags }, false)).toThrow(message);
  });
});
