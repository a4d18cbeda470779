import { describe, expect, it } from 'vitest';
import type { StepVerdict } from '../../src/capacity/search.ts';
import { bracketOf, type Standing, standingsOf } from '../../src/capacity/standings.ts';
import { trial } from './trials.ts';

const letters: Readonly<Record<string, StepVerdict>> = { h: 'holds', b: 'breaks', g: 'generator', u: 'unsure' };

/** How a load stands after trials of these first letters. */
function stands(trials: string, confirm = 3): Standing {
  return standingsOf(
    [...trials].map((letter) => trial(500, letters[letter] as StepVerdict)),
    confirm,
  )[0] as Standing;
}

describe('how a load stands', () => {
  it.each([
    ['h', 'held'],
    ['b', 'broke'],
    ['hhh', 'held'],
    // One of three may break, two may not; while either could be, it is open.
    ['hb', 'open'],
    ['hbh', 'held'],
    ['hbb', 'broke'],
    ['bh', 'open'],
    // One without an answer is forgiven, two are not, unless there are as many with one.
    ['g', 'open'],
    ['gh', 'held'],
    ['gg', 'blind'],
    ['ggh', 'blind'],
    ['gghh', 'held'],
    ['uu', 'blind'],
  ])('after %s it is %s', (trials, is) => {
    expect(stands(trials).is).toBe(is);
  });

  it('counts what said something, and knows whose fault the rest is', () => {
    expect(stands('hbhgu')).toMatchObject({ holds: 2, breaks: 1, trials: 3, generator: true });
    expect(stands('uug')).toMatchObject({ is: 'blind', generator: false });
  });

  it('is decided by one trial where one is asked for', () => {
    expect([stands('h', 1).is, stands('hb', 1).is, stands('hbb', 1).is]).toEqual(['held', 'broke', 'broke']);
    expect(standingsOf([trial(500, 'unsure')], 1, 1)[0]?.is).toBe('blind');
  });

  it('lies with the others from the lowest load on', () => {
    const tried = [trial(400, 'breaks'), trial(100, 'holds'), trial(400, 'breaks'), trial(200, 'holds')];
    expect(standingsOf(tried, 3).map(({ level, trials }) => [level, trials])).toEqual([
      [100, 1],
      [200, 1],
      [400, 2],
    ]);
  });
});

describe('what is known between what holds and what does not', () => {
  it('ends below the lowest that breaks, whatever holds above it', () => {
    const verdicts: [number, StepVerdict][] = [
      [100, 'holds'],
      [200, 'holds'],
      [400, 'breaks'],
      [800, 'holds'],
      [1600, 'breaks'],
    ];
    const { held, ceiling, open } = bracketOf(
      standingsOf(
        verdicts.map(([level, verdict]) => trial(level, verdict)),
        3,
      ),
    );
    expect([held?.level, ceiling?.level, open]).toEqual([200, 400, null]);
  });

  it('ends at what cannot be judged as well, and names what is open below', () => {
    const tried = [trial(100, 'holds'), trial(200, 'unsure'), trial(400, 'generator'), trial(400, 'generator')];
    const { held, ceiling, open } = bracketOf(standingsOf(tried, 3));
    expect([held?.level, ceiling?.level, ceiling?.is, open?.level]).toEqual([100, 400, 'blind', 200]);
    expect(bracketOf([])).toEqual({ held: null, ceiling: null, open: null });
  });
});
