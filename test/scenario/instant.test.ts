import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseInstant } from '../../src/scenario/instant.ts';

describe('parseInstant', () => {
  it.each([
    ['1970-01-01T00:00:00Z', 0],
    ['2023-05-24T18:56:56.8Z', 1_684_954_616_800_000],
    ['2023-05-24T20:56:56.800001+02:00', 1_684_954_616_800_001],
    ['2024-02-29T00:00Z', 1_709_164_800_000_000],
  ])('%s', (text, us) => {
    expect(parseInstant(text)).toBe(us);
  });

  it.each([
    '',
    'now',
    '2023-05-24',
    '2023-05-24T18:56:56',
    '2023-02-29T00:00:00Z',
    '2023-01-01T24:00:00Z',
    '1969-12-31T23:59:59Z',
    '2200-01-01T00:00:00Z',
  ])('%j is none', (text) => {
    expect(parseInstant(text)).toBeNull();
  });

  it('reads what a Date prints', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date(0), max: new Date('2199-12-31T23:59:59.999Z'), noInvalidDate: true }),
        (date) => {
          expect(parseInstant(date.toISOString())).toBe(date.getTime() * 1000);
        },
      ),
    );
  });
});
