import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { exitTable } from '../src/cli/exit-codes.ts';
import { loadPlan } from '../src/plan/load-plan.ts';
import { sourceFiles } from './source-files.ts';

function read(path: string): string {
  return readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
}

/** A table with single spaces, whatever the widths of its columns. */
function squeezed(text: string): string {
  return text.replace(/ +/g, ' ');
}

describe('the documents', () => {
  const readme = read('README.md');
  const architecture = read('ARCHITECTURE.md');

  it('show a scenario that is one', async () => {
    const [, text = ''] = /```yaml\n([\s\S]*?)```/.exec(readme) ?? [];
    const outcome = await loadPlan({ text, file: 'readme.yaml', env: { MQTT_PASSWORD: 'x' }, set: [], allow: [] });
    expect(outcome.ok ? [] : outcome.diagnostics).toEqual([]);
  });

  it('name every exit code, every shipped scenario and every folder', () => {
    for (const [code] of exitTable) expect(squeezed(readme)).toContain(`| ${code.replace('/', ', ')} |`);
    for (const file of readdirSync(new URL('../scenarios/', import.meta.url))) {
      if (file.endsWith('.yaml')) expect(readme).toContain(`\`${file.replace('.yaml', '')}\``);
    }
    for (const folder of new Set(sourceFiles('src').map(({ path }) => path.split('/')[1]))) {
      expect(architecture).toMatch(new RegExp(`^ [ 0-9]{2}  ${folder}/? `, 'm'));
    }
  });

  it('give a reason for every dependency', () => {
    const { dependencies, devDependencies } = JSON.parse(read('package.json')) as Record<string, object>;
    for (const name of Object.keys(dependencies ?? {})) expect(squeezed(architecture)).toContain(`| \`${name}\` |`);
    for (const name of Object.keys(devDependencies ?? {})) {
      if (!name.startsWith('@types/')) expect(architecture).toContain(`\`${name}\``);
    }
  });

  it('link to files that exist', () => {
    for (const document of ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'bench/README.md']) {
      for (const [, link = ''] of read(document).matchAll(/\]\((?!https?:)([^)#]+)/g)) expect(read(link)).not.toBe('');
    }
  });
});
