import { describe, expect, it } from 'vitest';
import { loadAxis } from '../../../src/capacity/html/load-axis.ts';
import { type ChartParts, frame, loadChart } from '../../../src/capacity/html/load-chart.ts';
import { exampleSearch } from '../example-search.ts';

const parts: ChartParts = { label: 'Something', axis: '', lines: [], points: [], limits: [] };
const result = exampleSearch();
const axis = loadAxis(Math.max(...result.steps.map(({ level }) => level)), frame.left, frame.right);
const at = (level: number | undefined): string =>
  axis
    .at(level as number)
    .toFixed(1)
    .replace(/\.0$/, '');
/** `attribute` of every element of a kind. */
const attributes = (svg: string, element: RegExp, attribute: string): string[] =>
  [...svg.matchAll(element)].map(([tag]) => new RegExp(` ${attribute}="([^"]*)"`).exec(tag)?.[1] ?? '');

describe('a chart against the load', () => {
  it('holds up to the load that held, and breaks from the one that broke', () => {
    const svg = loadChart(result, parts);
    const { highestHeld, lowestBroke } = result.finding;
    const [held, between, broke] = attributes(svg, /<rect class="faint[^>]*>/g, 'x');
    expect([Number(held), Number(between), Number(broke)]).toEqual([
      frame.left,
      Number(at(highestHeld?.level)),
      Number(at(lowestBroke?.level)),
    ]);
    expect(svg).toContain('>holds</text>');
    expect(svg).toContain('>breaks</text>');
    expect(svg).toContain('aria-label="Something"');
  });

  it('has no zones and no knee where none is known', () => {
    const finding = { ...result.finding, highestHeld: null, lowestBroke: null };
    const svg = loadChart({ ...result, finding, knee: null }, parts);
    expect(svg).not.toContain('faint');
    expect(svg).not.toContain('knee');
    expect(loadChart({ ...result, knee: 1000 }, parts)).toContain('>knee</text>');
  });

  it('gives each verdict a shape of its own, with its title', () => {
    const verdicts = ['holds', 'breaks', 'generator', 'unsure'] as const;
    const points = verdicts.map((verdict, i) => ({ level: 200 * (i + 1), y: 100, verdict, title: `it ${verdict}` }));
    const svg = loadChart(result, { ...parts, points });
    const shapes = verdicts.map((verdict) => new RegExp(`<(\\w+) class="(\\w+) [^>]*><title>it ${verdict}<`).exec(svg));
    expect(shapes.map((shape) => shape?.slice(1))).toEqual([
      ['circle', 'fill'],
      ['path', 'line'],
      ['rect', 'line'],
      ['circle', 'line'],
    ]);
  });

  it('draws lines, dashed where they are to be, and limits with their words', () => {
    const lines: ChartParts['lines'] = [
      [
        'due',
        [
          [200, 280],
          [400, 250],
        ],
        true,
      ],
      ['acked', [[200, 270]]],
    ];
    const svg = loadChart(result, { ...parts, lines, limits: [{ y: 120, text: 'p99 < 50 ms' }] });
    const paths = [...svg.matchAll(/<path class="line c-(due|acked)"( stroke-dasharray="5 4")? d="(M[^"]*)"/g)];
    expect(
      paths.map(([, colour, dashed, path]) => [colour, dashed !== undefined, path?.match(/[ML]/g)?.join('')]),
    ).toEqual([
      ['due', true, 'ML'],
      ['acked', false, 'M'],
    ]);
    expect(svg).toContain('y1="120" y2="120"');
    expect(svg).toContain('>p99 &lt; 50 ms</text>'.replace('&lt;', '<'));
  });
});
