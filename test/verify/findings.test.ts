import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { writeFindings } from '../../src/verify/findings.ts';
import { settle } from '../../src/verify/settle.ts';
import { type History, planOf, seenOf, sentOf } from './history.ts';

const names = {
  fleet: (fleet: number) => `fleet${fleet}`,
  device: (_: number, seat: number) => `phone-"${seat}"\n`,
  topic: (partition: number) => (partition > 1_048_576 ? 'boards' : undefined),
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
      { kind: 'duplicate', fleet: 1, slot: 5, seat: 5, sequence: 0, at: { partition: 1_048_580, offset: 7 } },
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
    {
      ...{ kind: 'duplicate', fleet: 'fleet1', device: 'phone-"5"\n', sequence: 0, slot: 5 },
      ...{ topic: 'boards', partition: 4, offset: 7 },
    },
  ]);
  await expect(writeFindings(join(dir, 'no', 'file'), [], names)).rejects.toMatchObject({ code: 'file-unwritable' });
  rmSync(dir, { recursive: true });
});

it('names of each event at fault the first place where it is stored, and of a range what it lacks', async () => {
  const past: History = {
    fleets: [{ devices: 2, outcomes: ['acked', 'acked', 'acked'] }],
    arrivals: [0, 0, 0, 2].map((slot) => ({ fleet: 0, slot, kind: 'own' as const })),
    graceOver: 99,
    complete: true,
  };
  const seen = seenOf(past);
  seen.fleets[0]?.placed.push(
    { kind: 'duplicate', slot: 0, partition: 1, offset: 70 },
    { kind: 'duplicate', slot: 0, partition: 1, offset: 80 },
    { kind: 'corrupt', slot: 0, partition: 1, offset: 90 },
  );
  const { findings } = settle({ plan: planOf(past), sent: sentOf(past), seen });
  expect(findings).toEqual([
    { kind: 'lost', fleet: 0, slot: 1, seat: 1, sequence: 0 },
    { kind: 'duplicate', fleet: 0, slot: 0, seat: 0, sequence: 0, at: { partition: 1, offset: 70 } },
  ]);
  const dir = mkdtempSync(join(tmpdir(), 'iotload-findings-'));
  const holes: [number, number][] = [[5, 7]];
  await writeFindings(join(dir, 'f'), findings, { ...names, stored: () => ({ partition: 1, from: 0, to: 9, holes }) });
  const [lost] = readFileSync(join(dir, 'f'), 'utf8').split('\n');
  expect(JSON.parse(lost as string)).toMatchObject({ partition: 1, read: { from: 0, to: 9, holes } });
  rmSync(dir, { recursive: true });
});
