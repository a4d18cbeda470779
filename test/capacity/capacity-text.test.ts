import { describe, expect, it } from 'vitest';
import type { CapacityResult } from '../../src/capacity/capacity-result.ts';
import { capacityText } from '../../src/capacity/capacity-text.ts';
import { hostile } from '../report/hostile.ts';
import { exampleSearch, searchWith } from './example-search.ts';

const screen = (result: CapacityResult, colour = false): string =>
  [...capacityText(result, { colour, dir: 'results/how-much' })].join('');
const escapeSequence = new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, 'g');

describe('the text of a search', () => {
  it.each([
    ['found', exampleSearch()],
    ['generator', exampleSearch({ full: 1000 })],
    ['devices', exampleSearch({ about: { vary: 'devices', from: 20, to: 1000, provisionFor: 5000 } })],
  ])('tells %s as the golden screen', async (name, result) => {
    await expect(screen(result)).toMatchFileSnapshot(`../fixtures/capacity/${name}.txt`);
  });

  it('begins with the verdict and the answer, which stands alone', () => {
    expect(screen(exampleSearch())).toMatch(
      /^PASS {2}It holds [\d.]+k\/s and breaks at [\d.]+k\/s: response_time p99 < 50ms\.\n/,
    );
    expect(screen(exampleSearch({ about: { from: 1990 } }))).toMatch(
      /^FAIL {2}It breaks at 1\.99k\/s, the least that was asked for/,
    );
  });

  it('prints no capacity where the generator was full, and names it', () => {
    const text = screen(exampleSearch({ full: 1000 }));
    expect(text).toMatch(/^INCONCLUSIVE {2}Not known: the generator was full/);
    expect(text).not.toMatch(/^ {2}(capacity|breaks) /m);
  });

  it('fits 80 columns', () => {
    for (const result of [exampleSearch(), exampleSearch({ full: 1000 })])
      for (const line of screen(result).split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('colours only when asked, and changes nothing else', () => {
    const coloured = screen(exampleSearch(), true);
    expect(coloured).toMatch(escapeSequence);
    expect(coloured.replace(escapeSequence, '')).toBe(screen(exampleSearch()));
  });

  it.each(hostile)('keeps %j on its line, and no command', (text) => {
    const lines = screen(searchWith(text)).split('\n');
    // The same with signs that are no more than signs: nothing but a space breaks a line.
    const tame = screen(searchWith(text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, 'x'))).split('\n');
    expect(lines).toHaveLength(tame.length);
    for (const line of lines) expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]|^\s*::[a-z].*::|##(vso)?\[/u);
  });
});
