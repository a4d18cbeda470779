import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bucketBoundsUs } from '../../../src/metrics/bucket-counts.ts';
import {
  bucketLabel,
  contentTypes,
  type Exposition,
  expose,
  type Samples,
} from '../../../src/report/prometheus/exposition.ts';
import { hostileTexts } from './hostile-texts.ts';
import { testBuckets } from './live-figures.ts';
import { figureOf, parseStrictly } from './strict-text.ts';

const forms: readonly Exposition[] = ['text', 'openmetrics'];

const few: Samples = new Map([
  ['iotload_build', [{ labels: { version: '1.2.3', node: '20' }, value: 1 }]],
  ['iotload_events_sent', [{ labels: { fleet: 'a', target: 't' }, value: 12 }]],
  ['iotload_generator_cpu_seconds', [{ labels: {}, value: 1.5 }]],
]);

describe('expose', () => {
  it('is text 0.0.4, byte for byte', () => {
    expect(expose(few, { run: 'r1' }, 'text')).toBe(
      [
        '# HELP iotload_build_info What tells these figures.',
        '# TYPE iotload_build_info gauge',
        'iotload_build_info{run="r1",version="1.2.3",node="20"} 1',
        '# HELP iotload_events_sent_total Events handed to the target.',
        '# TYPE iotload_events_sent_total counter',
        'iotload_events_sent_total{run="r1",fleet="a",target="t"} 12',
        '# HELP iotload_generator_cpu_seconds_total Processor time of the generator, all threads.',
        '# TYPE iotload_generator_cpu_seconds_total counter',
        'iotload_generator_cpu_seconds_total{run="r1"} 1.5',
        '',
      ].join('\n'),
    );
  });

  it('is OpenMetrics 1.0, byte for byte', () => {
    expect(expose(few, {}, 'openmetrics')).toBe(
      [
        '# TYPE iotload_build info',
        '# HELP iotload_build What tells these figures.',
        'iotload_build_info{version="1.2.3",node="20"} 1',
        '# TYPE iotload_events_sent counter',
        '# HELP iotload_events_sent Events handed to the target.',
        'iotload_events_sent_total{fleet="a",target="t"} 12',
        '# TYPE iotload_generator_cpu_seconds counter',
        '# UNIT iotload_generator_cpu_seconds seconds',
        '# HELP iotload_generator_cpu_seconds Processor time of the generator, all threads.',
        'iotload_generator_cpu_seconds_total 1.5',
        '# EOF',
        '',
      ].join('\n'),
    );
  });

  it('writes histograms that add up, with equal bounds in both texts', () => {
    const samples: Samples = new Map([
      ['iotload_latency_seconds', [{ labels: { fleet: 'a' }, value: testBuckets(7) }]],
    ]);
    const bounds = forms.map((form) => {
      const families = parseStrictly(expose(samples, {}, form), form);
      expect(figureOf(families, 'iotload_latency_seconds_bucket', { le: '0.0025' })).toBe(0);
      expect(figureOf(families, 'iotload_latency_seconds_bucket', { le: '0.005' })).toBe(7);
      expect(figureOf(families, 'iotload_latency_seconds_sum')).toBeCloseTo(0.021, 9);
      expect(figureOf(families, 'iotload_latency_seconds_count')).toBe(7);
      return families.get('iotload_latency_seconds')?.samples.map(({ labels }) => labels['le']);
    });
    expect(bounds[0]).toEqual(bounds[1]);
    expect(bucketBoundsUs.map(bucketLabel).slice(20, 22)).toEqual(['1.0', '1.5']);
  });

  it.each(hostileTexts)('%j in a label is inert', (text) => {
    for (const form of forms) {
      const page = expose(few, { run: text, team: text }, form);
      const families = parseStrictly(page, form);
      expect([...families.keys()]).toHaveLength(3);
      expect(page.split('\n')).toHaveLength(expose(few, {}, form).split('\n').length);
      expect(page).not.toMatch(/[^\P{Cc}\n]|[\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
      const [{ labels = {} } = {}] =
        families.get(form === 'text' ? 'iotload_build_info' : 'iotload_build')?.samples ?? [];
      expect(labels['team']).toBe(text.replace(/[^\P{Cc}\n]|[\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, '\ufffd'));
    }
  });

  it('holds any text that has no control characters unchanged', () => {
    const text = fc.string({ unit: fc.constantFrom('"', '\\', '\n', 'n', '{', '}', ',', '=', ' ', '#', 'é', '🙂') });
    fc.assert(
      fc.property(text, fc.constantFrom(...forms), (value, form) => {
        const families = parseStrictly(expose(few, { run: value }, form), form);
        expect(figureOf(families, 'iotload_events_sent_total', { run: value })).toBe(12);
      }),
    );
  });

  it('writes any number as one', () => {
    for (const [value, text] of [
      [Number.POSITIVE_INFINITY, '+Inf'],
      [Number.NaN, 'NaN'],
      [1e21, '1e+21'],
      [1e-7, '1e-7'],
      [2 ** 53, '9007199254740992'],
    ] as const) {
      const samples: Samples = new Map([['iotload_generator_busy_ratio', [{ labels: {}, value }]]]);
      expect(expose(samples, {}, 'text')).toContain(`iotload_generator_busy_ratio ${text}\n`);
    }
  });

  it('never lets the sum of a histogram fall below zero', () => {
    const samples: Samples = new Map([
      ['iotload_latency_seconds', [{ labels: {}, value: { ...testBuckets(1), sumUs: -5 } }]],
    ]);
    expect(figureOf(parseStrictly(expose(samples, {}, 'text'), 'text'), 'iotload_latency_seconds_sum')).toBe(0);
  });
});

it('the content types are those that Prometheus asks for', () => {
  expect(contentTypes).toEqual({
    text: 'text/plain; version=0.0.4; charset=utf-8',
    openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
  });
});

describe('the strict reader', () => {
  it.each([
    ['a value with an open quote', '# HELP a b\n# TYPE a gauge\na{b="c} 1\n'],
    ['a backslash that escapes nothing', '# HELP a b\n# TYPE a gauge\na{b="\\t"} 1\n'],
    ['a series twice', '# HELP a b\n# TYPE a gauge\na 1\na 2\n'],
    ['a counter without its ending', '# HELP a b\n# TYPE a counter\na 1\n'],
    [
      'a family in two pieces',
      '# HELP a b\n# TYPE a gauge\na 1\n# HELP c d\n# TYPE c gauge\nc 1\n# HELP a b\na{b="1"} 1\n',
    ],
    ['an empty line', '# HELP a b\n# TYPE a gauge\n\na 1\n'],
    ['no line feed at the end', '# HELP a b\n# TYPE a gauge\na 1'],
    [
      'buckets that fall',
      '# HELP a b\n# TYPE a histogram\na_bucket{le="1.0"} 2\na_bucket{le="+Inf"} 1\na_sum 1\na_count 1\n',
    ],
    ['no bucket of everything', '# HELP a b\n# TYPE a histogram\na_bucket{le="1.0"} 2\na_sum 1\na_count 2\n'],
    ['a count of its own', '# HELP a b\n# TYPE a histogram\na_bucket{le="+Inf"} 1\na_sum 1\na_count 2\n'],
  ])('refuses %s', (_, page) => {
    expect(() => parseStrictly(page, 'text')).toThrow();
  });

  it('refuses OpenMetrics without its end', () => {
    const page = expose(few, {}, 'openmetrics');
    expect(() => parseStrictly(page.replace('# EOF\n', ''), 'openmetrics')).toThrow();
    expect(() => parseStrictly(`${page}\n`, 'openmetrics')).toThrow();
  });
});
