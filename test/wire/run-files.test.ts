import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Part } from '../../src/core/anchor.ts';
import { Outcome } from '../../src/core/outcome.ts';
import type { SlotSet } from '../../src/core/slot-set.ts';
import { RECORDER_CELLS } from '../../src/metrics/recorder.ts';
import { OutcomeJournal } from '../../src/wire/outcome-journal.ts';
import { PartOrdinals } from '../../src/wire/part-ordinals.ts';
import type { RunHeader } from '../../src/wire/run-header.ts';
import { emptySamples, SAMPLE_CELLS } from '../../src/wire/samples.ts';
import { emptyArrivals, readSeen, type SeenEnd, SeenWriter } from '../../src/wire/seen-file.ts';
import { readSent, SentWriter } from '../../src/wire/sent-file.ts';
import type { SentFleet } from '../../src/wire/sent-record.ts';

let folder: string;
let path: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'iotload-files-'));
  path = join(folder, 'file');
});
afterAll(() => rmSync(folder, { recursive: true }));

function members(set: SlotSet): number[] {
  const slots: number[] = [];
  set.forEachInterval((from, to) => {
    for (let slot = from; slot < to; slot++) slots.push(slot);
  });
  return slots;
}

const part = fc
  .integer({ min: 1, max: 5 })
  .chain((count) => fc.record({ index: fc.nat(count - 1), count: fc.constant(count) }));

describe('PartOrdinals', () => {
  it('numbers the slots of a part without a gap, in their order', () => {
    fc.assert(
      fc.property(part, fc.integer({ min: 1, max: 12 }), fc.nat(200), ({ index, count }, devices, slots) => {
        const ordinals = new PartOrdinals({ index, count }, devices);
        let next = 0;
        for (let slot = 0; slot < slots; slot++) {
          expect(ordinals.below(slot)).toBe(next);
          const owned = (slot % devices) % count === index;
          expect(ordinals.owns(slot)).toBe(owned);
          if (!owned) continue;
          expect(ordinals.of(slot)).toBe(next);
          expect(ordinals.slot(next)).toBe(slot);
          next++;
        }
        expect(ordinals.below(slots)).toBe(next);
      }),
    );
  });

  it('works far above 2^32', () => {
    const ordinals = new PartOrdinals({ index: 2, count: 7 }, 1_000_003);
    const slot = 5_000_000 * 1_000_003 + 2 + 7 * 1_234;
    expect(ordinals.slot(ordinals.of(slot))).toBe(slot);
  });
});

describe('sent file', () => {
  const outcome = fc.constantFrom(...Object.values(Outcome));
  const scenario = fc.record({
    shard: part,
    workers: fc.integer({ min: 1, max: 3 }),
    fleets: fc.array(fc.record({ devices: fc.integer({ min: 1, max: 9 }), slots: fc.nat(120) }), {
      minLength: 1,
      maxLength: 3,
    }),
    /** Outcome of slot k is the k-th, round and round; null stays open. */
    outcomes: fc.array(fc.option(outcome, { freq: 8 }), { minLength: 1, maxLength: 30 }),
    horizon: fc.integer({ min: 0, max: 100 }),
    frames: fc.integer({ min: 1, max: 4 }),
  });

  it('gives every slot its outcome back, whatever the parts', async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async ({ shard, workers, fleets, outcomes, horizon, frames }) => {
        const header: RunHeader = {
          runId: 'r1',
          shard,
          fleets: fleets.map((fleet, index) => ({ name: `f${index}`, ...fleet })),
        };
        const model = fleets.map(() => ({ intended: 0, by: new Map<number, number[]>(), orphaned: 0 }));
        const writer = await SentWriter.open(path, header);
        for (let worker = 0; worker < workers; worker++) {
          const own: Part = { index: shard.index + shard.count * worker, count: shard.count * workers };
          const journal = new OutcomeJournal(fleets, own);
          fleets.forEach(({ devices, slots }, index) => {
            const expected = model[index] as (typeof model)[number];
            const mine = Array.from({ length: slots }, (_, slot) => slot).filter(
              (s) => (s % devices) % own.count === own.index,
            );
            const picked = Math.floor((slots * horizon) / 100);
            mine.forEach((slot, i) => {
              expected.intended++;
              const result = outcomes[slot % outcomes.length] ?? null;
              if (result !== null) {
                journal.settle(index, slot, result);
                expected.by.set(result, [...(expected.by.get(result) ?? []), slot]);
              } else if (slot < picked) {
                expected.orphaned++;
                expected.by.set(Outcome.unknown, [...(expected.by.get(Outcome.unknown) ?? []), slot]);
              }
              if (i % 7 === frames) writer.append(journal.takeFrame());
            });
            journal.horizon(index, picked);
          });
          writer.append(journal.takeFrame());
          await writer.flush();
        }
        await writer.end({ ended: 'completed' });

        const record = await readSent(path);
        expect(record).toMatchObject({ header, end: { ended: 'completed' }, tornBytes: 0 });
        record.fleets.forEach((fleet, index) => {
          const { intended, by, orphaned } = model[index] as (typeof model)[number];
          const sorted = (o: Outcome): number[] => (by.get(o) ?? []).sort((a, b) => a - b);
          expect(members(fleet.acked)).toEqual(sorted(Outcome.acked));
          expect(members(fleet.rejected)).toEqual(sorted(Outcome.rejected));
          expect(members(fleet.unknown)).toEqual(sorted(Outcome.unknown));
          expect(members(fleet.noAck)).toEqual(sorted(Outcome.noAck));
          expect(fleet).toMatchObject({ intended, orphaned, conflicts: 0, extraAttempts: 0 });
        });
      }),
      { numRuns: 60 },
    );
  });

  const header: RunHeader = {
    runId: 'r1',
    shard: { index: 0, count: 1 },
    fleets: [{ name: 'a', devices: 3, slots: 30 }],
  };
  const whole: Part = { index: 0, count: 1 };

  it('says what a dead worker had picked up', async () => {
    const writer = await SentWriter.open(path, header);
    const journal = new OutcomeJournal(header.fleets, { index: 1, count: 2 });
    journal.settle(0, 1, Outcome.acked);
    writer.append(journal.takeFrame());
    writer.horizon({ index: 1, count: 2 }, 0, 3);
    await writer.end({ ended: 'worker-died' });
    const [fleet] = (await readSent(path)).fleets as [SentFleet];
    expect(members(fleet.acked)).toEqual([1]);
    expect(members(fleet.unknown)).toEqual([4, 7]);
    expect(fleet.orphaned).toBe(2);
  });

  it('counts second outcomes and further attempts', async () => {
    const writer = await SentWriter.open(path, header);
    const journal = new OutcomeJournal(header.fleets, whole);
    journal.settle(0, 5, Outcome.acked);
    journal.settle(0, 5, Outcome.acked);
    journal.settle(0, 6, Outcome.acked);
    journal.attemptedAgain(0, 4);
    writer.append(journal.takeFrame());
    journal.settle(0, 6, Outcome.unknown);
    writer.append(journal.takeFrame());
    await writer.end({ ended: 'completed' });
    expect((await readSent(path)).fleets[0]).toMatchObject({ conflicts: 2, extraAttempts: 4 });
  });

  it('is readable without its end, and says so', async () => {
    const writer = await SentWriter.open(path, header);
    const journal = new OutcomeJournal(header.fleets, whole);
    journal.settle(0, 0, Outcome.noAck);
    writer.append(journal.takeFrame());
    await writer.end({ ended: 'completed' });
    truncateSync(path, 9 + 12 + 100);
    await expect(readSent(path)).resolves.toMatchObject({ end: null, header });
    truncateSync(path, 40);
    await expect(readSent(path)).rejects.toMatchObject({ code: 'file-unreadable', where: path });
  });

  it.each([
    ['a part of another shard', { ...header, shard: { index: 0, count: 2 } }, { index: 1, count: 2 }, 1],
    ['a slot beyond the schedule', { ...header, fleets: [{ name: 'a', devices: 3, slots: 4 }] }, whole, 9],
    ['a fleet too many', { ...header, fleets: [] }, whole, 0],
  ])('refuses %s', async (_, ofHeader, ofPart, slot) => {
    const writer = await SentWriter.open(path, ofHeader);
    const journal = new OutcomeJournal([{ devices: 3 }], ofPart);
    journal.settle(0, slot, Outcome.acked);
    writer.append(journal.takeFrame());
    await writer.end({ ended: 'completed' });
    await expect(readSent(path)).rejects.toMatchObject({ code: 'file-corrupt', where: path });
  });

  it('refuses a seen file', async () => {
    const writer = await SeenWriter.open(path, header);
    await writer.close();
    await expect(readSent(path)).rejects.toMatchObject({ code: 'file-corrupt' });
  });

  it('never crashes on noise', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 80 }), async (noise) => {
        const writer = await SentWriter.open(path, header);
        writer.append(Uint8Array.of(2, ...noise));
        await writer.end({ ended: 'completed' });
        await readSent(path).catch((error) => expect(error.code).toMatch(/^file-(corrupt|unreadable)$/));
        writeFileSync(path, noise);
        await expect(readSent(path)).rejects.toMatchObject({
          code: expect.stringMatching(/^file-(corrupt|unreadable)$/),
        });
      }),
      { numRuns: 60 },
    );
  });
});

describe('seen file', () => {
  const end: SeenEnd = {
    complete: false,
    source: { gaps: 0, fullReads: 2, brokerDropped: null },
    cpuSeconds: 1.5,
    peakRssBytes: 1e8,
    doubts: [],
    signals: ['a'],
  };

  it('a verifier that died before its first record left nothing to read, which is no corruption', async () => {
    for (const bytes of [0, 4, 9, 15]) {
      writeFileSync(
        path,
        Buffer.concat([Buffer.from('iotlseen\u0003', 'latin1'), Buffer.alloc(20)]).subarray(0, bytes),
      );
      await expect(readSeen(path)).rejects.toMatchObject({ code: 'file-unreadable', where: path });
    }
  });

  it('gives back arrivals, counts, names and latencies, added up over its records', async () => {
    const slots = fc.uniqueArray(fc.nat(59), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(part, slots, slots, fc.nat(5), async (shard, seen, again, cut) => {
        const header: RunHeader = { runId: 'r1', shard, fleets: [{ name: 'a', devices: 7, slots: 60 }] };
        const ordinals = new PartOrdinals(shard, 7);
        const mine = seen.filter((slot) => ordinals.owns(slot));
        const doubled = again.filter((slot) => mine.includes(slot));
        const writer = await SeenWriter.open(path, header);
        for (const half of [0, 1]) {
          const gained = emptyArrivals();
          for (const slot of mine) if ((slot % 6 < cut ? 0 : 1) === half) gained.fresh.add(slot);
          for (const slot of doubled) gained.doubled.add(slot);
          for (const slot of doubled.slice(cut)) gained.tripled.add(slot);
          Object.assign(gained, {
            copies: 3,
            reordered: 2,
            corrupt: 1,
            late: half,
            reorderedSlots: [5],
            corruptSlots: [0],
          });
          const place = { kind: 'corrupt', slot: 0, partition: 3, offset: 2 ** 40 + half } as const;
          if (half === 0 || cut > 2) gained.placed = [place];
          gained.endToEnd = { ...emptySamples(), cells: new Map([[4, 2 + half]]), min: 3 - half, max: 7, sum: 10 };
          writer.append({ received: 9, foreign: 4, unidentified: 3, corrupt: half }, [gained]);
        }
        await writer.end(end);
        const record = await readSeen(path);
        expect(record).toMatchObject({
          header,
          end,
          unattributed: { received: 18, foreign: 8, unidentified: 6, corrupt: 1 },
        });
        const fleet = record.fleets[0] as (typeof record.fleets)[number];
        expect(members(fleet.fresh)).toEqual(mine.sort((a, b) => a - b));
        expect(members(fleet.tripled)).toEqual(doubled.slice(cut).sort((a, b) => a - b));
        expect(members(fleet.doubled)).toEqual(doubled.sort((a, b) => a - b));
        expect(fleet).toMatchObject({
          copies: 6,
          reordered: 4,
          corrupt: 2,
          late: 1,
          reorderedSlots: [5, 5],
          corruptSlots: [0, 0],
        });
        expect(fleet.placed.map(({ offset }) => offset - 2 ** 40)).toEqual(cut > 2 ? [0, 1] : [0]);
        expect(fleet.placed[0]).toMatchObject({ kind: 'corrupt', slot: 0, partition: 3 });
        expect(fleet.endToEnd).toMatchObject({ cells: new Map([[4, 5]]), min: 2, max: 7, sum: 20 });
      }),
      { numRuns: 40 },
    );
  });

  it('refuses to count an arrival as first twice', async () => {
    const header: RunHeader = {
      runId: 'r1',
      shard: { index: 0, count: 1 },
      fleets: [{ name: 'a', devices: 7, slots: 60 }],
    };
    const writer = await SeenWriter.open(path, header);
    const gained = emptyArrivals();
    gained.fresh.add(3);
    for (let i = 0; i < 2; i++) writer.append({ received: 1, foreign: 0, unidentified: 0, corrupt: 0 }, [gained]);
    await writer.end(end);
    await expect(readSeen(path)).rejects.toMatchObject({ code: 'file-corrupt', where: path });
  });

  it('knows a recorder', () => {
    expect(SAMPLE_CELLS).toBe(RECORDER_CELLS);
  });
});
