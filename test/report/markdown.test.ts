import { describe, expect, it } from 'vitest';
import { noEvidence } from '../../src/report/evidence.ts';
import { markdown } from '../../src/report/markdown.ts';
import { hostile, resultWith, stored } from './hostile.ts';

const textOf = (result: Parameters<typeof markdown.render>[0]): string =>
  [...markdown.render(result, noEvidence)].join('');

describe('markdown', () => {
  it('tells verdict, counts, latencies and checks', () => {
    const text = textOf(stored('clean'));
    expect(text).toMatch(/^### ✅ iotload: quickstart: pass\n/);
    expect(text).toContain('**every event arrived**');
    expect(text).toContain('| response time |');
    expect(text).toContain('| ✅ |');
    expect(textOf(stored('breached'))).toMatch(/^### ❌/);
  });

  it.each(hostile)('keeps %j a text', (text) => {
    const lines = textOf(resultWith(text)).split('\n');
    const plain = textOf(resultWith('x')).split('\n');
    // Not a line more, no command of a workflow, no markup but its own.
    expect(lines).toHaveLength(plain.length);
    expect(lines.filter((line) => line.startsWith('::'))).toEqual([]);
    expect(lines.join('\n').replaceAll(/<\/?sub>/g, '')).not.toMatch(/<[a-z!/]/i);
    expect(lines.map((line) => line.split('|').length)).toEqual(plain.map((line) => line.split('|').length));
  });
});
