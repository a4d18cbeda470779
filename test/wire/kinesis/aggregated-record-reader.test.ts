import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AggregatedRecordReader } from '../../../src/wire/kinesis/aggregated-record-reader.ts';
import { createUserRecords, type UserRecords } from '../../../src/wire/kinesis/user-records.ts';
import { textsOf } from './user-record-texts.ts';

interface Plain {
  partitionKey: string;
  data: Buffer;
}

/** Another's implementation. */
const { aggregate } = createRequire(import.meta.url)('aws-kinesis-agg') as {
  aggregate(
    records: Plain[],
    encoded: (record: { data: Buffer }, done: () => void) => void,
    after: () => void,
    failed: (error: Error) => void,
  ): void;
};

function aggregated(records: Plain[]): Promise<Buffer> {
  return new Promise((resolve, reject) =>
    aggregate(
      records,
      ({ data }) => resolve(Buffer.from(data)),
      () => {},
      reject,
    ),
  );
}

const reader = new AggregatedRecordReader();

function read(blob: Buffer, records: UserRecords = createUserRecords(2)): [string, string][] | null {
  records.bytes = Buffer.concat([Buffer.from('before'), blob, Buffer.from('after')]);
  return reader.read(records, 6, 6 + blob.length) ? textsOf(records) : null;
}

const MAGIC = Buffer.from('f3899ac2', 'hex');

function sealed(message: Buffer): Buffer {
  return Buffer.concat([MAGIC, message, createHash('md5').update(message).digest()]);
}

describe('an aggregated record', () => {
  it('is taken apart into what another implementation has put into it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.stringMatching(/^[a-z]{1,9}$/), fc.uint8Array({ maxLength: 300 })), {
          minLength: 1,
          maxLength: 60,
        }),
        async (pairs) => {
          const records = pairs.map(([partitionKey, data]) => ({ partitionKey, data: Buffer.from(data) }));
          const expected = records.map(({ partitionKey, data }) => [partitionKey, data.toString('latin1')]);
          expect(read(await aggregated(records))).toEqual(expected);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('may have keys behind the records that name them, explicit hash keys, tags and fields that nobody knows', () => {
    // record { key index 0, hash index 0, data "x", tag { "a" } }, key "k", hash key "1", field 9 of each way to write it.
    const message = Buffer.from(
      `${'1a0c080010001a01782203'}0a0161${'0a016b'}${'120131'}${'4807'}${'4d01020304'}${'4a01ff'}`,
      'hex',
    );
    expect(read(sealed(message))).toEqual([['k', 'x']]);
  });

  it('is one plain record where the magic, the digest or the message is not right', async () => {
    const whole = await aggregated([{ partitionKey: 'k', data: Buffer.from('data') }]);
    expect(read(whole)).toEqual([['k', 'data']]);
    for (let at = 0; at < whole.length; at++) {
      const changed = Buffer.from(whole);
      changed[at] = (changed[at] as number) ^ 1;
      expect(read(changed)).toBeNull();
    }
    for (let end = 0; end < whole.length; end++) expect(read(whole.subarray(0, end))).toBeNull();
    const message = whole.subarray(4, -16);
    for (let end = 1; end < message.length; end++) {
      const records = createUserRecords(2);
      const cut = read(sealed(message.subarray(0, end)), records);
      // What is left may be whole: a table of keys without a record.
      if (cut === null) expect(records.count).toBe(0);
      else expect(cut).toEqual([]);
    }
  });

  it('names no key that is not there, and no data beyond its end', () => {
    for (const wrong of [
      '1a05080110001a00',
      '1a070800100000',
      '1a0408001a09',
      '1a0808001a0178',
      '0a05',
      '00',
      '0b',
      '1aff',
    ])
      expect(read(sealed(Buffer.from(`0a016b${wrong}`, 'hex'))), wrong).toBeNull();
  });

  it('never fails on any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        read(sealed(Buffer.from(bytes)));
      }),
    );
  });
});
