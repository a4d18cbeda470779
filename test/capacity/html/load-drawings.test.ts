import { describe, expect, it } from 'vitest';
import { latencyDrawing, throughputDrawing } from '../../../src/capacity/html/load-drawings.ts';
import { exampleSearch } from '../example-search.ts';
import { noSamples } from '../trials.ts';

const result = exampleSearch();
const titles = (svg: string): string[] =>
  [...svg.matchAll(/<title>([^<]*)<\/title>/g)].map(([, title]) => title as string);

describe('throughput against the load', () => {
  it('has a mark for every trial, and a line of what was offered beside what was taken', () => {
    const svg = throughputDrawing(result);
    expect(titles(svg)).toHaveLength(result.steps.length);
    expect(svg).toMatch(/<path class="line c-due" stroke-dasharray="5 4" d="M/);
    expect(svg).toMatch(/<path class="line c-acked" d="M/);
    expect(svg).toContain('offered');
  });

  it('is left out where nothing was offered', () => {
    const steps = result.steps.map((step) => ({ ...step, offeredPerSecond: 0, ackedPerSecond: 0 }));
    expect(throughputDrawing({ ...result, steps })).toBe('');
  });
});

describe('latency against the load', () => {
  it('shows the quantile that is limited with its limit, and the median', () => {
    const svg = latencyDrawing(result);
    expect(svg).toContain('response time p99 &lt; 50 ms');
    expect(titles(svg)).toHaveLength(2 * result.steps.length);
    expect(svg.match(/<path class="line c-(sent|received)" d="M/g)).toHaveLength(2);
  });

  it('shows p99 and the median where nothing is limited, and no limit of a fleet', () => {
    for (const holdsIf of [[], ['fleet.phones.response_time p99 < 50ms', 'taken >= 99%']]) {
      const svg = latencyDrawing({ ...result, holdsIf });
      expect(svg).not.toContain('class="slo"');
      expect(svg).toContain('response time p99');
      expect(svg).toContain('response time p50');
    }
  });

  it('is left out where nothing was measured', () => {
    const latency = { ...result.steps[0]?.latency, responseTime: noSamples, endToEnd: noSamples } as never;
    const steps = result.steps.map((step) => ({ ...step, latency }));
    expect(latencyDrawing({ ...result, steps })).toBe('');
  });

  it('lets no text of a trial become markup', () => {
    const steps = result.steps.map((step) => ({ ...step, reasons: ['<script>alert(1)</script>'] }));
    expect(latencyDrawing({ ...result, steps })).not.toContain('<script>');
    expect(throughputDrawing({ ...result, steps })).not.toContain('<script>');
  });
});
