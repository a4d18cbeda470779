import { expect, it } from 'vitest';
import type { CountedAt, Source } from '../../src/targets/target.ts';
import { countedAtEnd } from '../../src/verify/counted-at-end.ts';

const told = (atUs: number): Source => {
  const count: CountedAt = { by: 'log end offsets', messages: 12, readAll: true, atUs };
  return { counted: () => count } as Partial<Source> as Source;
};

it('is final where it was told once everything had been sent', () => {
  expect(countedAtEnd(told(500), 500, 3)).toEqual({
    counted: { by: 'log end offsets', messages: 12, readAll: true, final: true, markers: 3 },
  });
  expect(countedAtEnd(told(499), 500, 3).counted?.final).toBe(false);
});

it('is absent where nothing was told, or nothing ever is', () => {
  expect(countedAtEnd({ counted: () => null } as Partial<Source> as Source, 500, 0)).toEqual({});
  expect(countedAtEnd({} as Partial<Source> as Source, 500, 0)).toEqual({});
});
