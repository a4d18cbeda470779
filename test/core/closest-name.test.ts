import { describe, expect, it } from 'vitest';
import { closestName } from '../../src/core/closest-name.ts';

describe('closestName', () => {
  it('finds what was meant', () => {
    const known = ['run', 'verify', 'validate', 'sample', 'lost', 'shard', 'response_time', 'devices'];
    expect(closestName('rnu', known)).toBe('run');
    expect(closestName('shrad', known)).toBe('shard');
    expect(closestName('lots', known)).toBe('lost');
    expect(closestName('Verfiy', known)).toBe('verify');
    expect(closestName('respnse_time', known)).toBe('response_time');
    expect(closestName('dev', known)).toBe('devices');
  });

  it('says nothing when nothing is near', () => {
    expect(closestName('teleport', ['run', 'verify'])).toBeUndefined();
    expect(closestName('', ['run'])).toBeUndefined();
    expect(closestName('run', [])).toBeUndefined();
  });
});
