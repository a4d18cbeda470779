import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { starterDefaults } from '../../src/plan/starter-scenario.ts';
import { initScenario } from '../../src/runner/init-scenario.ts';

const answers = { kind: 'mqtt', ...starterDefaults } as const;
let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'iotload-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

describe('initScenario', () => {
  it('writes a scenario and returns what it comes to', async () => {
    const plan = await initScenario(answers, join(dir, 'a.yaml'));
    expect(plan.fleets[0]?.slots).toBe(2200);
    expect(readFileSync(join(dir, 'a.yaml'), 'utf8')).toContain('iotload: 1');
  });

  it('overwrites nothing', async () => {
    const file = join(dir, 'mine.yaml');
    writeFileSync(file, 'mine');
    await expect(initScenario(answers, file)).rejects.toMatchObject({
      code: 'file-unwritable',
      message: 'the file exists',
    });
    expect(readFileSync(file, 'utf8')).toBe('mine');
  });

  it('writes nothing for an answer that is no good, nor where it may not', async () => {
    const file = join(dir, 'b.yaml');
    await expect(initScenario({ ...answers, rate: '5' }, file)).rejects.toMatchObject({ where: '--rate' });
    await expect(initScenario(answers, join(dir, 'no/b.yaml'))).rejects.toMatchObject({ code: 'file-unwritable' });
    expect(() => readFileSync(file)).toThrow('ENOENT');
  });
});
