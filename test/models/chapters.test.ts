import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Chapters } from '../../src/models/chapters.ts';
import type { SeatKey } from '../../src/models/model.ts';

const key = (seat: number): SeatKey => ({ seat, k0: seat * 3, k1: seat * 5 });
const text = ({ seat, k0, k1 }: SeatKey, chapter: number): string => `${seat}/${k0}/${k1}/${chapter}`;

it('gives what was computed for a seat and a number, whatever is kept and whatever was asked before', () => {
  const questions = fc.array(fc.tuple(fc.nat(9), fc.nat(5)), { maxLength: 200 });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 30 }), questions, (capacity, asked) => {
      const chapters = new Chapters(capacity, text);
      for (const [seat, chapter] of asked) expect(chapters.of(key(seat), chapter)).toBe(text(key(seat), chapter));
    }),
  );
});

it('computes a chapter once as long as there is room for it', () => {
  let computed = 0;
  const chapters = new Chapters(40, (_, chapter) => {
    computed++;
    return chapter;
  });
  for (let round = 0; round < 5; round++) {
    for (let seat = 0; seat < 20; seat++) for (const chapter of [6, 7]) chapters.of(key(seat), chapter);
  }
  expect(computed).toBe(40);
});

it('keeps most of what is asked for in turn where there is nearly room for all of it', () => {
  let computed = 0;
  const chapters = new Chapters(90, () => ++computed);
  for (let round = 0; round < 50; round++) for (let seat = 0; seat < 100; seat++) chapters.of(key(seat), 0);
  expect(computed).toBeLessThan(5_000 / 3);
});

it('tells seats of one number apart by their keys', () => {
  const chapters = new Chapters(4, text);
  chapters.of({ seat: 1, k0: 1, k1: 1 }, 0);
  expect(chapters.of({ seat: 1, k0: 2, k1: 1 }, 0)).toBe('1/2/1/0');
});
