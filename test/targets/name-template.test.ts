import { describe, expect, it } from 'vitest';
import { type NameKind, nameInScenario, nameOfRun, templateProblem } from '../../src/targets/name-template.ts';

const shelf: NameKind = {
  target: 'a library',
  noun: 'a shelf',
  longestScenario: 5,
  problem: (name) => (name.length > 12 ? { error: 'too long', hint: 'shorten it' } : null),
};

describe('a name that a scenario and its runs complete', () => {
  it.each([
    ['books-<run>', null],
    ['<scenario>', null],
    ['<device>', '"<device>": all events of a library go to one shelf'],
    ['<sequence>', 'a shelf has no "<sequence>"'],
    ['<run:4>', '"<run>" takes no format here'],
    ['thirteen-more', 'too long'],
  ])('%s: %s', (template, error) => {
    expect(templateProblem(shelf, template)?.error ?? null).toBe(error);
  });

  it('has the scenario in characters that it may have, shortened, and never nothing', () => {
    expect(nameInScenario(shelf, 'x-<scenario>-<run>', 'a b/c d e f')).toBe('x-a-b-c-<run>');
    expect(nameInScenario(shelf, '<scenario>', '///')).toBe('scenario');
  });

  it('has the run, and is refused where the system would', () => {
    expect(nameOfRun(shelf, 'x-<run>', 'r1', 'target.shelf')).toBe('x-r1');
    expect(() => nameOfRun(shelf, 'x-<run>', 'r1234567890', 'target.shelf')).toThrow(
      expect.objectContaining({ code: 'bad-scenario', where: 'target.shelf', value: 'x-r1234567890' }),
    );
  });
});
