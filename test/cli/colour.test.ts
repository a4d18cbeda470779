import { expect, it } from 'vitest';
import { wantsColour } from '../../src/cli/colour.ts';

it.each([
  ['a terminal', true, {}, true],
  ['a pipe', false, {}, false],
  ['a terminal without abilities', true, { TERM: 'dumb' }, false],
  ['NO_COLOR', true, { NO_COLOR: '1' }, false],
  ['an empty NO_COLOR, which says nothing', true, { NO_COLOR: '' }, true],
  ['FORCE_COLOR into a pipe', false, { FORCE_COLOR: '1' }, true],
  ['FORCE_COLOR=0', true, { FORCE_COLOR: '0' }, false],
  ['both: NO_COLOR wins', false, { NO_COLOR: '1', FORCE_COLOR: '1' }, false],
])('%s', (_, isTTY, env, colour) => {
  expect(wantsColour({ isTTY }, env)).toBe(colour);
});
