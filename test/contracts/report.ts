import { describe, expect, it } from 'vitest';
import { type Evidence, noEvidence } from '../../src/report/evidence.ts';
import type { ReportFormat } from '../../src/report/format.ts';
import { evidenceWith, hostile, resultWith, stored } from '../report/hostile.ts';

const names = ['clean', 'breached', 'aborted', 'interrupted'] as const;

/** What every report is: text, the same for the same result, whatever stands in it, and no text of anybody's is more than text in it. */
export function reportContract(format: ReportFormat, evidence: () => Evidence): void {
  const { extension, render } = format;
  const text = (...of: Parameters<ReportFormat['render']>): string => [...render(...of)].join('');

  describe(`the report ${format.name}`, () => {
    it.each(names)('tells the stored result %s, and tells it again', (name) => {
      for (const known of [noEvidence, evidence()]) {
        const result = stored(name);
        const told = text(result, known);
        expect(told).not.toBe('');
        expect(told.endsWith('\n')).toBe(true);
        expect(text(result, known)).toBe(told);
        expect(result).toEqual(stored(name));
      }
    });

    it.each(hostile)('keeps %j a text', (evil) => {
      const [told, plain] = [evil, 'x'].map((one) => text(resultWith(one), evidenceWith(evidence(), one))) as [
        string,
        string,
      ];
      if (extension === 'json') {
        // Escaped by the format itself; what reads it gets the same text.
        expect(JSON.parse(told)).toEqual(JSON.parse(JSON.stringify(resultWith(evil))));
        return;
      }
      // What a page keeps as data was looked at before as JSON.
      const shown = told.replace(/<script type="application\/json"[\s\S]*?<\/script>/, '');
      expect(shown.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
      for (const line of shown.split('\n')) {
        expect(line).not.toMatch(/^\s*::[a-z].*::/i);
        expect(line).not.toMatch(/##(vso)?\[/i);
      }
      if (extension === 'html' || extension === 'xml') expect(tagsOf(told)).toEqual(tagsOf(plain));
      if (extension === 'md') expect(told.split('\n')).toHaveLength(plain.split('\n').length);
      if (extension === 'csv') for (const line of told.trimEnd().split('\n')) expect(cellsOf(line)).toEqual([]);
    });
  });
}

/** Every tag with its attributes, their values left out. A `<` or a quote that is none of ours would show. */
function tagsOf(markup: string): string[] {
  return [...markup.matchAll(/<[^>]*>?/g)].map(([tag]) => tag.replace(/="[^"]*"/g, '=""'));
}

/** Cells that a spreadsheet would take for more than a number or a word. */
function cellsOf(line: string): string[] {
  return line.split(',').filter((cell) => !/^(-?[\d.]+(e[+-]?\d+)?|[a-z]\w*|)$/.test(cell));
}
