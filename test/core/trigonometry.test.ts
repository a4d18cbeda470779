import { expect, it } from 'vitest';
import { cosTurns, sinTurns } from '../../src/core/trigonometry.ts';

it('sine and cosine of turns agree with the library', () => {
  for (let i = -4000; i <= 4000; i++) {
    const turns = i / 997;
    expect(Math.abs(sinTurns(turns) - Math.sin(2 * Math.PI * turns))).toBeLessThan(4e-9);
    expect(Math.abs(cosTurns(turns) - Math.cos(2 * Math.PI * turns))).toBeLessThan(4e-9);
  }
});

it('is exact at the zeros, and periodic for large angles', () => {
  for (const turns of [0, 0.5, 1, -0.5, 1e9, 1e9 + 0.5]) expect(Math.abs(sinTurns(turns))).toBe(0);
  expect(sinTurns(2 ** 30 + 0.125)).toBe(sinTurns(0.125));
});
