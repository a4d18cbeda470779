import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { openSource } from '../../src/targets/file/source.ts';
import { SourceRecord, sourceContext } from '../contracts/source.ts';
import { inScratch } from './in-scratch.ts';
import { findingsOf, iotload, start, summaryOf } from './iotload.ts';
import { phones } from './scenario-text.ts';

const space = inScratch();

const complete = /^events-[\w.-]+-[01]-of-2-\d{6}\.jsonl$/;
const written = /^\.events-[\w.-]+-[01]-of-2-\d{6}\.jsonl\.part$/;

function names(): string[] {
  try {
    return readdirSync(space.path('lake')).sort();
  } catch {
    return [];
  }
}

function scenario(options: { roll: string; duration: string; rate: string }): string {
  const target = `{ protocol: file, path: ${space.path('lake')}/events.jsonl, roll: ${options.roll} }`;
  writeFileSync(space.path('case.yaml'), phones({ duration: options.duration, rate: options.rate, target }));
  return space.path('case.yaml');
}

describe('files that roll', () => {
  it('pass, with two workers, by size and by time; whoever watches the folder meets whole files only', async () => {
    const out = space.path('out');
    const file = scenario({ roll: '{ size: 16KiB, every: 700ms }', duration: '3s', rate: '1000/s' });
    const run = start(['run', file, '--workers', '2', '--out', out]);
    let isOver = false;
    void run.finished.then(() => {
      isOver = true;
    });
    // What a complete file held when it was first seen.
    const seen = new Map<string, string>();
    while (!isOver) {
      for (const name of names()) {
        if (complete.test(name) && !seen.has(name)) seen.set(name, readFileSync(space.path(`lake/${name}`), 'utf8'));
      }
      await setImmediate();
    }
    const { code, stderr, stdout } = await run.finished;
    expect(stderr + stdout).toContain('PASS');
    expect(code).toBe(0);
    const {
      events,
      delivery,
      files,
      run: { id },
    } = summaryOf(out);
    expect(files['events']).toBe(space.path(`lake/events-${id}-*-of-2-*.jsonl`));
    expect([events.intended, events.acked, delivery.verified]).toEqual([3000, 3000, 3000]);
    expect([delivery.lost, delivery.duplicates, delivery.corrupt, delivery.reordered]).toEqual([0, 0, 0, 0]);

    const left = names();
    expect(left.filter((name) => !complete.test(name))).toEqual([]);
    const texts = left.map((name) => readFileSync(space.path(`lake/${name}`), 'utf8'));
    for (const text of texts) expect(text.length).toBeLessThanOrEqual(16 * 1024);
    expect(texts.some((text) => text.length > 15 * 1024)).toBe(true);
    expect(texts.join('').split('\n')).toHaveLength(3001);
    expect(seen.size).toBeGreaterThan(4);
    for (const [name, text] of seen)
      expect([name, text]).toEqual([name, readFileSync(space.path(`lake/${name}`), 'utf8')]);
  });

  it('are read after a run that was killed, hidden ones left alone, and a second landing comes beside the first', async () => {
    const out = space.path('out');
    const file = scenario({ roll: '{ size: 16KiB }', duration: '1m', rate: '500/s' });
    const run = start(['run', file, '--workers', '2', '--run-id', 'first', '--out', out]);
    const group = -(run.child.pid as number);
    // Between two files a worker has none that it writes; the workers are stopped while one of them has.
    for (;;) {
      while (names().filter((name) => complete.test(name)).length < 4) await setImmediate();
      process.kill(group, 'SIGSTOP');
      if (names().some((name) => written.test(name))) break;
      process.kill(group, 'SIGCONT');
      await setImmediate();
    }
    process.kill(group, 'SIGKILL');
    await run.finished;
    const left = names();
    expect(left.some((name) => written.test(name))).toBe(true);

    const { code } = await iotload(['verify', out]);
    expect(code).toBe(3);
    const { delivery } = summaryOf(out);
    expect([delivery.lost, delivery.duplicates, delivery.corrupt, delivery.reordered]).toEqual([0, 0, 0, 0]);
    expect(findingsOf(out).filter(({ kind }) => kind === 'lost')).toEqual([]);

    const arrived = new SourceRecord();
    const roll = { maxBytes: 16 * 1024, everyUs: null };
    const context = { ...sourceContext(arrived, []), runId: 'first' };
    const source = await openSource({ path: space.path('lake/events.jsonl'), roll }, context);
    expect(await source.readToEnd(10_000)).toEqual({ complete: true });
    await source.close();
    const textOf = (name: string): string => readFileSync(space.path(`lake/${name}`), 'utf8');
    const lines = left.filter((name) => complete.test(name)).flatMap((name) => textOf(name).split('\n').slice(0, -1));
    // The readiness marker is hidden beside them.
    const payloads = arrived.arrivals.map(({ payload }) => payload).filter((payload) => !payload.includes('"probe"'));
    expect(payloads.sort()).toEqual(lines.sort());
    expect(lines.length).toBeGreaterThanOrEqual(delivery.verified);

    const before = left.map((name) => [name, textOf(name)]);
    const again = await iotload(['run', file, '--workers', '2', '--duration', '1s', '--out', space.path('again')]);
    expect(again.stderr + again.stdout).toContain('PASS');
    expect(left.map((name) => [name, textOf(name)])).toEqual(before);
    expect(names().length).toBeGreaterThan(left.length);
    expect(names().filter((name) => !left.includes(name) && !complete.test(name))).toEqual([]);
  });
});
