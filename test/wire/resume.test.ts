import { mkdtempSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Part, seatsOf } from '../../src/core/anchor.ts';
import { Outcome } from '../../src/core/outcome.ts';
import type { SlotSet } from '../../src/core/slot-set.ts';
import { Ledger } from '../../src/verify/ledger.ts';
import { OutcomeJournal } from '../../src/wire/outcome-journal.ts';
import { PartOrdinals } from '../../src/wire/part-ordinals.ts';
import type { RunHeader } from '../../src/wire/run-header.ts';
import { emptySamples } from '../../src/wire/samples.ts';
import { readSeen, SeenWriter } from '../../src/wire/seen-file.ts';
import { readSent, SentWriter } from '../../src/wire/sent-file.ts';

let folder: string;
let path: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'iotload-resume-'));
  path = join(folder, 'file');
});
afterAll(() => rmSync(folder, { recursive: true }));

function members(set: SlotSet): number[] {
  return set.first(Number.POSITIVE_INFINITY);
}

/** One stretch of a run, from its start or resumption to the crash or stop that ended it. */
const stretch = fc.record({
  workers: fc.integer({ min: 1, max: 3 }),
  /** Slots skipped before it, and those that its last promise covers. */
  skipped: fc.nat(5),
  promised: fc.nat(30),
  /** Outcomes of the promised slots in their order, as far as they are on the disk. */
  outcomes: fc.array(fc.option(fc.constantFrom(...Object.values(Outcome)), { freq: 6 }), { maxLength: 30 }),
  /** Bytes that the crash tore off; they stand in a frame that nobody waited for. */
  torn: fc.integer({ min: 1, max: 12 }),
  ends: fc.constantFrom('crash', 'crash', 'stop'),
});
const run = fc.record({
  shards: fc.integer({ min: 1, max: 3 }),
  devices: fc.integer({ min: 1, max: 7 }),
  stretches: fc.array(stretch, { minLength: 1, maxLength: 4 }),
});
const SLOTS = 150;

describe('a sent file that is gone on with', () => {
  it('gives every slot one outcome: what was promised and never told is unknown, what was not promised was not sent', async () => {
    await fc.assert(
      fc.asyncProperty(run, async ({ shards, devices, stretches }) => {
        const shard: Part = { index: shards - 1, count: shards };
        const header: RunHeader = { runId: 'r1', shard, fleets: [{ name: 'f', devices, slots: SLOTS }] };
        const owned = new PartOrdinals(shard, devices);
        const model = new Map<number, Outcome>();
        let next = 0;
        let open = 0;
        for (const [i, { workers, skipped, promised, outcomes, torn, ends }] of stretches.entries()) {
          const from = Math.min(SLOTS, next + skipped);
          const below = Math.min(SLOTS, from + promised);
          const writer =
            i === 0 ? await SentWriter.open(path, header) : await SentWriter.resume(path, await readSent(path), [from]);
          writer.promise([below]);
          await writer.flush();
          open = 0;
          for (let worker = 0; worker < workers; worker++) {
            const part: Part = { index: shard.index + shards * worker, count: shards * workers };
            const journal = new OutcomeJournal([{ devices }], part);
            const own = new PartOrdinals(part, devices);
            const mine =
              seatsOf(part, devices) === 0 ? [] : range(i === 0 ? 0 : from, below).filter((s) => own.owns(s));
            mine.forEach((slot) => {
              const outcome = outcomes[slot % Math.max(1, outcomes.length)] ?? null;
              if (outcome === null) {
                if (ends === 'crash') {
                  model.set(slot, Outcome.unknown);
                  open++;
                }
                return;
              }
              journal.settle(0, slot, outcome);
              model.set(slot, outcome);
            });
            writer.append(journal.takeFrame());
          }
          if (ends === 'stop') {
            await writer.end({ ended: 'interrupted' });
          } else {
            await writer.flush();
            const durable = readFileSync(path).length;
            writer.horizon(shard, 0, 1);
            await writer.close();
            truncateSync(path, Math.max(durable, readFileSync(path).length - torn));
          }
          next = below;
        }
        const record = await readSent(path);
        const [fleet] = record.fleets as [(typeof record.fleets)[number]];
        const slotsOf = (outcome: Outcome): number[] =>
          [...model]
            .flatMap(([slot, own]) => (own === outcome && owned.owns(slot) ? [slot] : []))
            .sort((a, b) => a - b);
        expect(record.resumptions).toBe(stretches.length - 1);
        expect(record.end === null).toBe(stretches.at(-1)?.ends === 'crash');
        expect(members(fleet.acked)).toEqual(slotsOf(Outcome.acked));
        expect(members(fleet.rejected)).toEqual(slotsOf(Outcome.rejected));
        expect(members(fleet.unknown)).toEqual(slotsOf(Outcome.unknown));
        expect(members(fleet.noAck)).toEqual(slotsOf(Outcome.noAck));
        expect(fleet).toMatchObject({ conflicts: 0, orphaned: open, promised: next });
      }),
      { numRuns: 60 },
    );
  });

  it('calls an outcome from before the resumption a conflict', async () => {
    const header: RunHeader = {
      runId: 'r1',
      shard: { index: 0, count: 1 },
      fleets: [{ name: 'f', devices: 1, slots: 9 }],
    };
    const first = await SentWriter.open(path, header);
    first.promise([4]);
    await first.end({ ended: 'interrupted' });
    const second = await SentWriter.resume(path, await readSent(path), [4]);
    const journal = new OutcomeJournal([{ devices: 1 }], { index: 0, count: 1 });
    journal.settle(0, 3, Outcome.acked);
    second.append(journal.takeFrame());
    await second.end({ ended: 'completed' });
    expect((await readSent(path)).fleets[0]).toMatchObject({ conflicts: 1 });
  });

  it('refuses to be resumed below its promise', async () => {
    const header: RunHeader = {
      runId: 'r1',
      shard: { index: 0, count: 1 },
      fleets: [{ name: 'f', devices: 1, slots: 9 }],
    };
    const first = await SentWriter.open(path, header);
    first.promise([4]);
    await first.close();
    const second = await SentWriter.resume(path, await readSent(path), [3]);
    await second.close();
    await expect(readSent(path)).rejects.toMatchObject({ code: 'file-corrupt' });
  });

  it('adds up the latencies of all its stretches', async () => {
    const header: RunHeader = {
      runId: 'r1',
      shard: { index: 0, count: 1 },
      fleets: [{ name: 'f', devices: 1, slots: 9 }],
    };
    const samples = (cell: number) => ({
      ...emptySamples(),
      cells: new Map([[cell, 2]]),
      min: cell,
      max: cell,
      sum: 2 * cell,
    });
    const first = await SentWriter.open(path, header);
    first.samples([[emptySamples(), emptySamples(), samples(7), samples(9)]]);
    await first.close();
    const second = await SentWriter.resume(path, await readSent(path), [0]);
    second.samples([[emptySamples(), emptySamples(), samples(7), samples(8)]]);
    await second.close();
    const [fleet] = (await readSent(path)).fleets;
    expect(fleet?.samples[0]?.cells.size).toBe(0);
    expect(fleet?.samples[2]).toMatchObject({ cells: new Map([[7, 4]]), sum: 28 });
    expect(fleet?.samples[3]).toMatchObject({
      cells: new Map([
        [8, 2],
        [9, 2],
      ]),
      min: 8,
      max: 9,
      sum: 34,
    });
  });
});

describe('a seen file that is gone on with', () => {
  const arrival = fc.record({ slot: fc.nat(59), kind: fc.constantFrom('own', 'own', 'own', 'corrupt', 'foreign') });

  it('holds what one verifier would have seen, from the positions where each stopped', async () => {
    const devices = 4;
    const fleets = [{ devices, slots: 60 }];
    const whole: Part = { index: 0, count: 1 };
    const header: RunHeader = { runId: 'r1', shard: whole, fleets: [{ name: 'f', devices, slots: 60 }] };
    await fc.assert(
      fc.asyncProperty(
        fc.array(arrival, { maxLength: 100 }),
        fc.array(fc.record({ saved: fc.nat(30), unsaved: fc.nat(10), torn: fc.nat(20) }), { maxLength: 5 }),
        async (log, crashes) => {
          const take = (ledger: Ledger, { slot, kind }: (typeof log)[number]): void => {
            if (kind === 'foreign') ledger.foreign();
            else if (kind === 'corrupt') ledger.corrupt(0, slot);
            else ledger.own(0, slot, slot % devices, Math.floor(slot / devices));
          };
          const open = async (resume: boolean) => {
            const before = resume ? await readSeen(path) : null;
            const ledger = new Ledger(fleets, whole);
            if (before !== null) ledger.restore(before);
            const writer =
              before === null ? await SeenWriter.open(path, header) : await SeenWriter.resume(path, before);
            return { ledger, writer, at: (before?.positions as number | null) ?? 0 };
          };
          const save = (ledger: Ledger, writer: SeenWriter, at: number): Promise<void> => {
            ledger.takeGain((unattributed, gains) => writer.append(unattributed, gains, at));
            return writer.flush();
          };
          let { ledger, writer, at } = await open(false);
          await writer.flush();
          for (const { saved, unsaved, torn } of crashes) {
            const upTo = Math.min(log.length, at + saved);
            for (; at < upTo; at++) take(ledger, log[at] as (typeof log)[number]);
            await save(ledger, writer, at);
            const durable = readFileSync(path).length;
            for (let i = at; i < Math.min(log.length, at + unsaved); i++) take(ledger, log[i] as (typeof log)[number]);
            await save(ledger, writer, at + unsaved);
            await writer.close();
            truncateSync(path, Math.max(durable, readFileSync(path).length - 1 - torn));
            ({ ledger, writer, at } = await open(true));
          }
          for (; at < log.length; at++) take(ledger, log[at] as (typeof log)[number]);
          await save(ledger, writer, at);
          await writer.close();
          const { totals } = ledger;
          const resumed = await readSeen(path);

          const once = new Ledger(fleets, whole);
          const writing = await SeenWriter.open(path, header);
          for (const one of log) take(once, one);
          await save(once, writing, log.length);
          await writing.close();
          const { resumeAt, resumptions, ...expected } = await readSeen(path);
          expect({ ...resumed, resumeAt: 0, resumptions: 0 }).toEqual({ ...expected, resumeAt: 0, resumptions: 0 });
          expect(resumptions).toBe(0);
          expect(resumed.resumptions).toBe(crashes.length);
          expect(totals).toEqual(once.totals);
        },
      ),
      { numRuns: 60 },
    );
  });
});

function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i);
}
