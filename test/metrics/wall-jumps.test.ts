import { expect, it } from 'vitest';
import { jumpSignals, WallJumps } from '../../src/metrics/wall-jumps.ts';

/** Looks at a clock with these offsets, one a second from the beginning of 2026. */
function looked(...offsets: (number | null)[]): WallJumps {
  let second = -1;
  const jumps = new WallJumps(
    () => offsets[++second] as number | null,
    () => Date.UTC(2026, 0, 1) * 1000 + second * 1e6,
  );
  for (let i = 1; i < offsets.length; i++) jumps.look();
  return jumps;
}

const trust = 'neither the schedule nor latencies on one host felt it; times between hosts did';

it.each<[string, (number | null)[], string[]]>([
  ['a clock that stands', [0, 0, 0], []],
  ['a clock that drifts by 1 ms a second', [0, 1_000, 2_000, 3_000], []],
  ['readings that failed', [null, 500_000, null, 500_900], []],
  [
    'one step',
    [7, 7, -3_600_000_000, -3_600_000_000],
    [`the wall clock of the generator's host jumped by -3600 s, at 2026-01-01T00:00:02.000Z: ${trust}`],
  ],
  [
    'a step over a reading that failed',
    [7, null, 2_007],
    [`the wall clock of the generator's host jumped by +2 ms, at 2026-01-01T00:00:02.000Z: ${trust}`],
  ],
  [
    'two steps, which do not cancel each other',
    [0, 1_500, 0],
    [
      `the wall clock of the generator's host jumped 2 times, by up to +1.5 ms, first at 2026-01-01T00:00:01.000Z: ${trust}`,
    ],
  ],
])('tells of %s', (_, offsets, expected) => {
  expect(jumpSignals('generator', looked(...offsets).found)).toEqual(expected);
});

it('keeps size and instant of each, as long as there are few', () => {
  expect(looked(0, 3_000, 3_000, 1_000).found).toEqual([
    { atWallUs: Date.UTC(2026, 0, 1) * 1000 + 1e6, byUs: 3_000 },
    { atWallUs: Date.UTC(2026, 0, 1) * 1000 + 3e6, byUs: -2_000 },
  ]);
  const restless = looked(...Array.from({ length: 300 }, (_, second) => second * 5_000));
  expect(restless.found.length).toBe(100);
  expect(jumpSignals('verifier', restless.found)[0]).toContain('jumped at least 100 times, by up to +5 ms');
});
