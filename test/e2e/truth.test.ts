import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { inScratch } from './in-scratch.ts';
import { iotload, summaryOf } from './iotload.ts';
import { phones } from './scenario-text.ts';

const space = inScratch();

it('the truth stands beside the results, the same for any number of workers', async () => {
  const file = space.scenario(
    phones({
      start: '2026-01-01T00:00:00Z',
      target: '{ protocol: mqtt, endpoint: embedded }',
      fleet: 'behavior: { duplicates: 1%, malformed: 1% }',
      more: 'timeline: [{ at: 20%, shake: 50%, for: 500ms }]',
    }),
  );
  const truths = await Promise.all(
    ['1', '3'].map(async (workers) => {
      const out = space.path(`out-${workers}`);
      await iotload(['run', file, '--workers', workers, '--out', out, '--run-id', 'same', '--progress', 'none']);
      expect(summaryOf(out).files['truth']).toBe('truth.ndjson');
      return readFileSync(`${out}/truth.ndjson`, 'utf8');
    }),
  );
  expect(truths[0]).toBe(truths[1]);
  const kinds = new Set(
    truths[0]
      ?.trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { kind: string }).kind),
  );
  for (const kind of ['shake', 'activity', 'duplicate', 'malformed']) expect(kinds).toContain(kind);
});
