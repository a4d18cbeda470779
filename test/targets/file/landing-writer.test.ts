import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Outcome } from '../../../src/core/outcome.ts';
import { lineFormat } from '../../../src/targets/file/formats/lines.ts';
import { LandingWriter } from '../../../src/targets/file/landing-writer.ts';
import { PlaceError } from '../../../src/targets/file/places/place.ts';
import { SinkRecord } from '../../contracts/sink.ts';
import { VirtualClock } from '../../simulation/virtual-clock.ts';
import { lineSender } from './line-sender.ts';
import { MemoryPlace } from './memory-place.ts';

function start(place: MemoryPlace, { header = '', maxBytes = 1000 } = {}) {
  const record = new SinkRecord();
  const clock = new VirtualClock();
  const bounds = { nameOf: (sequence: number) => `${sequence}`, last: 0, maxBytes };
  const writer = new LandingWriter(place, lineFormat(Buffer.from(header)), bounds, clock, record);
  const send = lineSender(writer, clock);
  const outcomes = (): string[] =>
    [...record.outcomes].map(([key, { outcome, reason }]) => `${key} ${outcome} ${reason}`);
  return { record, clock, writer, send, outcomes };
}

const full = Object.assign(new Error('full'), { code: 'ENOSPC' });

describe('LandingWriter', () => {
  it('lands exactly the acknowledged events in the order sent, whatever fails, and nothing of the rejected ones', async () => {
    const payloads = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 30 }), {
      minLength: 1,
      maxLength: 6,
    });
    const step = fc.oneof(
      { weight: 5, arbitrary: payloads },
      { weight: 1, arbitrary: fc.constantFrom('roll' as const, 'flush' as const) },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 30 }),
        fc.array(fc.boolean(), { minLength: 1, maxLength: 12 }),
        fc.constantFrom('', 'x,y\n'),
        fc.integer({ min: 8, max: 120 }),
        async (steps, fails, header, maxBytes) => {
          const place = new MemoryPlace();
          place.fails = (_call, number) => (fails[number % fails.length] === true ? full : null);
          const { record, writer, send } = start(place, { header, maxBytes });
          const room = writer.room[0];
          const sent: string[] = [];
          for (const next of steps) {
            if (next === 'roll') writer.roll();
            else if (next === 'flush') await writer.flush(1000);
            else {
              sent.push(...next);
              send(next);
            }
          }
          await writer.flush(1000);
          await writer.close();
          expect(record.repeated).toEqual([]);
          expect(record.count(Outcome.acked) + record.count(Outcome.rejected)).toBe(sent.length);
          expect(writer.room[0]).toBe(room);
          expect(place.underWay).toBe(0);
          const acked = sent.filter((_, slot) => record.outcomes.get(`0/${slot}`)?.outcome === Outcome.acked);
          if (!fails.includes(true)) expect(acked).toEqual(sent);
          const texts = [...place.landed.values()].map(String);
          expect([...place.landed.keys()]).toEqual(texts.map((_, i) => `${i + 1}`));
          for (const text of texts) {
            expect(text.startsWith(header)).toBe(true);
            if (text.length > maxBytes)
              expect(text.slice(header.length).indexOf('\n')).toBe(text.length - header.length - 1);
          }
          expect(texts.flatMap((text) => text.slice(header.length).split('\n').slice(0, -1))).toEqual(acked);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('settles nothing before the file is complete', async () => {
    const place = new MemoryPlace();
    const { writer, send, record } = start(place, { maxBytes: 12 });
    send(['alpha', 'beta']);
    await Promise.resolve();
    expect(record.outcomes.size).toBe(0);
    send(['gamma']);
    while (place.landed.size === 0) await Promise.resolve();
    await Promise.resolve();
    expect([...record.outcomes.keys()]).toEqual(['0/0', '0/1']);
    await writer.close();
    expect([...place.landed.values()].map(String)).toEqual(['alpha\nbeta\n', 'gamma\n']);
  });

  it('knows nothing of a file of which nobody can say whether it landed, and never uses its number again', async () => {
    const place = new MemoryPlace();
    place.fails = (call, number) =>
      call === 'complete' && number < 4 ? new PlaceError('Timeout', { ambiguous: true }) : null;
    const { writer, send, record, outcomes } = start(place);
    send(['alpha']);
    await writer.flush(1000);
    expect(outcomes()).toEqual([`0/0 ${Outcome.unknown} timeout`]);
    expect(record.notices).toEqual(['warning: a file may not have landed: Timeout']);
    send(['beta']);
    await writer.close();
    expect([...place.landed]).toEqual([['2', Buffer.from('beta\n')]]);
  });

  it('gives up on a place that does not answer: unknown once, whatever it says later', async () => {
    const place = new MemoryPlace();
    let open = (): void => {};
    place.gate = new Promise((resolve) => {
      open = resolve;
    });
    const { writer, send, record, clock } = start(place, { maxBytes: 6 });
    send(['alpha', 'beta']);
    const flushed = writer.flush(1000);
    clock.advanceTo(clock.nowUs() + 1_000_000);
    await flushed;
    expect(record.count(Outcome.unknown)).toBe(2);
    open();
    await writer.close();
    expect(record.count(Outcome.unknown)).toBe(2);
    expect(record.repeated).toEqual([]);
    expect([...place.landed.values()].map(String)).toEqual(['alpha\n', 'beta\n']);
  });

  it('takes no more than may wait for the place, however long that stalls, and all of its room when it is over', async () => {
    const place = new MemoryPlace();
    let open = (): void => {};
    place.gate = new Promise((resolve) => {
      open = resolve;
    });
    const { writer, send, record } = start(place, { maxBytes: 1e9 });
    const event = 'x'.repeat(50_000);
    const before = writer.room[0] as number;
    let sent = 0;
    while ((writer.room[0] as number) > 0) {
      send([event]);
      sent++;
    }
    expect(sent * event.length).toBeLessThan(13 * 1024 * 1024);
    expect(sent * event.length).toBeGreaterThan(11 * 1024 * 1024);
    open();
    await writer.flush(1000);
    expect(record.drains).toEqual([0]);
    expect(record.count(Outcome.acked)).toBe(sent);
    expect(before).toBeGreaterThan(writer.room[0] as number);
    expect(writer.room[0]).toBeGreaterThan(100);
  });

  it('completes a file when very many events wait for their outcome', async () => {
    const place = new MemoryPlace();
    const { writer, send, record } = start(place, { maxBytes: 1e12 });
    const some = Array.from({ length: 1024 }, () => 'x');
    while (place.landed.size === 0) {
      if ((writer.room[0] as number) >= some.length) send(some);
      else
        await new Promise<void>((resolve) => {
          record.onDrained = () => resolve();
        });
      await Promise.resolve();
    }
    await Promise.resolve();
    expect(record.count(Outcome.acked)).toBe(256 * 1024);
    await writer.close();
  });
});
