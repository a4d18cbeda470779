import { describe, expect, it } from 'vitest';
import { ReaderWatch } from '../../src/verify/reader-watch.ts';

const well = { gaps: 0, fullReads: 0, brokerDropped: 0 };

function watched(seconds: readonly [busy: number, fullReads: number][]): ReaderWatch {
  const watch = new ReaderWatch();
  for (const [busy, fullReads] of seconds) watch.second(busy, fullReads);
  return watch;
}

describe('ReaderWatch', () => {
  it('has no doubts about a reader that had hiccups', () => {
    // Busy for most of a second, and a buffer that was full now and then.
    const watch = watched([
      [0.95, 9],
      [0.94, 18],
      [0.5, 27],
      [0.95, 36],
      [0.2, 45],
    ]);
    expect(watch.doubts(well)).toEqual([]);
    expect(watch.doubts({ ...well, brokerDropped: null })).toEqual([]);
  });

  it('doubts a reader that was saturated, or behind, for seconds on end', () => {
    expect(
      watched([
        [0.96, 0],
        [0.97, 0],
        [1, 0],
        [0.1, 0],
      ]).doubts(well),
    ).toEqual(['the reader was busy all the time for 3 s in a row (leave it more CPU, or lower the rate)']);
    expect(
      watched([
        [0.1, 10],
        [0.1, 20],
        [0.1, 30],
        [0.1, 31],
      ]).doubts(well),
    ).toEqual(["the reader's buffer was full for 3 s in a row"]);
  });

  it('doubts a reader that was saturated, or behind, for one second: a queue of 1 000 overflows in less', () => {
    expect(
      watched([
        [0.1, 0],
        [0.96, 0],
        [0.1, 0],
      ]).doubts(well),
    ).toEqual(['the reader was busy all the time for 1 s in a row (leave it more CPU, or lower the rate)']);
    expect(
      watched([
        [0.1, 0],
        [0.1, 10],
        [0.1, 10],
      ]).doubts(well),
    ).toEqual(["the reader's buffer was full for 1 s in a row"]);
  });

  it.each<[string, [totalUs: number, longestUs: number][], string[]]>([
    [
      'pauses that are short and rare',
      [
        [499_000, 480_000],
        [0, 0],
        [499_000, 60_000],
      ],
      [],
    ],
    [
      'a long pause',
      [
        [3_500_000, 3_500_000],
        [0, 0],
      ],
      ['the reader stood still for 3.5 s (leave the verifier more CPU, and do not suspend it)'],
    ],
    [
      'many short pauses in one second',
      [
        [100_000, 100_000],
        [640_000, 80_000],
      ],
      [
        'the reader stood still for 640 ms of a second, 100 ms at a time (leave the verifier more CPU, and do not suspend it)',
      ],
    ],
  ])('weighs %s', (_, seconds, expected) => {
    const watch = new ReaderWatch();
    for (const [totalUs, longestUs] of seconds) watch.stood({ totalUs, longestUs });
    expect(watch.doubts(well)).toEqual(expected);
  });

  it('doubts a lost session and a broker that dropped', () => {
    expect(watched([]).doubts({ ...well, gaps: 1 })).toEqual(['the reader lost its session once']);
    expect(watched([]).doubts({ ...well, brokerDropped: 12 })).toEqual([
      'the broker dropped 12 messages for slow readers',
    ]);
  });
});

it('names the gaps of a source that can, the first of them', () => {
  const watch = new ReaderWatch();
  const names = ['a', 'b', 'c', 'd'];
  const health = { fullReads: 0, brokerDropped: null };
  expect(watch.doubts({ ...health, gaps: 9, gapNames: names })).toEqual([
    'a',
    'b',
    'c',
    '6 more gaps in what was read',
  ]);
  expect(watch.doubts({ ...health, gaps: 2, gapNames: ['a', 'b'] })).toEqual(['a', 'b']);
  expect(watch.doubts({ ...health, gaps: 0, gapNames: [] })).toEqual([]);
});
