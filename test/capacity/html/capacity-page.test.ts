import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { CapacityResult } from '../../../src/capacity/capacity-result.ts';
import { capacityPage } from '../../../src/capacity/html/capacity-page.ts';
import { hostile } from '../../report/hostile.ts';
import { exampleSearch, searchWith } from '../example-search.ts';
import { goal, search, trial } from '../trials.ts';

const pageOf = (result: CapacityResult): string => [...capacityPage(result)].join('');

/** Names of the elements of a page, the style left out. */
function elementsOf(page: string): string[] {
  const body = page.replace(/<style>[\s\S]*?<\/style>/, '');
  return [...body.matchAll(/<([a-z!][a-z0-9]*)/gi)].map(([, name]) => name as string);
}

describe('capacity.html', () => {
  it('says the answer first, and draws throughput and latency against the load', () => {
    const result = exampleSearch();
    const page = pageOf(result);
    expect(page).toContain('id="verdict">PASS<');
    expect(page).toContain(`<h1>${result.answer.replaceAll('<', '&lt;')}</h1>`);
    expect(page.match(/<svg /g)).toHaveLength(2);
    expect(page).toContain('response time p99 &lt; 50 ms</text>');
    expect(page).toContain('>knee</text>');
    // A mark for each trial, and in the latency chart for each of its two quantiles.
    const marks = page.match(/<title>[^<]*(holds|breaks)/g) ?? [];
    expect(marks).toHaveLength(3 * result.steps.length);
  });

  it('links every trial to the report of its run', () => {
    const { steps } = exampleSearch();
    const links = [...pageOf(exampleSearch()).matchAll(/<a href="([^"]+)">(\d+)<\/a>/g)];
    expect(links.map(([, href]) => href)).toEqual(steps.map(({ dir }) => `${dir}/report.html`));
    expect(links.map(([, , number]) => Number(number))).toEqual(steps.map((_, i) => i + 1));
  });

  it('shows no place where it breaks when the generator was full, and how many it takes', () => {
    const page = pageOf(exampleSearch({ full: 1000 }));
    expect(page).toContain('id="verdict">INCONCLUSIVE<');
    expect(page).toContain('At least 5 shards like this one are needed');
    expect(page).toContain('<rect class="line c-due"');
    expect(page).not.toContain('>breaks</text>');
  });

  it('draws what it can of a search that was cut short at once, and of trials without samples', () => {
    const none = { ...exampleSearch(), steps: [], provision: null };
    expect(pageOf(none)).not.toContain('<svg');
    const { finding, outcomes } = search(goal, (level) => trial(level, level < 900 ? 'holds' : 'breaks'));
    expect(pageOf({ ...none, finding, steps: outcomes }).match(/<svg /g)).toHaveLength(1);
  });

  it('loads nothing and runs nothing', () => {
    const page = pageOf(exampleSearch());
    const [, style = ''] = /<style>([\s\S]*?)<\/style>/.exec(page) ?? [];
    expect(page).toContain(`style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`);
    expect(page).not.toMatch(/<script|<[^>]+ (src|style|on[a-z]+)=/i);
    expect(page).not.toMatch(/url\(|@import/);
  });

  const plain = elementsOf(pageOf(searchWith('x')));
  it.each(hostile)('keeps %j a text', (text) => {
    const page = pageOf(searchWith(text));
    expect(elementsOf(page)).toEqual(plain);
    expect(page).not.toMatch(/href="[^"]*:/);
  });
});
