import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { noEvidence } from '../../src/report/evidence.ts';
import { json } from '../../src/report/json.ts';

describe('json', () => {
  it.each(['clean', 'breached', 'aborted'])('writes the stored result "%s" so that it reads back equal', (name) => {
    const text = readFileSync(new URL(`../fixtures/finished/${name}.json`, import.meta.url), 'utf8');
    const written = [...json.render(JSON.parse(text), noEvidence)].join('');
    expect(JSON.parse(written)).toEqual(JSON.parse(text));
    expect(written.endsWith('}\n')).toBe(true);
  });
});
