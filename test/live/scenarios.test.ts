import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { scratch, start, summaryOf } from '../e2e/iotload.ts';

/** Those that ask for a broker and a machine of their own. */
const apart = ['day-in-a-minute'];
/** Runs at once. */
const TOGETHER = 3;

const folder = new URL('../../scenarios/', import.meta.url);
const names = readdirSync(folder)
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => name.replace('.yaml', ''))
  .filter((name) => !apart.includes(name));

describe('the shipped scenarios', () => {
  it('begin with the question that each answers', () => {
    for (const name of names) {
      expect(readFileSync(new URL(`${name}.yaml`, folder), 'utf8')).toMatch(/^# Question: [^\n]+\?/);
    }
  });

  it('pass as they stand, for 12 s', async () => {
    const waiting = [...names];
    const results: Record<string, string> = {};
    const one = async (): Promise<void> => {
      for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
        const space = scratch();
        const unpaced = /speed: max/.test(readFileSync(new URL(`${name}.yaml`, folder), 'utf8'));
        const args = ['run', name, ...(unpaced ? [] : ['--duration', '12s']), '--progress', 'none'];
        const { code, stdout, stderr } = await start([...args, '--out', space.path('out')], {}, space.dir).finished;
        results[name] = code === 0 ? summaryOf(space.path('out')).verdict : `exit ${code}\n${stdout}${stderr}`;
        space.remove();
      }
    };
    await Promise.all(Array.from({ length: TOGETHER }, one));
    expect(results).toEqual(Object.fromEntries(names.map((name) => [name, 'pass'])));
  }, 400_000);
});
