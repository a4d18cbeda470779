import { describe, expect, it } from 'vitest';
import { noEvidence } from '../../src/report/evidence.ts';
import { junit } from '../../src/report/junit.ts';
import { hostile, resultWith, stored } from './hostile.ts';

const xmlOf = (result: Parameters<typeof junit.render>[0]): string => [...junit.render(result, noEvidence)].join('');

/** The elements of a document, in order; throws where it is not well formed. */
function elementsOf(xml: string): { name: string; attributes: Record<string, string> }[] {
  const elements: { name: string; attributes: Record<string, string> }[] = [];
  const open: string[] = [];
  const token = /<\?xml[^?]*\?>|<(\/?)([a-z-]+)((?: [a-z]+="[^"<]*")*)(\/?)>|([^<]+)/gy;
  let at = 0;
  for (const match of xml.matchAll(token)) {
    expect(match.index).toBe(at);
    at += match[0].length;
    const [, close, name, attributes = '', alone, text] = match;
    if (text !== undefined) expect(text).not.toMatch(/&(?!(amp|lt|gt|quot|#39);)/);
    else if (close === '/') expect(open.pop()).toBe(name);
    else if (name !== undefined) {
      expect(attributes).not.toMatch(/&(?!(amp|lt|gt|quot|#39);)/);
      const pairs = [...attributes.matchAll(/ ([a-z]+)="([^"]*)"/g)].map(([, key, value]) => [key, value]);
      elements.push({ name, attributes: Object.fromEntries(pairs) as Record<string, string> });
      if (alone !== '/') open.push(name);
    }
  }
  expect(at).toBe(xml.length);
  expect(open).toEqual([]);
  return elements;
}

describe('junit', () => {
  it('has a case for each check and one for the verdict, and passes where all is well', () => {
    const result = stored('clean');
    const elements = elementsOf(xmlOf(result));
    const cases = elements.filter(({ name }) => name === 'testcase');
    expect(cases).toHaveLength(result.checks.length + 1);
    expect(elements[0]?.attributes).toMatchObject({ tests: `${cases.length}`, failures: '0', errors: '0' });
    expect(elements.some(({ name }) => name === 'failure' || name === 'error')).toBe(false);
  });

  it('calls what is inconclusive an error, never a pass', () => {
    const result = stored('clean');
    const [check] = result.checks as [(typeof result.checks)[number]];
    const told = xmlOf({ ...result, verdict: 'inconclusive', checks: [{ ...check, status: 'inconclusive' }] });
    const elements = elementsOf(told);
    expect(elements.filter(({ name }) => name === 'error')).toHaveLength(2);
    expect(elements[0]?.attributes).toMatchObject({ tests: '2', failures: '0', errors: '2' });
  });

  it('tells failures and what was skipped apart', () => {
    const elements = elementsOf(xmlOf(resultWith('x')));
    expect(elements[0]?.attributes).toMatchObject({ tests: '4', failures: '2', errors: '1', skipped: '1' });
  });

  it.each(hostile)('keeps %j a text', (text) => {
    const elements = elementsOf(xmlOf(resultWith(text)));
    expect(new Set(elements.map(({ name }) => name))).toEqual(
      new Set([
        ...['testsuite', 'properties', 'property', 'testcase', 'failure', 'error', 'skipped', 'system-out'],
        'system-err',
      ]),
    );
  });
});
