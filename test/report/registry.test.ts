import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Evidence, readEvidence } from '../../src/report/evidence.ts';
import { reportFormats } from '../../src/report/registry.ts';
import { reportContract } from '../contracts/report.ts';
import { exampleRun } from './example-run.ts';
import { stored } from './hostile.ts';

let run: Awaited<ReturnType<typeof exampleRun>>;
let evidence: Evidence;
beforeAll(async () => {
  run = await exampleRun(12);
  evidence = await readEvidence(run.dir);
});
afterAll(() => run.remove());

for (const format of Object.values(reportFormats)) reportContract(format, () => evidence);

/** What is no text of ours, or depends on the version of a library: styles, code, their digests, strokes, compressed histograms. */
const left =
  /(?<=<svg[^>]*>)[\s\S]*?(?=<\/svg>)|<style>[\s\S]*?<\/style>|<script>[\s\S]*?<\/script>|<meta http-equiv[^>]*>\n|(?<=,)[\w+/=]{40,}$/gm;

/** Renewed by `vitest -u`, and read then. */
describe.each(['clean', 'breached', 'aborted', 'interrupted'] as const)('the stored result %s', (name) => {
  const formats = Object.values(reportFormats).filter(
    // Those that only show the files are the same for every result.
    ({ extension, readsFiles }) => extension !== 'json' && (name === 'clean' || !readsFiles || extension === 'html'),
  );
  it.each(formats)('as $name is the golden file', async ({ name: format, extension, render }) => {
    const told = [...render(stored(name), evidence)].join('').replace(left, '');
    await expect(told).toMatchFileSnapshot(`../fixtures/finished/${name}/${format}.${extension}`);
    expect(told.length).toBeLessThan(100 * 1024);
  });
});
