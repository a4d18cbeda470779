import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Evidence, noEvidence, readEvidence } from '../../../src/report/evidence.ts';
import { html } from '../../../src/report/html/html.ts';
import type { PartitionMap } from '../../../src/report/timeline/partition-map.ts';
import { exampleRun } from '../example-run.ts';
import { hostile, resultWith, stored } from '../hostile.ts';

const pageOf = (result: Parameters<typeof html.render>[0], evidence: Evidence = noEvidence): string =>
  [...html.render(result, evidence)].join('');

/** Names of the elements of a page, styles and scripts left out. */
function elementsOf(page: string): string[] {
  const body = page.replace(/<(style|script)[^>]*>[\s\S]*?<\/\1>/g, '');
  return [...body.matchAll(/<([a-z!][a-z0-9]*)/gi)].map(([, name]) => name as string);
}

/** The charts of a run under names that somebody else chose. */
function named({ timeline, pictures }: Evidence, text: string): Pick<Evidence, 'timeline' | 'pictures'> {
  const events = (timeline?.stretches ?? []).map(({ acked }) => acked);
  const map: PartitionMap = {
    ...{ target: text, kind: 'partition', counted: 'read', others: 0 },
    columns: (timeline?.stretches ?? []).map(({ toUs }) => toUs),
    rows: [0, 1].map((partition) => ({ partition, events, throttled: [1], total: 1 })),
  };
  return {
    timeline: timeline === null ? null : { ...timeline, partitions: [map] },
    pictures: pictures.map((picture) => ({
      ...{ ...picture, fleet: text, reading: text, unit: text },
      devices: picture.devices.map((device) => ({ ...device, device: text })),
    })),
  };
}

describe('report.html', () => {
  let run: Awaited<ReturnType<typeof exampleRun>>;
  let evidence: Evidence;
  beforeAll(async () => {
    run = await exampleRun(30);
    evidence = await readEvidence(run.dir);
  });
  afterAll(() => run.remove());

  it.each(['clean', 'breached', 'aborted'] as const)('says the verdict of %s, and why', (name) => {
    const result = stored(name);
    const page = pageOf(result, evidence);
    expect(page).toContain(`id="verdict">${result.verdict.toUpperCase()}<`);
    for (const heading of ['Can this be trusted?', 'Latency', 'Throughput', 'Delivery', 'What happened'])
      expect(page).toContain(`<h2>${heading}</h2>`);
    expect(page).toContain('response time p99 &lt; 250 ms'.replace('&lt;', '<'));
  });

  it('loads nothing, and only runs what stands in it', () => {
    const page = pageOf(stored('clean'), evidence);
    const policy = /Content-Security-Policy" content="([^"]+)"/.exec(page)?.[1] ?? '';
    expect(policy).toMatch(/^default-src 'none';/);
    const [, style = ''] = /<style>([\s\S]*?)<\/style>/.exec(page) ?? [];
    const [, script = ''] = /<script>([\s\S]*?)<\/script>/.exec(page) ?? [];
    for (const text of [style, script])
      expect(policy).toContain(`'sha256-${createHash('sha256').update(text).digest('base64')}'`);
    expect(page.replace(script, '')).not.toMatch(/<[^>]+ (src|href|style|on[a-z]+)=/i);
    expect(page).not.toMatch(/url\(|@import/);
  });

  it('stays small for an hour', async () => {
    const hour = await exampleRun(3600);
    try {
      const page = pageOf(stored('clean'), await readEvidence(hour.dir));
      expect(page.length).toBeLessThan(400 * 1024);
    } finally {
      hour.remove();
    }
  });

  it.each(hostile)('keeps %j a text', (text) => {
    const faults = [{ device: text, fleet: text, kinds: { lost: 1 }, total: 1 }];
    const [page, plain] = [text, 'x'].map((one) =>
      pageOf(resultWith(one), {
        ...evidence,
        faults: faults.map((fault) => ({ ...fault, device: one, fleet: one })),
        ...named(evidence, one),
      }),
    ) as [string, string];
    expect(elementsOf(page)).toEqual(elementsOf(plain));
    expect(page.match(/<script/g)).toHaveLength(2);
    const [, data = ''] = /<script type="application\/json" id="data">([\s\S]*?)<\/script>/.exec(page) ?? [];
    expect((JSON.parse(data) as { plots: unknown[] }).plots.length).toBeGreaterThan(2);
  });
});
