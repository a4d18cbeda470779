import { describe, expect, it } from 'vitest';
import { payloadProblem } from '../../src/plan/check-payloads.ts';
import { file } from '../../src/targets/file/index.ts';
import { targetOf } from '../../src/targets/registry.ts';

describe('payloadProblem', () => {
  const lines = file.traits({});
  const csv = file.traits({ format: 'csv' });

  it('lets text stand in lines', () => {
    expect(payloadProblem(lines, { name: 'meters', payload: { codec: 'json' } })).toBeNull();
    expect(payloadProblem(targetOf('discard').traits({}), { name: 'meters', payload: { codec: 'json' } })).toBeNull();
  });

  it('demands columns for a file that has a line of their names', () => {
    expect(payloadProblem(csv, { name: 'meters', payload: { codec: 'csv' } })).toBeNull();
    expect(payloadProblem(csv, { name: 'meters', payload: { codec: 'json' } })).toEqual({
      key: 'format',
      message: 'the payloads of meters are json, which has no columns',
      hint: 'write codec: csv in its payload, or format: lines here',
    });
  });
});
