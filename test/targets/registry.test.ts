import { existsSync, readdirSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { targetOf, targets } from '../../src/targets/registry.ts';

const folder = fileURLToPath(new URL('../../src/targets/', import.meta.url));

describe('targets', () => {
  it('are exactly the folders, sorted, each under its name', () => {
    const folders = readdirSync(folder).filter((name) => statSync(`${folder}${name}`).isDirectory());
    expect(Object.keys(targets)).toEqual(folders.sort());
    for (const [name, target] of Object.entries(targets)) {
      expect(target.name).toBe(name);
      expect(existsSync(`${folder}${name}/options.ts`)).toBe(true);
      expect(targetOf(name)).toBe(target);
    }
  });

  it.each(['amqp', 'toString'])('%s is none of them', (name) => {
    expect(() => targetOf(name)).toThrow(expect.objectContaining({ code: 'bad-scenario' }));
  });
});
