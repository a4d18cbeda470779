import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Outcome } from '../../../src/core/outcome.ts';
import { LineReader } from '../../../src/targets/file/line-reader.ts';
import { LineWriter, type WritableFile } from '../../../src/targets/file/line-writer.ts';
import { SinkRecord } from '../../contracts/sink.ts';
import { SourceRecord } from '../../contracts/source.ts';
import { VirtualClock } from '../../simulation/virtual-clock.ts';
import { lineSender } from './line-sender.ts';

/** A disk of `capacity` bytes that takes at most `chunk` bytes at a time. */
class SmallDisk implements WritableFile {
  capacity: number;
  chunk: number;
  code = 'ENOSPC';
  content = Buffer.alloc(0);
  canTruncate = true;
  /** Resolves the write under way; null: at once. */
  gate: Promise<void> | null = null;

  constructor(capacity: number, chunk: number) {
    this.capacity = capacity;
    this.chunk = chunk;
  }

  async write(bytes: Uint8Array, offset: number, length: number, position: number): Promise<{ bytesWritten: number }> {
    await this.gate;
    const bytesWritten = Math.min(length, this.chunk, this.capacity - position);
    if (bytesWritten <= 0) throw Object.assign(new Error('full'), { code: this.code });
    this.content = Buffer.concat([
      this.content.subarray(0, position),
      bytes.subarray(offset, offset + bytesWritten),
      this.content.subarray(position + bytesWritten),
    ]);
    return { bytesWritten };
  }

  async truncate(length: number): Promise<void> {
    if (!this.canTruncate) throw Object.assign(new Error('no'), { code: 'EIO' });
    this.content = this.content.subarray(0, length);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  get text(): string {
    return this.content.toString();
  }
}

function start(disk: SmallDisk) {
  const record = new SinkRecord();
  const clock = new VirtualClock();
  const writer = new LineWriter(disk, 0, clock, record);
  const sender = lineSender(writer, clock);
  const send = (...payloads: string[]): void => sender(payloads);
  const outcomes = (): string[] =>
    [...record.outcomes].map(([key, { outcome, reason }]) => `${key} ${outcome} ${reason}`);
  return { record, clock, writer, send, outcomes };
}

describe('LineWriter', () => {
  it('writes on where the system took only a piece', async () => {
    const disk = new SmallDisk(1000, 3);
    const { writer, send, record } = start(disk);
    send('alpha', 'beta');
    send('gamma');
    await writer.flush(1000);
    expect(disk.text).toBe('alpha\nbeta\ngamma\n');
    expect(record.count(Outcome.acked)).toBe(3);
  });

  it('rejects what did not fit on the disk, keeps whole lines only, and goes on when there is space again', async () => {
    const disk = new SmallDisk(13, 1000);
    const { writer, send, record, outcomes } = start(disk);
    send('alpha', 'beta', 'gamma', 'delta');
    await writer.flush(1000);
    expect(outcomes()).toEqual([
      `0/0 ${Outcome.acked} written`,
      `0/1 ${Outcome.acked} written`,
      `0/2 ${Outcome.rejected} no space left`,
      `0/3 ${Outcome.rejected} no space left`,
    ]);
    expect(disk.text).toBe('alpha\nbeta\n');
    disk.capacity = 1000;
    send('omega');
    await writer.flush(1000);
    expect(disk.text).toBe('alpha\nbeta\nomega\n');
    expect(record.count(Outcome.acked)).toBe(3);
    expect(record.repeated).toEqual([]);
  });

  it('calls the rest unknown where the error proves nothing', async () => {
    const disk = new SmallDisk(6, 1000);
    disk.code = 'EIO';
    const { writer, send, outcomes } = start(disk);
    send('alpha', 'beta');
    await writer.flush(1000);
    expect(outcomes()).toEqual([`0/0 ${Outcome.acked} written`, `0/1 ${Outcome.unknown} input or output error`]);
  });

  it('calls the rest unknown, and says so, where half a line could not be taken back', async () => {
    const disk = new SmallDisk(8, 1000);
    disk.canTruncate = false;
    const { writer, send, record, outcomes } = start(disk);
    send('alpha', 'beta');
    await writer.flush(1000);
    expect(outcomes()).toEqual([`0/0 ${Outcome.acked} written`, `0/1 ${Outcome.unknown} no space left`]);
    expect(record.notices).toEqual(['warning: half a line may remain in the file: input or output error']);
  });

  it('gives up on a disk that does not answer: unknown once, whatever it says later', async () => {
    const disk = new SmallDisk(1000, 1000);
    let open = (): void => {};
    disk.gate = new Promise((resolve) => {
      open = resolve;
    });
    const { writer, send, record, clock } = start(disk);
    send('alpha');
    send('beta');
    const flushed = writer.flush(1000);
    clock.advanceTo(clock.nowUs() + 1_000_000);
    await flushed;
    expect(record.count(Outcome.unknown)).toBe(2);
    open();
    await writer.flush(1000);
    expect(record.count(Outcome.unknown)).toBe(2);
    expect(record.repeated).toEqual([]);
    expect(disk.text).toBe('alpha\nbeta\n');
  });

  it('takes fewer events the larger they are, and all of its room when they are gone', async () => {
    const disk = new SmallDisk(1e9, 1e9);
    let open = (): void => {};
    disk.gate = new Promise((resolve) => {
      open = resolve;
    });
    const { writer, send, record } = start(disk);
    const large = 'x'.repeat(1024 * 1024 - 1);
    send('small');
    send(large);
    expect(writer.room[0]).toBe(6);
    for (let i = 0; i < 6; i++) send(large);
    expect(writer.room[0]).toBe(0);
    open();
    await writer.flush(1000);
    expect(writer.room[0]).toBe(8);
    expect(record.drains).toEqual([0]);
    expect(record.count(Outcome.acked)).toBe(8);
  });
});

/** A file in memory; each write takes as many bytes as `chops` says, in turn, and 0 is an error. */
function choppedFile(header: string, chops: readonly number[]): WritableFile & { content: Buffer } {
  let writes = 0;
  return {
    content: Buffer.from(header),
    async write(bytes, offset, length, position) {
      const chop = chops[writes++ % chops.length] as number;
      if (chop === 0) throw Object.assign(new Error('full'), { code: 'ENOSPC' });
      const bytesWritten = Math.min(chop, length);
      const piece = bytes.subarray(offset, offset + bytesWritten);
      this.content = Buffer.concat([
        this.content.subarray(0, position),
        piece,
        this.content.subarray(position + bytesWritten),
      ]);
      return { bytesWritten };
    },
    async truncate(length) {
      this.content = this.content.subarray(0, length);
    },
    close: () => Promise.resolve(),
  };
}

/** What a reader makes of a file. */
async function readBack(content: Buffer, header: string): Promise<string[]> {
  const arrived = new SourceRecord();
  const file = {
    read: async (bytes: Uint8Array, offset: number, length: number, position: number) => {
      const piece = content.subarray(position, position + length);
      bytes.set(piece, offset);
      return { bytesRead: piece.length };
    },
  };
  await new LineReader(file, Buffer.from(header), arrived, () => 1).readOn(() => false);
  return arrived.arrivals.map(({ payload }) => payload);
}

describe('a file that grows', () => {
  it('holds exactly the acknowledged lines in the order sent, however writes are chopped', async () => {
    const payloads = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 30 }), {
      minLength: 1,
      maxLength: 6,
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.option(payloads, { freq: 5 }), { maxLength: 30 }),
        fc.array(fc.nat({ max: 40 }), { minLength: 1, maxLength: 8 }).filter((chops) => chops.some((chop) => chop > 0)),
        fc.constantFrom('', 'x,y\n'),
        async (steps, chops, header) => {
          const file = choppedFile(header, chops);
          const record = new SinkRecord();
          const clock = new VirtualClock();
          const writer = new LineWriter(file, header.length, clock, record);
          const send = lineSender(writer, clock);
          const sent: string[] = [];
          for (const next of steps) {
            if (next === null) await writer.flush(1000);
            else {
              sent.push(...next);
              send(next);
            }
          }
          await writer.flush(1000);
          await writer.close();
          const acked = sent.filter((_, slot) => record.outcomes.get(`0/${slot}`)?.outcome === Outcome.acked);
          expect(record.repeated).toEqual([]);
          expect(record.count(Outcome.acked) + record.count(Outcome.rejected)).toBe(sent.length);
          if (!chops.includes(0)) expect(acked).toEqual(sent);
          expect(await readBack(file.content, header)).toEqual(acked);
        },
      ),
      { numRuns: 200 },
    );
  });
});
