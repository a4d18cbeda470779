import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';
import { writeSeen, writeSent } from '../../src/cluster/write-records.ts';
import { SlotSet } from '../../src/core/slot-set.ts';
import { inPieces } from '../../src/wire/intervals.ts';
import { type FleetArrivals, readSeen } from '../../src/wire/seen-file.ts';
import { readSent } from '../../src/wire/sent-file.ts';
import type { SentFleet } from '../../src/wire/sent-record.ts';
import { history, seenOf, sentOf } from '../verify/history.ts';

const dir = mkdtempSync(join(tmpdir(), 'iotload-records-'));
afterAll(() => rmSync(dir, { recursive: true }));

const all = (set: SlotSet): number[] => set.first(Number.POSITIVE_INFINITY);
/** A fleet's record with its sets as lists, which can be compared. */
const plain = (fleet: SentFleet | FleetArrivals): object =>
  Object.fromEntries(Object.entries(fleet).map(([key, value]) => [key, value instanceof SlotSet ? all(value) : value]));

it('what was merged reads as it was, once it is written', async () => {
  await fc.assert(
    fc.asyncProperty(history, fc.nat(9), fc.boolean(), async (past, extra, ended) => {
      const sent = { ...sentOf(past), ...(ended ? {} : { end: null }) };
      for (const fleet of sent.fleets) {
        fleet.extraAttempts = extra;
        fleet.doubling.add(0);
      }
      await writeSent(join(dir, 'sent'), sent, []);
      const readBack = await readSent(join(dir, 'sent'));
      expect(readBack.fleets.map(plain)).toEqual(sent.fleets.map(plain));
      expect([readBack.end, readBack.header]).toEqual([sent.end, sent.header]);

      const seen = { ...seenOf(past), ...(ended ? {} : { end: null }) };
      await writeSeen(join(dir, 'seen'), seen, []);
      const seenBack = await readSeen(join(dir, 'seen'));
      expect(seenBack.fleets.map(plain)).toEqual(seen.fleets.map(plain));
      expect([seenBack.end, seenBack.unattributed]).toEqual([seen.end, seen.unattributed]);
    }),
    { numRuns: 30 },
  );
});

it('a set that is too long for one record comes in pieces, which are all of it', () => {
  const set = new SlotSet();
  for (let slot = 0; slot < 200_000; slot += 3) set.addInterval(slot, slot + 1 + (slot % 2));
  const pieces = inPieces(set, 1_000);
  expect(pieces.length).toBe(67);
  expect(pieces.flatMap(all)).toEqual(all(set));
  expect(inPieces(new SlotSet())).toEqual([]);
});
