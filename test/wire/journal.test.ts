import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type JournalTail, JournalWriter, readJournal } from '../../src/wire/journal.ts';

const MAGIC = 'iottests';
let folder: string;
let path: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'iotload-journal-'));
  path = join(folder, 'journal');
});
afterAll(() => rmSync(folder, { recursive: true }));

async function write(payloads: readonly Uint8Array[], finish: 'end' | 'close'): Promise<Buffer> {
  const writer = await JournalWriter.open(path, MAGIC);
  for (const payload of payloads) {
    writer.append(payload);
    if (payload.length % 2 === 0) await writer.flush();
  }
  await writer[finish]();
  return readFileSync(path);
}

async function read(bytes: Uint8Array): Promise<JournalTail & { payloads: Uint8Array[] }> {
  writeFileSync(path, bytes);
  const payloads: Uint8Array[] = [];
  const tail = await readJournal(path, MAGIC, (payload) => payloads.push(Uint8Array.from(payload)));
  return { ...tail, payloads };
}

const three = [Uint8Array.of(1), Uint8Array.of(2, 2), Uint8Array.of(3, 3, 3)];

describe('journal', () => {
  it('gives back what was written', async () => {
    const payload = fc.uint8Array({ minLength: 1, maxLength: 50 });
    await fc.assert(
      fc.asyncProperty(fc.array(payload), fc.constantFrom('end', 'close'), async (payloads, finish) => {
        const result = await read(await write(payloads, finish));
        const wholeBytes = payloads.reduce((sum, { length }) => sum + 12 + length, 9);
        expect(result).toEqual({ payloads, ended: finish === 'end', tornBytes: 0, wholeBytes });
      }),
      { numRuns: 30 },
    );
  });

  it('reads frames larger than its window', async () => {
    const large = new Uint8Array(3_000_000).map((_, i) => i * 31);
    const result = await read(await write([large, large, Uint8Array.of(7)], 'end'));
    expect(result.ended).toBe(true);
    expect(result.payloads.map((payload) => payload.length)).toEqual([3_000_000, 3_000_000, 1]);
    expect(Buffer.from(result.payloads[1] as Uint8Array).equals(large)).toBe(true);
  });

  it('accepts a file cut at any byte, and says how much it left out', async () => {
    const whole = await write(three, 'end');
    const ends = [9, 22, 36, 51];
    for (let cut = 9; cut < whole.length; cut++) {
      const result = await read(whole.subarray(0, cut));
      const complete = ends.filter((end) => end <= cut).length - 1;
      expect(result.payloads).toEqual(three.slice(0, complete));
      const wholeBytes = ends[complete] as number;
      expect(result).toMatchObject({ ended: false, tornBytes: cut - wholeBytes, wholeBytes });
    }
  });

  it('goes on behind the last whole frame, wherever it was cut and whether or not it had ended', async () => {
    const whole = await write(three, 'end');
    for (let cut = 9; cut <= whole.length; cut++) {
      const { wholeBytes, payloads } = await read(whole.subarray(0, cut));
      const writer = await JournalWriter.resume(path, wholeBytes);
      writer.append(Uint8Array.of(4));
      await writer.end();
      expect(await read(readFileSync(path))).toMatchObject({ payloads: [...payloads, Uint8Array.of(4)], ended: true });
    }
  });

  it('accepts room that was never filled', async () => {
    const whole = await write(three, 'close');
    const result = await read(Buffer.concat([whole, Buffer.alloc(5_000)]));
    expect(result).toMatchObject({ payloads: three, ended: false, tornBytes: 5_000 });
  });

  it('accepts frames of one write whose end never arrived, from any byte on', async () => {
    const whole = await write(three, 'close');
    for (let from = 22; from < whole.length; from++) {
      const holed = Buffer.concat([whole.subarray(0, from), Buffer.alloc(whole.length - from + 40)]);
      const { payloads, ended } = await read(holed);
      expect(ended).toBe(false);
      expect(payloads).toEqual(three.slice(0, payloads.length));
      expect(payloads.length).toBeGreaterThanOrEqual(1);
    }
  });

  it('refuses any damaged byte of a finished file, except in the end mark itself', async () => {
    const whole = await write(three, 'end');
    for (let at = 0; at < whole.length; at++) {
      for (const flip of [1, 0x80]) {
        const damaged = Uint8Array.from(whole);
        damaged[at] = (damaged[at] as number) ^ flip;
        await expect(read(damaged), `byte ${at}`).rejects.toMatchObject({ code: 'file-corrupt', where: path });
      }
    }
  });

  it('takes damage in the last frame of an unfinished file for a torn write', async () => {
    const damaged = await write(three, 'close');
    damaged[damaged.length - 1] = (damaged.at(-1) as number) ^ 1;
    expect(await read(damaged)).toMatchObject({ payloads: three.slice(0, 2), ended: false, tornBytes: 15 });
  });

  it('refuses bytes after the end mark', async () => {
    const whole = await write(three, 'end');
    await expect(read(Buffer.concat([whole, Uint8Array.of(1)]))).rejects.toMatchObject({ code: 'file-corrupt' });
  });

  it('says which file cannot be read or written', async () => {
    const missing = join(folder, 'no', 'such');
    await expect(readJournal(missing, MAGIC, () => {})).rejects.toMatchObject({
      code: 'file-unreadable',
      where: missing,
    });
    await expect(JournalWriter.open(missing, MAGIC)).rejects.toMatchObject({ code: 'file-unwritable', where: missing });
  });

  it('reports a full disk at flush and refuses from then on', async () => {
    const writer = await JournalWriter.open('/dev/full', MAGIC);
    await expect(writer.flush()).rejects.toMatchObject({ code: 'file-unwritable', where: '/dev/full' });
    expect(() => writer.append(Uint8Array.of(1))).toThrow(expect.objectContaining({ code: 'file-unwritable' }));
    await expect(writer.close()).rejects.toMatchObject({ code: 'file-unwritable' });
  });
});
