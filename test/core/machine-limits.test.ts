import { expect, it } from 'vitest';
import { machineLimits, reservedPorts } from '../../src/core/machine-limits.ts';

it('counts the reserved ports that lie in the range', () => {
  expect(reservedPorts('', 100, 200)).toBe(0);
  expect(reservedPorts('150\n', 100, 200)).toBe(1);
  expect(reservedPorts('1-99,201-300', 100, 200)).toBe(0);
  expect(reservedPorts('50-100,110,190-250\n', 100, 200)).toBe(1 + 1 + 11);
});

it('knows what Linux says, and elsewhere that nothing is known', () => {
  const { openFiles, localPorts } = machineLimits();
  if (process.platform === 'linux') {
    expect(openFiles?.now).toBeGreaterThan(3);
    expect(openFiles?.most).toBeGreaterThan(openFiles?.now as number);
    expect(localPorts).toBeGreaterThan(0);
    expect(localPorts).toBeLessThan(65_536);
  } else {
    expect({ openFiles, localPorts }).toEqual({ openFiles: null, localPorts: null });
  }
});
