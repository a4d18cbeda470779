import { beforeAll, describe, expect, it } from 'vitest';
import type { Disk } from '../../src/core/disk.ts';
import { IotloadError } from '../../src/core/errors.ts';
import { Outcome } from '../../src/core/outcome.ts';
import { SlotSet } from '../../src/core/slot-set.ts';
import { settle } from '../../src/verify/settle.ts';
import { judge } from '../../src/verify/verdict.ts';
import { OutcomeJournal } from '../../src/wire/outcome-journal.ts';
import { emptySamples } from '../../src/wire/samples.ts';
import { emptyArrivals, readSeen, type SeenRecord, SeenWriter } from '../../src/wire/seen-file.ts';
import { readSent, SentWriter } from '../../src/wire/sent-file.ts';
import type { SentRecord } from '../../src/wire/sent-record.ts';
import { testResult } from '../metrics/test-result.ts';
import { testPlan } from '../verify/test-plan.ts';

const SLOTS = 40;
const plan = testPlan([{ devices: 4, slots: SLOTS }]);
const header = { runId: 'r1', shard: { index: 0, count: 1 }, fleets: [{ name: 'fleet0', devices: 4, slots: SLOTS }] };
/** Every bit of a byte, one of them, or all of them. */
const masks = [0x01, 0x80, 0xff];

/** One file in memory, and how often it was read. */
function memory(start: Uint8Array = new Uint8Array(0)) {
  let bytes = Buffer.from(start);
  const looked = { reads: 0 };
  const appending = async () => ({
    append: async (more: Uint8Array) => {
      bytes = Buffer.concat([bytes, more]);
    },
    sync: async () => {},
    close: async () => {},
  });
  const disk: Disk = {
    create: appending,
    reopen: appending,
    open: async () => ({
      size: bytes.length,
      read: async (into, position) => {
        looked.reads++;
        return bytes.copy(into, 0, position);
      },
      close: async () => {},
    }),
    syncNames: async () => {},
  };
  return { disk, looked, bytes: () => bytes };
}

/** What a run leaves that acknowledged all of its events in four pieces; without an end it was cut off. */
async function sentBytes(ended: boolean): Promise<{ bytes: Buffer; lastFrame: number }> {
  const file = memory();
  const writer = await SentWriter.open('sent', header, file.disk);
  const journal = new OutcomeJournal(header.fleets, header.shard);
  let lastFrame = 0;
  for (let from = 0; from < SLOTS; from += 10) {
    writer.promise([from + 10]);
    await writer.flush();
    for (let slot = from; slot < from + 10; slot++) journal.settle(0, slot, Outcome.acked);
    journal.horizon(0, from + 10);
    lastFrame = file.bytes().length;
    writer.append(journal.takeFrame());
    await writer.flush();
  }
  if (ended) await writer.end({ ended: 'completed' });
  else await writer.close();
  return { bytes: file.bytes(), lastFrame };
}

/** What its verifier leaves, which saw all of them. */
async function seenBytes(ended: boolean): Promise<{ bytes: Buffer; lastFrame: number }> {
  const file = memory();
  const writer = await SeenWriter.open('seen', header, file.disk);
  let lastFrame = 0;
  for (let from = 0; from < SLOTS; from += 10) {
    const gained = { ...emptyArrivals(), endToEnd: emptySamples() };
    gained.fresh.addInterval(from, from + 10);
    await writer.flush();
    lastFrame = file.bytes().length;
    writer.append({ received: 10, foreign: 0, unidentified: 0, corrupt: 0 }, [gained], [from + 10]);
    await writer.flush();
  }
  const source = { gaps: 0, fullReads: 0, brokerDropped: null };
  if (ended) {
    await writer.end({ complete: true, source, cpuSeconds: 0, peakRssBytes: 0, doubts: [], signals: [] });
  } else await writer.close();
  return { bytes: file.bytes(), lastFrame };
}

/** The record that these bytes give, or the code of the refusal; nothing else may come, and not after endless reading. */
async function outcomeOf<Record>(
  read: (path: string, disk: Disk) => Promise<Record>,
  bytes: Uint8Array,
): Promise<Record | string> {
  const file = memory(bytes);
  try {
    return await read('file', file.disk);
  } catch (error) {
    expect(error).toBeInstanceOf(IotloadError);
    return (error as IotloadError).code;
  } finally {
    expect(file.looked.reads).toBeLessThan(10);
  }
}

function slotsOf(set: SlotSet): number {
  // Only ever a beginning: the pieces are in order.
  const beginning = new SlotSet();
  beginning.addInterval(0, set.count);
  expect(SlotSet.intersection(set, beginning).count).toBe(set.count);
  expect(set.count % 10).toBe(0);
  return set.count;
}

/** What both records together say. */
function verdictOf(sent: SentRecord, seen: SeenRecord): string {
  const settlement = settle({ plan, sent, seen });
  expect(settlement.laws.filter(({ holds }) => !holds)).toEqual([]);
  return judge({
    plan,
    run: testResult({ events: settlement.events, delivery: settlement.delivery }),
    ended: 'completed',
    sentTold: sent.end !== null,
    laws: settlement.laws,
    reader: { finished: seen.end !== null, doubts: seen.end?.doubts ?? [] },
    ordered: true,
    generator: { status: 'healthy', cpuSeconds: 1, peakRssBytes: 1, signals: [] },
    skipped: new Map(),
  }).verdict;
}

describe('records that were damaged', () => {
  let whole: { sent: SentRecord; seen: SeenRecord };
  beforeAll(async () => {
    const [sent, seen] = [await sentBytes(true), await seenBytes(true)];
    whole = {
      sent: (await outcomeOf(readSent, sent.bytes)) as SentRecord,
      seen: (await outcomeOf(readSeen, seen.bytes)) as SeenRecord,
    };
  });

  it('undamaged ones pass', () => {
    expect(verdictOf(whole.sent, whole.seen)).toBe('pass');
  });

  it('sent, cut off at any byte, is a beginning: what was promised and not told is unknown', async () => {
    const { bytes } = await sentBytes(true);
    for (let cut = 0; cut < bytes.length; cut++) {
      const record = await outcomeOf(readSent, bytes.subarray(0, cut));
      if (typeof record === 'string') {
        expect([cut, record]).toEqual([cut, 'file-unreadable']);
        continue;
      }
      const [fleet] = record.fleets as [SentRecord['fleets'][number]];
      const acked = slotsOf(fleet.acked);
      expect(record.end !== null && record.end.ended !== 'completed').toBe(false);
      expect([0, 10]).toContain(fleet.unknown.count);
      expect(acked + fleet.unknown.count).toBe(fleet.promised);
      // Whoever was promised was sent at most: with an arrival of each of them nobody is accused.
      const seen = { ...whole.seen, fleets: [{ ...emptyArrivals() }] };
      (seen.fleets[0] as SeenRecord['fleets'][number]).fresh.addInterval(0, fleet.promised);
      seen.unattributed = { ...whole.seen.unattributed, received: fleet.promised };
      expect(verdictOf(record, seen)).not.toBe('fail');
    }
  });

  it('seen, cut off at any byte, is a beginning, and accuses nobody of what it does not know', async () => {
    const { bytes } = await seenBytes(true);
    for (let cut = 0; cut < bytes.length; cut++) {
      const record = await outcomeOf(readSeen, bytes.subarray(0, cut));
      if (typeof record === 'string') {
        expect([cut, record]).toEqual([cut, 'file-unreadable']);
        continue;
      }
      slotsOf((record.fleets[0] as SeenRecord['fleets'][number]).fresh);
      expect(['pass', 'inconclusive']).toContain(verdictOf(whole.sent, record));
      if (record.end === null) expect(verdictOf(whole.sent, record)).toBe('inconclusive');
    }
  });

  it.each([
    ['sent', true],
    ['sent', false],
    ['seen', true],
    ['seen', false],
  ] as const)('%s (ended: %s) with any byte changed is refused, or ends before it', async (name, ended) => {
    const { bytes, lastFrame } = await (name === 'sent' ? sentBytes(ended) : seenBytes(ended));
    for (let at = 0; at < bytes.length; at++) {
      for (const mask of masks) {
        const damaged = Uint8Array.from(bytes);
        damaged[at] = (damaged[at] as number) ^ mask;
        const record = await outcomeOf<SentRecord | SeenRecord>(name === 'sent' ? readSent : readSeen, damaged);
        // The end mark, its last byte zero, is one that has not come to the disk as a whole, and so is the last piece of a file without it.
        const isMark = ended && at === bytes.length - 1 && damaged[at] === 0;
        if (isMark) expect(record).toMatchObject({ tornBytes: 8 });
        else if (ended || at < lastFrame) expect([at, mask, record]).toEqual([at, mask, 'file-corrupt']);
        else if (typeof record === 'string') expect([at, record]).toEqual([at, 'file-corrupt']);
        else {
          const [fleet] = record.fleets;
          expect(slotsOf('acked' in (fleet as object) ? (fleet as never)['acked'] : (fleet as never)['fresh'])).toBe(
            30,
          );
          expect(record.tornBytes).toBe(bytes.length - lastFrame);
        }
      }
    }
  });
});
