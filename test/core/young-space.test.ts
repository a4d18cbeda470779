import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { fixYoungSpaceOfThreads, YOUNG_MIB, youngSpaceFlags } from '../../src/core/young-space.ts';

const run = promisify(execFile);

/** What V8 has taken for young objects of which many have survived, at the beginning and at the end, in MiB. */
const PROBE = `
const { getHeapSpaceStatistics } = require('node:v8');
const young = () => getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space').space_size / 2 ** 20;
const before = young();
const kept = [];
for (let i = 0; i < 40; i++) kept.push(Array.from({ length: 20_000 }, (_, j) => ({ i, j })));
const after = young();
`;

describe('the space for young objects', () => {
  it('of a process begins as large as it stays', async () => {
    const grown = async (flags: readonly string[]): Promise<number[]> => {
      const { stdout } = await run(process.execPath, [...flags, '-e', `${PROBE} console.log(before, after)`]);
      return stdout.trim().split(' ').map(Number);
    };
    const [before, after] = await grown(youngSpaceFlags);
    expectFixed(before, after);
    const [small, large] = await grown([]);
    expect(small).toBeLessThan(8);
    expect(large).toBeGreaterThan(16);
  });

  it('of a thread does so too', async () => {
    fixYoungSpaceOfThreads();
    const worker = new Worker(`${PROBE} require('node:worker_threads').parentPort.postMessage([before, after])`, {
      eval: true,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MIB },
    });
    const [before, after] = await new Promise<number[]>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
    });
    expectFixed(before, after);
  });
});

it('of this thread does not grow while somebody holds it', async () => {
  const source = new URL('../../src/core/young-space.ts', import.meta.url).href;
  const program = `
    import { getHeapSpaceStatistics } from 'node:v8';
    import { holdYoungSpace } from '${source}';
    const young = () => getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space').space_size / 2 ** 20;
    const kept = [];
    const survive = () => { for (let i = 0; i < 60; i++) kept.push(Array.from({ length: 20_000 }, (_, j) => ({ i, j }))); return young(); };
    const [one, other] = [holdYoungSpace(), holdYoungSpace()];
    const before = young();
    one();
    one();
    const held = survive();
    other();
    console.log(before, held, survive());
  `;
  const { stdout } = await run(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program]);
  const [before, held, free] = stdout.trim().split(' ').map(Number) as [number, number, number];
  // The other half comes with the first collection.
  expect(held).toBeLessThanOrEqual(2 * before);
  expect(free).toBeGreaterThan(16);
});

/** One half from the beginning, the other from the first collection on. */
function expectFixed(before: number | undefined, after: number | undefined): void {
  expect(before).toBeGreaterThanOrEqual(8);
  expect(after).toBeLessThanOrEqual(16);
}
