import { describe, expect, it } from 'vitest';
import { provision } from '../../src/capacity/provision.ts';
import { provisionText } from '../../src/capacity/provision-text.ts';
import { goal, search, sharp, trial } from './trials.ts';

/** What it says of a load after this target was searched. */
function takes(load: number, target = sharp(1000)): string {
  const asked = { ...goal, provisionFor: load };
  const told = provision(asked, search(asked, target).finding, []);
  return told === null ? '' : provisionText(asked, told).join(' ');
}

describe('what a load takes', () => {
  it('is told only where somebody asks', () => {
    expect(provision(goal, search(goal, sharp(1000)).finding, [])).toBeNull();
  });

  it('is what was tested where that holds it', () => {
    expect(takes(900)).toBe('What was tested is enough for 900/s.');
  });

  it('grows in proportion, rounded up, and is not relied on beyond twice what was measured', () => {
    // 994.4/s is the highest load that holds.
    expect(takes(1400)).toBe(
      'For 1.4k/s take 1.5 times what was tested, if it grows in proportion. Whether it does is known after a search at that size.',
    );
    expect(takes(3000)).toMatch(/take 3\.\d times .* more than twice what was measured/);
  });

  it('is a bound where nothing broke, and not known where nothing held', () => {
    expect(takes(15_000, sharp(20_000))).toContain('take at most 1.5 times');
    expect(takes(500, sharp(20_000))).toContain('is enough');
    expect(takes(500, sharp(10))).toBe('What 500/s would take is not known: no load is known to hold.');
    expect(takes(500, (level) => trial(level, 'generator'))).toContain('is not known');
  });
});
