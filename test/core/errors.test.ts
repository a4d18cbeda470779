import { describe, expect, it } from 'vitest';
import { fromPlainError, IotloadError, toPlainError } from '../../src/core/errors.ts';

describe('errors across a thread or process border', () => {
  it('keep code, place, value and hint', () => {
    const error = new IotloadError('target-refused', 'no', { where: 'target.auth', value: 'x', hint: 'try y' });
    const back = fromPlainError(structuredClone(toPlainError(error)));
    expect(back).toBeInstanceOf(IotloadError);
    expect(back).toMatchObject({
      code: 'target-refused',
      message: 'no',
      where: 'target.auth',
      value: 'x',
      hint: 'try y',
    });
  });

  it('anything else is a defect and keeps its stack', () => {
    const plain = toPlainError(new TypeError('boom'));
    expect(plain.code).toBe('defect');
    expect(fromPlainError(plain).stack).toContain('errors.test');
    expect(toPlainError('a string')).toEqual({ code: 'defect', message: 'a string' });
  });
});
