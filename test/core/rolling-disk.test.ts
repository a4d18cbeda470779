import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AppendFile, PlainDisk } from '../../src/core/disk.ts';
import { isPartOf, ROLL_BYTES, recordDisk, rollingDisk } from '../../src/core/rolling-disk.ts';
import { readJournal } from '../../src/wire/journal.ts';
import { SENT_MAGIC } from '../../src/wire/sent-file.ts';
import { folders } from '../cluster/a-run.ts';

const folderOf = folders();

/** Files in memory; `calls` tells what was asked for, in order. */
function memoryDisk(): { disk: PlainDisk; files: Map<string, Buffer>; calls: string[]; full: { is: boolean } } {
  const files = new Map<string, Buffer>();
  const calls: string[] = [];
  const full = { is: false };
  const appending = (path: string): AppendFile => ({
    append: async (bytes) => void files.set(path, Buffer.concat([files.get(path) as Buffer, bytes])),
    sync: async () => void calls.push(`sync ${path}`),
    close: async () => void calls.push(`close ${path}`),
  });
  const disk: PlainDisk = {
    async create(path) {
      if (full.is) throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
      calls.push(`create ${path}`);
      files.set(path, Buffer.alloc(0));
      return appending(path);
    },
    async reopen(path, length) {
      files.set(path, (files.get(path) as Buffer).subarray(0, length));
      return appending(path);
    },
    async open(path) {
      const file = files.get(path);
      if (file === undefined) throw Object.assign(new Error(`no ${path}`), { code: 'ENOENT' });
      return {
        size: file.length,
        read: async (into, position) => file.copy(into, 0, position),
        close: async () => void calls.push(`close ${path}`),
      };
    },
    syncNames: async (directory) => void calls.push(`names ${directory}`),
    list: async () => [...files.keys()].map((path) => path.slice('d/'.length)),
    async remove(path) {
      calls.push(`remove ${path}`);
      files.delete(path);
    },
  };
  return { disk, files, calls, full };
}

const PATH = 'd/sent';

async function contents(disk: ReturnType<typeof rollingDisk>): Promise<Buffer> {
  const file = await disk.open(PATH);
  const bytes = Buffer.alloc(file.size);
  // In odd pieces, so that they cross from one part to the next.
  for (let at = 0; at < bytes.length; ) at += await file.read(bytes.subarray(at, at + 7), at);
  expect(await file.read(Buffer.alloc(3), file.size)).toBe(0);
  await file.close();
  return bytes;
}

describe('a file that rolls', () => {
  it('is one file, whatever was appended, cut off and gone on with', async () => {
    const step = fc.oneof(
      fc.record({ append: fc.uint8Array({ minLength: 1, maxLength: 40 }) }),
      fc.record({ keep: fc.double({ min: 0, max: 1, noNaN: true }) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 50 }), fc.array(step, { maxLength: 25 }), async (most, steps) => {
        const { disk, files } = memoryDisk();
        const rolling = rollingDisk(disk, most);
        let whole = Buffer.alloc(0);
        let file = await rolling.create(PATH);
        for (const one of steps) {
          if ('append' in one) {
            await file.append(one.append);
            whole = Buffer.concat([whole, one.append]);
          } else {
            await file.close();
            const length = Math.floor(one.keep * whole.length);
            whole = whole.subarray(0, length);
            file = await rolling.reopen(PATH, length);
          }
          expect((await contents(rolling)).equals(whole)).toBe(true);
        }
        // No part is longer than it may be, but for what was appended at once.
        for (const { length } of files.values()) expect(length).toBeLessThanOrEqual(Math.max(most, 40));
      }),
    );
  });

  it('has all that came before on the disk, and its name, before it goes on in the next', async () => {
    const { disk, calls } = memoryDisk();
    const file = await rollingDisk(disk, 4).create(PATH);
    await file.append(Buffer.from('abc'));
    await file.append(Buffer.from('de'));
    await file.sync();
    expect(calls).toEqual([
      `create ${PATH}`,
      `sync ${PATH}`,
      `close ${PATH}`,
      `create ${PATH}.1`,
      'names d',
      `sync ${PATH}.1`,
    ]);
  });

  it('is begun anew without what another one left, and cut off the last part first', async () => {
    const { disk, files, calls } = memoryDisk();
    for (const name of [PATH, `${PATH}.1`, `${PATH}.2`, 'd/sent.txt', 'd/sent.01', 'd/sent.0'])
      files.set(name, Buffer.from('old'));
    const rolling = rollingDisk(disk, 10);
    await rolling.reopen(PATH, 3);
    expect(calls.slice(-3)).toEqual([`remove ${PATH}.2`, `remove ${PATH}.1`, 'names d']);
    files.set(`${PATH}.1`, Buffer.from('old'));
    await rolling.create(PATH);
    expect([...files.keys()].sort()).toEqual([PATH, 'd/sent.0', 'd/sent.01', 'd/sent.txt']);
    expect((await contents(rolling)).length).toBe(0);
  });

  it('says which part is missing', async () => {
    const { disk, files } = memoryDisk();
    for (const name of [PATH, `${PATH}.1`, `${PATH}.3`]) files.set(name, Buffer.from('x'));
    await expect(rollingDisk(disk).open(PATH)).rejects.toThrow('sent.2 is missing');
    await expect(rollingDisk(disk).reopen(PATH, 1)).rejects.toThrow('sent.2 is missing');
    files.delete(PATH);
    files.delete(`${PATH}.3`);
    await expect(rollingDisk(disk).open(PATH)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('goes on with a part that could not be made at first', async () => {
    const { disk, full } = memoryDisk();
    const rolling = rollingDisk(disk, 3);
    const file = await rolling.create(PATH);
    await file.append(Buffer.from('abc'));
    full.is = true;
    await expect(file.append(Buffer.from('de'))).rejects.toThrow('no space');
    full.is = false;
    await file.append(Buffer.from('fg'));
    await file.close();
    expect((await contents(rolling)).toString()).toBe('abcfg');
  });
});

it('names of parts are those that are counted', () => {
  for (const name of ['sent', 'sent.1', 'sent.120']) expect(isPartOf(name, 'sent')).toBe(true);
  for (const name of ['sent.0', 'sent.01', 'sent.x', 'sent-1', 'sentinel', 'xsent', 'sent.'])
    expect(isPartOf(name, 'sent')).toBe(false);
});

it('a record whose part is missing cannot be read, and is not taken for one that was cut off', async () => {
  const dir = folderOf({ sent: 'x', 'sent.2': 'y' });
  await expect(readJournal(`${dir}/sent`, SENT_MAGIC, () => {}, recordDisk)).rejects.toMatchObject({
    code: 'file-unreadable',
    message: 'cannot read: sent.1 is missing',
    where: `${dir}/sent`,
  });
  expect(ROLL_BYTES).toBe(64 * 1024 * 1024);
});
