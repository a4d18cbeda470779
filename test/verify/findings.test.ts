import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { writeFindings } from '../../src/verify/findings.ts';

const names = {
  fleet: (fleet: number) => `fleet${fleet}`,
  device: (_: number, seat: number) => `phone-"${seat}"\n`,
  stored: (fleet: number) => (fleet === 0 ? null : { partition: 4, from: 100, to: 2_000 }),
};

it('writes one object a line, whatever the names hold', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'iotload-findings-'));
  const path = join(dir, 'findings.ndjson');
  await writeFindings(
    path,
    [
      { kind: 'missing', fleet: 1, slot: 17, seat: 3, sequence: 2 },
      { kind: 'corrupt', fleet: 0, slot: 0, seat: 0, sequence: 0 },
      { kind: 'duplicate', fleet: 1, slot: 3, seat: 3, sequence: 0, at: { partition: 4, offset: 777 } },
    ],
    names,
  );
  const lines = readFileSync(path, 'utf8').split('\n');
  expect(lines.pop()).toBe('');
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    {
      kind: 'missing',
      fleet: 'fleet1',
      device: 'phone-"3"\n',
      sequence: 2,
      slot: 17,
      partition: 4,
      read: { from: 100, to: 2_000 },
    },
    { kind: 'corrupt', fleet: 'fleet0', device: 'phone-"0"\n', sequence: 0, slot: 0 },
    { kind: 'duplicate', fleet: 'fleet1', device: 'phone-"3"\n', sequence: 0, slot: 3, partition: 4, offset: 777 },
  ]);
  await expect(writeFindings(join(dir, 'no', 'file'), [], names)).rejects.toMatchObject({ code: 'file-unwritable' });
  rmSync(dir, { recursive: true });
});
