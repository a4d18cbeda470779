import { expect, it } from 'vitest';
import { parseDurationFlag } from '../../src/cli/duration-flag.ts';

it('reads a duration, or says which flag is none', () => {
  expect(parseDurationFlag('--wait', '1m30s')).toBe(90_000_000);
  expect(() => parseDurationFlag('--wait', 'soon')).toThrow(
    expect.objectContaining({ code: 'bad-arguments', where: '--wait', value: 'soon', hint: expect.anything() }),
  );
});
