import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createBatchHeader, readBatchHeader } from '../../../src/wire/kafka/record-batch-header.ts';

const java = JSON.parse(readFileSync('test/fixtures/kafka/java-batches.json', 'utf8')) as {
  batches: { bytes: string }[];
  transactions: string;
  old: string[];
};
const base64 = (text: string) => Buffer.from(text, 'base64');
const [plain, gzip] = java.batches.map(({ bytes }) => base64(bytes)) as [Buffer, Buffer];
const marked = base64(java.transactions);

function read(bytes: Buffer, at = 0, to = bytes.length, into = createBatchHeader()) {
  const found = readBatchHeader(new DataView(bytes.buffer, bytes.byteOffset, bytes.length), at, to, into);
  return { found, header: into };
}
/** The plain batch with something written into it. */
function changed(change: (batch: Buffer) => void): Buffer {
  const batch = Buffer.from(plain);
  change(batch);
  return batch;
}

describe('the header of a record batch', () => {
  it('is read as the Java client wrote it', () => {
    expect(read(plain)).toEqual({
      found: 'whole',
      header: {
        end: plain.length,
        magic: 2,
        leaderEpoch: -1,
        baseOffset: 0,
        lastOffset: 39,
        crc: 0x70e1b8c9,
        crcStart: 21,
        compression: 0,
        transactional: false,
        control: false,
        producerId: -1,
        count: 40,
      },
    });
    expect(read(gzip).header).toMatchObject({ compression: 1, crc: 0x774e98dc });
  });

  it('says of a transaction who writes it, and what marks its end', () => {
    const first = read(marked).header;
    expect(first).toMatchObject({ leaderEpoch: 7, transactional: true, control: false, producerId: 4001, count: 3 });
    let marks = 0;
    for (let at = 0; at < marked.length; ) {
      const { found, header } = read(marked, at);
      expect(found).toBe('whole');
      if (header.control) marks++;
      at = header.end;
    }
    expect(marks).toBe(2);
  });

  it('has its positions from the start of the bytes', () => {
    const two = Buffer.concat([plain, gzip]);
    expect(read(two, plain.length).header).toMatchObject({
      end: two.length,
      crcStart: plain.length + 21,
      compression: 1,
      count: 40,
    });
  });

  it('is cut wherever the batch does not end before the bytes do', () => {
    for (let to = 0; to < plain.length; to++) expect(read(plain, 0, to).found).toBe('cut');
    expect(read(Buffer.concat([plain, Buffer.alloc(1)]), 0, plain.length).found).toBe('whole');
    const two = Buffer.concat([plain, gzip]);
    expect(read(two, plain.length, two.length - 1).found).toBe('cut');
  });

  it.each([0, 1])('of magic %i sets nothing but where it ends and stands', (magic) => {
    const old = base64(java.old[magic] as string);
    const used = { ...createBatchHeader(), leaderEpoch: 3, lastOffset: 99 };
    const { found, header } = read(old, 0, old.length, used);
    expect(found).toBe('whole');
    expect(header).toMatchObject({ end: old.length, magic, leaderEpoch: -1, baseOffset: 5, lastOffset: 5 });
    old.writeInt32BE(14, 8);
    expect(read(old).found).toBe('whole');
    old.writeInt32BE(13, 8);
    expect(read(old).found).toBe('malformed');
  });

  it('takes the codec from three bits, and the others for what they are', () => {
    const header = (attributes: number) => read(changed((batch) => batch.writeInt16BE(attributes, 21))).header;
    expect(header(0x7f0f)).toMatchObject({ compression: 7, transactional: false, control: false });
    expect(header(0x10)).toMatchObject({ compression: 0, transactional: true, control: false });
    expect(header(0x20)).toMatchObject({ compression: 0, transactional: false, control: true });
  });

  it('has offsets up to 2⁵³, and beyond begins no batch', () => {
    const at = (offset: bigint) => read(changed((batch) => batch.writeBigInt64BE(offset, 0)));
    expect(at(2n ** 53n - 1n)).toMatchObject({ found: 'whole', header: { baseOffset: Number.MAX_SAFE_INTEGER } });
    expect(at(2n ** 32n + 2n ** 31n).header).toMatchObject({ baseOffset: 6_442_450_944, lastOffset: 6_442_450_983 });
    expect(at(2n ** 53n).found).toBe('malformed');
    expect(at(-1n).found).toBe('malformed');
  });

  it.each<[string, (batch: Buffer) => void]>([
    ['a negative length', (batch) => batch.writeInt32BE(-1, 8)],
    ['a length shorter than a header', (batch) => batch.writeInt32BE(48, 8)],
    ['a magic of another day', (batch) => batch.writeInt8(3, 16)],
    ['a negative magic', (batch) => batch.writeInt8(-1, 16)],
    ['a last record before the first', (batch) => batch.writeInt32BE(-1, 23)],
    ['a negative count', (batch) => batch.writeInt32BE(-1, 57)],
  ])('is not one with %s', (_, change) => {
    expect(read(changed(change)).found).toBe('malformed');
  });

  it('may be all there is: a batch whose records compaction has taken', () => {
    const empty = changed((batch) => {
      batch.writeInt32BE(49, 8);
      batch.writeInt32BE(0, 57);
    });
    expect(read(empty)).toMatchObject({ found: 'whole', header: { end: 61, count: 0, lastOffset: 39 } });
  });
});
