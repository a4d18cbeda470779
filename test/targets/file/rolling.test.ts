import { mkdtemp, readdir, readFile, rename, rm, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Outcome } from '../../../src/core/outcome.ts';
import { openSink } from '../../../src/targets/file/sink.ts';
import { openSource } from '../../../src/targets/file/source.ts';
import { payloadOf, SinkRecord, sendSlots, sinkContext, sinkContract, testFleet } from '../../contracts/sink.ts';
import { SourceRecord, sourceContext, sourceContract } from '../../contracts/source.ts';
import { VirtualClock } from '../../simulation/virtual-clock.ts';

async function temporary(): Promise<{ directory: string; stop(): Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), 'iotload-roll-'));
  return { directory, stop: () => rm(directory, { recursive: true, force: true }) };
}

const bySize = { maxBytes: 2000, everyUs: null };

sinkContract('file that rolls', {
  outcome: Outcome.acked,
  address: '',
  async start() {
    const { directory, stop } = await temporary();
    await writeFile(join(directory, 'plain'), '');
    const roll = { maxBytes: 20_000, everyUs: null };
    return {
      open: (context) => openSink({ path: join(directory, 'new', 'events.jsonl'), roll }, context),
      openDead: (context) => openSink({ path: join(directory, 'plain', 'events.jsonl'), roll }, context),
      deadCode: 'file-unwritable',
      stop,
    };
  },
});

sourceContract('file that rolls', {
  address: '',
  complete: true,
  async start() {
    const { directory, stop } = await temporary();
    const options = { path: join(directory, 'events.jsonl'), roll: bySize };
    return {
      openSink: (context) => openSink(options, context),
      openSource: (context) => openSource(options, context),
      stop,
    };
  },
});

describe('a file that rolls', () => {
  const fleet = testFleet(0, 8, '');
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

  it('holds whole lines only, at most so many bytes, and all of them in order', async () => {
    const record = new SinkRecord();
    const sink = await openSink({ path, roll: bySize }, sinkContext(record, [fleet], { index: 1, count: 2 }));
    await sendSlots(sink, record, fleet, 0, 100);
    await sink.flush(10_000);
    expect((await names()).at(0)).toMatch(/^\.events-1-of-2-\d{6}\.jsonl\.part$/);
    await sink.close();
    const found = await names();
    expect(found[0]).toBe('events-1-of-2-000001.jsonl');
    expect(found.length).toBeGreaterThan(5);
    const texts = await Promise.all(found.map((name) => readFile(join(directory, name), 'utf8')));
    for (const text of texts) {
      expect(text.length).toBeLessThanOrEqual(bySize.maxBytes);
      expect(text.endsWith('\n')).toBe(true);
    }
    expect(texts.join('')).toBe(lines(0, 100));
    expect(record.count(Outcome.acked)).toBe(100);
  });

  it('gives a line longer than a file may be a file of its own', async () => {
    const record = new SinkRecord();
    const roll = { maxBytes: 100, everyUs: null };
    const sink = await openSink({ path, roll }, sinkContext(record, [fleet]));
    await sendSlots(sink, record, fleet, 0, 5);
    await sink.close();
    const texts = await Promise.all((await names()).map((name) => readFile(join(directory, name), 'utf8')));
    expect(texts).toEqual([lines(0, 2), lines(2, 3), lines(3, 4), lines(4, 5)]);
  });

  it('is complete after its time, if there is a line in it, and nothing but complete files is left at the end', async () => {
    const record = new SinkRecord();
    const clock = new VirtualClock();
    const roll = { maxBytes: null, everyUs: 60_000_000 };
    const sink = await openSink({ path, roll }, { ...sinkContext(record, [fleet]), clock });
    const minute = async (): Promise<void> => {
      clock.advanceTo(clock.nowUs() + 60_000_000);
      await sink.flush(1000);
    };
    await minute();
    expect(await names()).toEqual(['.events-000001.jsonl.part']);
    await sendSlots(sink, record, fleet, 0, 3);
    await sink.flush(1000);
    await minute();
    await minute();
    expect(await names()).toEqual(['events-000001.jsonl']);
    await sendSlots(sink, record, fleet, 3, 5);
    await sink.flush(1000);
    expect(await names()).toEqual(['.events-000002.jsonl.part', 'events-000001.jsonl']);
    await sink.close();
    expect(await names()).toEqual(['events-000001.jsonl', 'events-000002.jsonl']);
    expect(await readFile(join(directory, 'events-000002.jsonl'), 'utf8')).toBe(lines(3, 5));
  });

  it('is read to the last whole line as a crash left it', async () => {
    await writeFile(join(directory, 'events-0-of-2-000001.jsonl'), 'one\ntwo\n');
    await writeFile(join(directory, '.events-0-of-2-000002.jsonl.part'), 'three\nfo');
    await writeFile(join(directory, '.events-1-of-2-000001.jsonl.part'), 'five\n');
    const arrived = new SourceRecord();
    const source = await openSource({ path, roll: bySize }, sourceContext(arrived, [fleet]));
    expect(await source.readToEnd(10_000)).toEqual({ complete: true });
    expect(arrived.arrivals.map(({ payload }) => payload)).toEqual(['one', 'two', 'three', 'five']);
    await source.close();
  });

  it('is read on where it was when it takes its own name', async () => {
    const written = join(directory, '.events-000001.jsonl.part');
    await writeFile(written, 'one\ntw');
    const arrived = new SourceRecord();
    const source = await openSource({ path, roll: bySize }, sourceContext(arrived, [fleet]));
    await source.readToEnd(10_000);
    await rename(written, join(directory, 'events-000001.jsonl'));
    await writeFile(join(directory, 'events-000001.jsonl'), 'o\n', { flag: 'a' });
    await writeFile(join(directory, 'events-000002.jsonl'), 'three\n');
    expect(await source.readToEnd(10_000)).toEqual({ complete: true });
    expect(arrived.arrivals.map(({ payload }) => payload)).toEqual(['one', 'two', 'three']);
    await source.close();
  });

  it.each([1, 2])('tells that number %d was taken away before it was read', async (gone) => {
    for (const number of [1, 2, 3]) await writeFile(join(directory, `events-00000${number}.jsonl`), `${number}\n`);
    await unlink(join(directory, `events-00000${gone}.jsonl`));
    const arrived = new SourceRecord();
    const source = await openSource({ path, roll: bySize }, sourceContext(arrived, [fleet]));
    expect(await source.readToEnd(10_000)).toEqual({ complete: false });
    expect(arrived.arrivals.map(({ payload }) => Number(payload))).toEqual([1, 2, 3].filter((n) => n !== gone));
    expect(arrived.notices).toEqual([`warning: events-00000${gone}.jsonl was taken away before it was read`]);
    await source.close();
  });

  it.each([
    'events.jsonl',
    'events-0-of-2.jsonl',
    'events-0-of-2-000007.jsonl',
    '.events-0-of-2-000001.jsonl.part',
    'events-1-of-4-000001.jsonl',
    'events-000001.jsonl',
  ])('refuses to mix its files with those of an earlier run, %s', async (name) => {
    await writeFile(join(directory, name), '{"old":1}\n');
    const context = sinkContext(new SinkRecord(), [fleet], { index: 0, count: 2 });
    await expect(openSink({ path, roll: bySize }, context)).rejects.toMatchObject({ code: 'file-unwritable' });
    expect(await names()).toEqual([name]);
  });

  it('lets the other parts of its own run be', async () => {
    for (const index of [0, 1, 2]) {
      const record = new SinkRecord();
      const sink = await openSink({ path, roll: bySize }, sinkContext(record, [fleet], { index, count: 3 }));
      await sendSlots(sink, record, fleet, 0, 1);
      await sink.close();
    }
    expect(await names()).toEqual([0, 1, 2].map((index) => `events-${index}-of-3-000001.jsonl`));
  });

  it('never writes over a file that came in its way, and goes on when it is gone', async () => {
    const record = new SinkRecord();
    const sink = await openSink({ path, roll: { maxBytes: 100, everyUs: null } }, sinkContext(record, [fleet]));
    const next = join(directory, 'events-000002.jsonl');
    await writeFile(next, 'not ours\n');
    await sendSlots(sink, record, fleet, 2, 4);
    await sink.flush(10_000);
    expect(await readFile(next, 'utf8')).toBe('not ours\n');
    expect([...record.outcomes.values()].map(({ outcome, reason }) => [outcome, reason])).toEqual([
      [Outcome.acked, 'written'],
      [Outcome.rejected, 'it exists already'],
    ]);
    await unlink(next);
    await sendSlots(sink, record, fleet, 4, 5);
    await sink.close();
    expect(await readFile(next, 'utf8')).toBe(lines(4, 5));
  });
});
