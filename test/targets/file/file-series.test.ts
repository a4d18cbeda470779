import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Outcome } from '../../../src/core/outcome.ts';
import { type FileFolder, FileSeries, type WritableFile } from '../../../src/targets/file/file-series.ts';
import { LineReader } from '../../../src/targets/file/line-reader.ts';
import { LineWriter } from '../../../src/targets/file/line-writer.ts';
import { SinkRecord } from '../../contracts/sink.ts';
import { SourceRecord } from '../../contracts/source.ts';
import { VirtualClock } from '../../simulation/virtual-clock.ts';
import { lineSender } from './line-sender.ts';

/** Files in memory; each write takes as many bytes as `chops` says, in turn, and 0 is an error. */
class MemoryFolder implements FileFolder {
  readonly files = new Map<number, { content: Buffer; state: 'open' | 'closed' | 'complete' }>();
  readonly #chops: readonly number[];
  #writes = 0;
  refuses: string | null = null;
  completes = true;

  constructor(chops: readonly number[]) {
    this.#chops = chops;
  }

  async last() {
    return null;
  }

  create(sequence: number): Promise<WritableFile> {
    if (this.refuses !== null) return Promise.reject(Object.assign(new Error('no'), { code: this.refuses }));
    expect(this.files.has(sequence)).toBe(false);
    for (const { state } of this.files.values()) expect(state).not.toBe('open');
    const file = { content: Buffer.alloc(0), state: 'open' as 'open' | 'closed' | 'complete' };
    this.files.set(sequence, file);
    return Promise.resolve({
      write: async (bytes, offset, length, position) => {
        expect(file.state).toBe('open');
        const chop = this.#chops[this.#writes++ % this.#chops.length] as number;
        if (chop === 0) throw Object.assign(new Error('full'), { code: 'ENOSPC' });
        const bytesWritten = Math.min(chop, length);
        const before = Buffer.concat([file.content, Buffer.alloc(Math.max(0, position - file.content.length))]);
        const piece = bytes.subarray(offset, offset + bytesWritten);
        file.content = Buffer.concat([before.subarray(0, position), piece, before.subarray(position + bytesWritten)]);
        return { bytesWritten };
      },
      truncate: async (length) => {
        file.content = file.content.subarray(0, length);
      },
      close: async () => {
        file.state = 'closed';
      },
    });
  }

  async complete(sequence: number): Promise<void> {
    if (!this.completes) throw Object.assign(new Error('no'), { code: 'EACCES' });
    const file = this.files.get(sequence);
    expect(file?.state).toBe('closed');
    if (file !== undefined) file.state = 'complete';
  }

  async remove(sequence: number): Promise<void> {
    this.files.delete(sequence);
  }

  get texts(): string[] {
    return [...this.files.entries()].sort(([a], [b]) => a - b).map(([, { content }]) => content.toString());
  }
}

function start(folder: MemoryFolder, header: string, maxBytes: number) {
  const record = new SinkRecord();
  const clock = new VirtualClock();
  const writer = new LineWriter(new FileSeries(folder, Buffer.from(header), maxBytes), clock, record);
  return { record, writer, send: lineSender(writer, clock) };
}

/** What a reader makes of the files, one after the other. */
async function readBack(texts: readonly string[], header: string): Promise<string[]> {
  const arrived = new SourceRecord();
  const opened = (text: string) => ({
    read: async (bytes: Uint8Array, offset: number, length: number, position: number) => {
      const piece = Buffer.from(text).subarray(position, position + length);
      bytes.set(piece, offset);
      return { bytesRead: piece.length };
    },
  });
  const reader = new LineReader(opened(''), Buffer.from(header), arrived, () => 1);
  for (const text of texts) {
    reader.turnTo(opened(text));
    await reader.readOn(() => false);
  }
  return arrived.arrivals.map(({ payload }) => payload);
}

const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.array(fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 30 }), {
      minLength: 1,
      maxLength: 6,
    }),
  },
  { weight: 1, arbitrary: fc.constantFrom('roll' as const, 'flush' as const) },
);

describe('a series of files', () => {
  it('holds exactly the acknowledged lines in the order sent, however writes are chopped and files rolled', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 30 }),
        fc.array(fc.nat({ max: 40 }), { minLength: 1, maxLength: 8 }).filter((chops) => chops.some((chop) => chop > 0)),
        fc.constantFrom('', 'x,y\n'),
        fc.integer({ min: 8, max: 120 }),
        async (steps, chops, header, maxBytes) => {
          const folder = new MemoryFolder(chops);
          const { record, writer, send } = start(folder, header, maxBytes);
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
          const acked = sent.filter((_, slot) => record.outcomes.get(`0/${slot}`)?.outcome === Outcome.acked);
          expect(record.repeated).toEqual([]);
          expect(record.outcomes.size).toBe(sent.length);
          expect(record.count(Outcome.acked) + record.count(Outcome.rejected)).toBe(sent.length);
          if (!chops.includes(0)) expect(acked).toEqual(sent);
          expect(await readBack(folder.texts, header)).toEqual(acked);
          const numbers = [...folder.files.keys()].sort((a, b) => a - b);
          expect(numbers).toEqual(numbers.map((_, i) => i + 1));
          for (const { content, state } of folder.files.values()) {
            const text = content.toString();
            expect(state).toBe('complete');
            expect(text.startsWith(header)).toBe(true);
            if (text.length > maxBytes)
              expect(text.slice(header.length).indexOf('\n')).toBe(text.length - header.length - 1);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('rejects lines for which no file could be created, and goes on with the same number', async () => {
    const folder = new MemoryFolder([1000]);
    const { record, writer, send } = start(folder, '', 1000);
    folder.refuses = 'EACCES';
    send(['alpha']);
    await writer.flush(1000);
    folder.refuses = null;
    send(['beta']);
    await writer.flush(1000);
    expect([...record.outcomes.values()].map(({ outcome, reason }) => [outcome, reason])).toEqual([
      [Outcome.rejected, 'permission denied'],
      [Outcome.acked, 'written'],
    ]);
    expect(folder.texts).toEqual(['beta\n']);
  });

  it('says so where a file keeps its temporary name, and goes on with the next number', async () => {
    const folder = new MemoryFolder([1000]);
    const { record, writer, send } = start(folder, '', 6);
    folder.completes = false;
    send(['alpha', 'beta']);
    await writer.flush(1000);
    expect(folder.texts).toEqual(['alpha\n', 'beta\n']);
    expect(record.count(Outcome.acked)).toBe(2);
    expect(record.notices).toEqual(['warning: a file could not be completed: permission denied']);
  });
});
