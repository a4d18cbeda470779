import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Outcome } from '../../../src/core/outcome.ts';
import { file } from '../../../src/targets/file/index.ts';
import { openSink } from '../../../src/targets/file/sink.ts';
import { openSource } from '../../../src/targets/file/source.ts';
import { payloadOf, SinkRecord, sendSlots, sinkContext, sinkContract, testFleet } from '../../contracts/sink.ts';
import { SourceRecord, sourceContext, sourceContract } from '../../contracts/source.ts';

async function temporary(): Promise<{ directory: string; stop(): Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), 'iotload-file-'));
  return { directory, stop: () => rm(directory, { recursive: true, force: true }) };
}

sinkContract('file', {
  outcome: Outcome.acked,
  address: '',
  async start() {
    const { directory, stop } = await temporary();
    await writeFile(join(directory, 'plain'), '');
    return {
      open: (context) => openSink({ path: join(directory, 'new', 'events.jsonl') }, context),
      openDead: (context) => openSink({ path: join(directory, 'plain', 'events.jsonl') }, context),
      deadCode: 'file-unwritable',
      stop,
    };
  },
});

sourceContract('file', {
  address: '',
  complete: true,
  async start() {
    const { directory, stop } = await temporary();
    const options = { path: join(directory, 'events.jsonl') };
    return {
      openSink: (context) => openSink(options, context),
      openSource: (context) => openSource(options, context),
      stop,
    };
  },
});

describe('file', () => {
  const fleet = testFleet(0, 8, '');
  let directory: string;
  let stop: () => Promise<void>;
  let options: { path: string };

  beforeEach(async () => {
    ({ directory, stop } = await temporary());
    options = { path: join(directory, 'events.jsonl') };
  });
  afterEach(() => stop());

  it('acknowledges, keeps order and can be read back', () => {
    expect(file.traits(options)).toEqual({
      acknowledges: true,
      address: 'none',
      ordered: true,
      readable: true,
      connected: false,
      unpaced: true,
      hosts: [],
      perRun: false,
      keepsValues: false,
      payloads: 'text',
    });
    expect(file.traits({ ...options, format: 'csv' }).payloads).toBe('csv');
    expect(file.traits({ ...options, format: 'parquet' })).toMatchObject({ perRun: true, keepsValues: true });
    expect(file.traits({ ...options, roll: { maxBytes: 1, everyUs: null } }).perRun).toBe(true);
    const store = { path: 's3://lake/a', endpoint: 'https://store.example.com:9000', region: 'eu-central-1' };
    expect(file.traits(store)).toMatchObject({ perRun: true, hosts: ['store.example.com:9000'] });
    expect(file.traits({ ...store, endpoint: 'aws' }).hosts).toEqual(['s3.eu-central-1.amazonaws.com']);
  });

  it('writes one event a line and nothing else', async () => {
    const record = new SinkRecord();
    const sink = await openSink(options, sinkContext(record, [fleet]));
    await sink.publish('', Buffer.from('{"iotload":"probe"}'));
    await sendSlots(sink, record, fleet, 0, 3);
    await sink.flush(10_000);
    await sink.close();
    expect(await readdir(directory)).toEqual(['events.jsonl']);
    const text = await readFile(options.path, 'utf8');
    expect(text).toBe([0, 1, 2].map((slot) => `${payloadOf(0, slot)}\n`).join(''));
  });

  it('gives each part of a run its own file, and reads them all', async () => {
    const source = await openSource(options, sourceContext(new SourceRecord(), [fleet]));
    await source.close();
    const arrived = new SourceRecord();
    const reader = await openSource(options, sourceContext(arrived, [fleet]));
    for (const index of [0, 1, 2]) {
      const record = new SinkRecord();
      const sink = await openSink(options, sinkContext(record, [fleet], { index, count: 3 }));
      await sendSlots(sink, record, fleet, index * 100, index * 100 + 100);
      await sink.flush(10_000);
      await sink.close();
    }
    expect((await readdir(directory)).sort()).toEqual([
      'events-0-of-3.jsonl',
      'events-1-of-3.jsonl',
      'events-2-of-3.jsonl',
    ]);
    expect(await reader.readToEnd(10_000)).toEqual({ complete: true });
    const slots = arrived.arrivals.map(({ payload }) => (JSON.parse(payload) as { slot: number }).slot);
    expect(slots.sort((a, b) => a - b)).toEqual(Array.from({ length: 300 }, (_, slot) => slot));
    await reader.close();
  });

  it.each(['events.jsonl', 'events-0-of-2.jsonl', 'events-1-of-4.jsonl'])(
    'refuses to mix its events with those of an earlier run in %s',
    async (name) => {
      await writeFile(join(directory, name), '{"old":1}\n');
      const part = { index: 0, count: 2 };
      const opening = openSink(options, sinkContext(new SinkRecord(), [fleet], part));
      await expect(opening).rejects.toMatchObject({
        code: 'file-unwritable',
        hint: expect.stringContaining('another path'),
      });
      expect(await readFile(join(directory, name), 'utf8')).toBe('{"old":1}\n');
    },
  );

  it('does not mind files that are not its own', async () => {
    for (const name of ['events.json', 'events-old.jsonl', 'my-events.jsonl', 'events-1-of-x.jsonl']) {
      await writeFile(join(directory, name), 'not ours\n');
    }
    const arrived = new SourceRecord();
    const source = await openSource(options, sourceContext(arrived, [fleet]));
    const record = new SinkRecord();
    const sink = await openSink(options, sinkContext(record, [fleet]));
    await sendSlots(sink, record, fleet, 0, 10);
    await sink.flush(10_000);
    expect(await source.readToEnd(10_000)).toEqual({ complete: true });
    expect(arrived.arrivals).toHaveLength(10);
    await sink.close();
    await source.close();
  });

  it('leaves a torn last line alone until it is whole', async () => {
    await writeFile(options.path, 'one\ntwo\nthr');
    const arrived = new SourceRecord();
    const source = await openSource(options, sourceContext(arrived, [fleet]));
    expect(await source.readToEnd(10_000)).toEqual({ complete: true });
    expect(arrived.arrivals.map(({ payload }) => payload)).toEqual(['one', 'two']);
    await writeFile(options.path, 'ee\n', { flag: 'a' });
    expect(await source.readToEnd(10_000)).toEqual({ complete: true });
    expect(arrived.arrivals.map(({ payload }) => payload)).toEqual(['one', 'two', 'three']);
    await source.close();
  });

  it('proves nothing where there is no file, or one that was cut', async () => {
    const record = new SourceRecord();
    const source = await openSource(options, sourceContext(record, [fleet]));
    expect(await source.readToEnd(10_000)).toEqual({ complete: false });
    await writeFile(options.path, 'one\ntwo\n');
    expect(await source.readToEnd(10_000)).toEqual({ complete: true });
    await writeFile(options.path, 'one\n');
    expect(await source.readToEnd(10_000)).toEqual({ complete: false });
    expect(source.health().gaps).toBe(1);
    expect(record.notices).toEqual(['warning: events.jsonl became shorter while it was read']);
    await source.close();
  });

  it('asks the runner for a path', async () => {
    const opening = openSink({ path: null }, sinkContext(new SinkRecord(), [fleet]));
    await expect(opening).rejects.toMatchObject({ code: 'defect' });
  });
});
