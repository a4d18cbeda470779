import { mkdtemp, readdir, readFile, rm, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Outcome } from '../../../src/core/outcome.ts';
import { openSink } from '../../../src/targets/file/sink.ts';
import { openSource } from '../../../src/targets/file/source.ts';
import type { SinkContext, SourceContext } from '../../../src/targets/target.ts';
import { payloadOf, SinkRecord, sendSlots, sinkContext, sinkContract, testFleet } from '../../contracts/sink.ts';
import { SourceRecord, sourceContext, sourceContract } from '../../contracts/source.ts';
import { VirtualClock } from '../../simulation/virtual-clock.ts';
import { withColumns } from './landed-fleets.ts';

async function temporary(): Promise<{ directory: string; stop(): Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), 'iotload-land-'));
  return { directory, stop: () => rm(directory, { recursive: true, force: true }) };
}

const inColumns = <T extends SinkContext | SourceContext>(context: T): T => ({
  ...context,
  fleets: withColumns(context.fleets),
});
const asItIs: typeof inColumns = (context) => context;

/** How files land here: options beside the path, and what the fleets say of their payloads. */
const ways = [
  { name: 'lines', file: 'events.jsonl', format: 'lines', known: asItIs },
  { name: 'csv', file: 'events.csv', format: 'csv', known: inColumns },
  { name: 'parquet in columns', file: 'events.parquet', format: 'parquet', known: inColumns },
  { name: 'parquet of payloads', file: 'events.parquet', format: 'parquet', known: asItIs },
  { name: 'parquet in gzip', file: 'events.parquet', format: 'parquet', known: inColumns, compression: 'gzip' },
] as const;

for (const { name, file, known, ...options } of ways) {
  sinkContract(`${name} that land`, {
    outcome: Outcome.acked,
    address: '',
    async start() {
      const { directory, stop } = await temporary();
      await writeFile(join(directory, 'plain'), '');
      const roll = { maxBytes: 200_000, everyUs: null };
      return {
        open: (context) => openSink({ ...options, roll, path: join(directory, 'new', file) }, known(context)),
        openDead: (context) => openSink({ ...options, roll, path: join(directory, 'plain', file) }, known(context)),
        deadCode: 'file-unwritable',
        stop,
      };
    },
  });

  sourceContract(`${name} that land`, {
    address: '',
    complete: true,
    async start() {
      const { directory, stop } = await temporary();
      const all = { ...options, path: join(directory, file), roll: { maxBytes: 50_000, everyUs: null } };
      return {
        openSink: (context) => openSink(all, known(context)),
        openSource: (context) => openSource(all, known(context)),
        stop,
      };
    },
  });
}

describe('files that land', () => {
  const fleet = testFleet(0, 8, '');
  const roll = { maxBytes: 2000, everyUs: null };
  let directory: string;
  let stop: () => Promise<void>;
  let path: string;

  beforeEach(async () => {
    ({ directory, stop } = await temporary());
    path = join(directory, 'events.jsonl');
  });
  afterEach(() => stop());

  const names = async (): Promise<string[]> => (await readdir(directory)).sort();
  const lines = (from: number, to: number): string =>
    Array.from({ length: to - from }, (_, i) => `${payloadOf(0, from + i)}\n`).join('');
  const land = async (from: number, to: number, context: Partial<SinkContext> = {}): Promise<SinkRecord> => {
    const record = new SinkRecord();
    const sink = await openSink({ path, roll }, { ...sinkContext(record, [fleet]), ...context });
    await sendSlots(sink, record, fleet, from, to);
    await sink.close();
    return record;
  };

  it('hold whole lines only, at most so many bytes, and all of them in order', async () => {
    const record = await land(0, 100, { part: { index: 1, count: 2 } });
    const found = await names();
    expect(found[0]).toBe('events-r0000test-1-of-2-000001.jsonl');
    expect(found.length).toBeGreaterThan(5);
    const texts = await Promise.all(found.map((name) => readFile(join(directory, name), 'utf8')));
    for (const text of texts) {
      expect(text.length).toBeLessThanOrEqual(roll.maxBytes);
      expect(text.endsWith('\n')).toBe(true);
    }
    expect(texts.join('')).toBe(lines(0, 100));
    expect(record.count(Outcome.acked)).toBe(100);
  });

  it('give an event longer than a file may be a file of its own', async () => {
    const record = new SinkRecord();
    const small = { maxBytes: 100, everyUs: null };
    const sink = await openSink({ path, roll: small }, sinkContext(record, [fleet]));
    await sendSlots(sink, record, fleet, 0, 5);
    await sink.close();
    const texts = await Promise.all((await names()).map((name) => readFile(join(directory, name), 'utf8')));
    expect(texts).toEqual([lines(0, 2), lines(2, 3), lines(3, 4), lines(4, 5)]);
  });

  it('are complete after their time, if there is an event in them; until then nobody sees it and it has no outcome', async () => {
    const record = new SinkRecord();
    const clock = new VirtualClock();
    const timed = { maxBytes: null, everyUs: 60_000_000 };
    const sink = await openSink({ path, roll: timed }, { ...sinkContext(record, [fleet]), clock });
    const minute = async (): Promise<void> => {
      clock.advanceTo(clock.nowUs() + 60_000_000);
      await sink.flush(1000);
    };
    await minute();
    expect(await names()).toEqual([]);
    await sendSlots(sink, record, fleet, 0, 3);
    expect(record.outcomes.size).toBe(0);
    await minute();
    await minute();
    expect(record.count(Outcome.acked)).toBe(3);
    expect(await names()).toEqual(['events-r0000test-000001.jsonl']);
    await sendSlots(sink, record, fleet, 3, 5);
    await sink.close();
    expect(await names()).toEqual(['events-r0000test-000001.jsonl', 'events-r0000test-000002.jsonl']);
    expect(await readFile(join(directory, 'events-r0000test-000002.jsonl'), 'utf8')).toBe(lines(3, 5));
  });

  it('of a second landing come beside those of the first, which stay as they are, and each run reads its own', async () => {
    await land(0, 30, { runId: 'first' });
    const before = new Map<string, string>();
    for (const name of await names()) before.set(name, await readFile(join(directory, name), 'utf8'));
    expect(before.size).toBeGreaterThan(1);
    await land(100, 140, { runId: 'second' });
    for (const [name, text] of before) expect(await readFile(join(directory, name), 'utf8')).toBe(text);
    expect((await names()).filter((name) => !before.has(name)).every((name) => name.includes('second'))).toBe(true);
    for (const [runId, from, to] of [
      ['first', 0, 30],
      ['second', 100, 140],
    ] as const) {
      const arrived = new SourceRecord();
      const source = await openSource({ path, roll }, { ...sourceContext(arrived, [fleet]), runId });
      expect(await source.readToEnd(10_000)).toEqual({ complete: true });
      expect(arrived.arrivals.map(({ payload }) => `${payload}\n`).join('')).toBe(lines(from, to));
      await source.close();
    }
  });

  it('are never those of a run with the same id, but the parts of one run let each other be', async () => {
    for (const index of [0, 1, 2]) await land(0, 1, { part: { index, count: 3 } });
    const all = [0, 1, 2].map((index) => `events-r0000test-${index}-of-3-000001.jsonl`);
    expect(await names()).toEqual(all);
    for (const part of [
      { index: 1, count: 3 },
      { index: 0, count: 1 },
    ])
      await expect(land(0, 1, { part })).rejects.toMatchObject({ code: 'file-unwritable' });
    expect(await names()).toEqual(all);
  });

  it('hidden as a crash left them are seen by nobody; the run that goes on writes that number anew', async () => {
    const hidden = '.events-r0000test-000002.jsonl.part';
    await land(0, 2);
    await writeFile(join(directory, hidden), 'torn');
    const arrived = new SourceRecord();
    const source = await openSource({ path, roll }, sourceContext(arrived, [fleet]));
    expect(await source.readToEnd(10_000)).toEqual({ complete: true });
    expect(arrived.arrivals).toHaveLength(2);
    await land(2, 4, { resumes: true });
    expect(await names()).toEqual(['events-r0000test-000001.jsonl', 'events-r0000test-000002.jsonl']);
    expect(await source.readToEnd(10_000)).toEqual({ complete: true });
    expect(arrived.arrivals.map(({ payload }) => `${payload}\n`).join('')).toBe(lines(0, 4));
    await source.close();
  });

  it('of a run that goes on wait for markers of their own: those of the writer that was cut off say nothing', async () => {
    const cutOff = await openSink({ path, roll }, sinkContext(new SinkRecord(), [fleet]));
    await cutOff.publish('', Buffer.from('old'));
    const arrived = new SourceRecord();
    const resumeFrom = { '0-of-1': { sequence: 1, read: 0 } };
    const source = await openSource({ path, roll }, { ...sourceContext(arrived, [fleet]), resumeFrom });
    const sink = await openSink({ path, roll }, { ...sinkContext(new SinkRecord(), [fleet]), resumes: true });
    await sink.publish('', Buffer.from('new'));
    await arrived.reached(1);
    await sink.publish('', Buffer.from('newer'));
    await arrived.reached(2);
    expect(arrived.arrivals.map(({ payload }) => payload)).toEqual(['new', 'newer']);
    await sink.close();
    await source.close();
    await cutOff.close();
    expect(await names()).toEqual([]);
  });

  it.each([1, 2])('are missed where number %d was taken away before it was read', async (gone) => {
    for (const number of [1, 2, 3])
      await writeFile(join(directory, `events-r0000test-00000${number}.jsonl`), `${number}\n`);
    const name = `events-r0000test-00000${gone}.jsonl`;
    await unlink(join(directory, name));
    const arrived = new SourceRecord();
    const source = await openSource({ path, roll }, sourceContext(arrived, [fleet]));
    expect(await source.readToEnd(10_000)).toEqual({ complete: false });
    expect(arrived.arrivals.map(({ payload }) => Number(payload))).toEqual([1, 2, 3].filter((n) => n !== gone));
    expect(arrived.notices).toEqual([`warning: ${name} was taken away before it was read`]);
    await source.close();
  });

  it.each(['lines', 'parquet'])('in %s are read on where an earlier reader was', async (format) => {
    const options = { path, format, roll: { maxBytes: 20_000, everyUs: null } };
    const record = new SinkRecord();
    const sink = await openSink(options, sinkContext(record, [fleet]));
    await sendSlots(sink, record, fleet, 0, 400);
    await sink.close();
    const expected = Array.from({ length: 400 }, (_, slot) => payloadOf(0, slot));
    const whole = new SourceRecord();
    const source = await openSource(options, sourceContext(whole, [fleet]));
    await source.readToEnd(10_000);
    await source.close();
    expect(whole.arrivals.map(({ payload }) => payload)).toEqual(expected);
    const [first] = await names();
    const held = new SourceRecord();
    const inFirst = await openSource({ ...options, path }, sourceContext(held, [fleet]));
    await inFirst.readToEnd(10_000);
    const end = inFirst.positions?.();
    await inFirst.close();
    expect(end).toEqual({ '0-of-1': { sequence: (await names()).length + 1, read: 0 } });
    // Ten events of the second file, in lines as bytes, in Parquet as rows.
    const text =
      first?.endsWith('.jsonl') && format === 'lines' ? await readFile(join(directory, first), 'utf8') : null;
    const inFile = text === null ? null : text.split('\n').length - 1;
    const read = text === null ? 10 : lines(inFile as number, (inFile as number) + 10).length;
    const rest = new SourceRecord();
    const resumeFrom = { '0-of-1': { sequence: 2, read } };
    const later = await openSource(options, { ...sourceContext(rest, [fleet]), resumeFrom });
    expect(await later.readToEnd(10_000)).toEqual({ complete: true });
    await later.close();
    const from = expected.indexOf(rest.arrivals[0]?.payload ?? '');
    expect(from).toBeGreaterThan(10);
    if (inFile !== null) expect(from).toBe(inFile + 10);
    expect(rest.arrivals.map(({ payload }) => payload)).toEqual(expected.slice(from));
  });

  it('never take the place of a file that came in their way, and the next number is taken when it is gone', async () => {
    const record = new SinkRecord();
    const small = { maxBytes: 100, everyUs: null };
    const sink = await openSink({ path, roll: small }, sinkContext(record, [fleet]));
    const next = join(directory, 'events-r0000test-000002.jsonl');
    await writeFile(next, 'not ours\n');
    await sendSlots(sink, record, fleet, 2, 4);
    await sink.flush(10_000);
    expect(await readFile(next, 'utf8')).toBe('not ours\n');
    expect([...record.outcomes.values()].map(({ outcome, reason }) => [outcome, reason])).toEqual([
      [Outcome.acked, 'landed'],
      [Outcome.rejected, 'it exists already'],
    ]);
    await unlink(next);
    await sendSlots(sink, record, fleet, 4, 5);
    await sink.close();
    expect(await readFile(next, 'utf8')).toBe(lines(4, 5));
  });
});
