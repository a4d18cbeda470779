import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadPlan } from '../../src/plan/load-plan.ts';
import { renderDiagnostics } from '../../src/scenario/diagnostics.ts';

const folder = new URL('../fixtures/scenarios/bad/', import.meta.url);
const env = { HUNDRED: '100', WORD: 'many' };

describe('bad scenarios', () => {
  const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));

  it.each(files)('%s: every mistake at its place', async (file) => {
    const text = readFileSync(new URL(file, folder), 'utf8');
    const outcome = await loadPlan({ text, file, folder: fileURLToPath(folder), env, set: [], allow: [] });
    const rendered = outcome.ok ? 'no mistake was found\n' : renderDiagnostics(outcome.diagnostics, text, file);
    expect(rendered).toBe(readFileSync(new URL(file.replace('.yaml', '.txt'), folder), 'utf8'));
    expect(rendered).not.toContain('hunter2');
  });
});
