import { describe, expect, it } from 'vitest';
import { cbor } from '../../src/codecs/cbor.ts';
import { json } from '../../src/codecs/json.ts';
import { payloadProblem } from '../../src/plan/check-payloads.ts';
import { discard } from '../../src/targets/discard/index.ts';
import { file } from '../../src/targets/file/index.ts';

describe('payloadProblem', () => {
  const lines = file.traits({});
  const csv = file.traits({ format: 'csv' });

  it('lets text stand in lines, and anything where there are none', () => {
    expect(payloadProblem(lines, 'meters', { name: 'json' })).toBeNull();
    expect(payloadProblem(csv, 'meters', { name: 'csv' })).toBeNull();
    expect(payloadProblem(discard.traits({}), 'meters', { name: 'cbor', binary: true })).toBeNull();
  });

  it('keeps bytes that are not text out of lines', () => {
    expect(payloadProblem(lines, 'meters', { name: 'cbor', binary: true })).toEqual({
      key: 'codec',
      message: 'the target writes lines of text, and cbor is not text',
      hint: 'write codec: json, or send to another target',
    });
  });

  it('demands columns for a file that has a line of their names', () => {
    expect(payloadProblem(csv, 'meters', { name: 'json' })).toEqual({
      key: 'format',
      message: 'the payloads of meters are json, which has no columns',
      hint: 'write codec: csv in its payload, or format: lines here',
    });
  });

  it('refuses a filler where values are kept, unless payloads are kept whole', () => {
    const parquet = file.traits({ format: 'parquet' });
    expect(payloadProblem(parquet, 'meters', json)).toBeNull();
    expect(payloadProblem(parquet, 'meters', cbor, 256)).toBeNull();
    expect(payloadProblem(lines, 'meters', json, 256)).toBeNull();
    expect(payloadProblem(parquet, 'meters', json, 256)).toMatchObject({ key: 'pad_to' });
  });
});
