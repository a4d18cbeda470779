import { expect, it } from 'vitest';
import { machineReader } from '../../src/core/machine-reading.ts';

it('takes the stolen part of the time of all processors', () => {
  const stat = 'cpu  100 1 20 800 9 2 3 65 40 0\ncpu0 1 1 1 1 1 1 1 1 1 1\n';
  const read = machineReader(
    (path) => (path === '/proc/stat' ? stat : null),
    () => ({ most: 10, now: 4 }),
  );
  expect(read()).toEqual({
    throttling: [],
    memory: [],
    processors: { ticks: 1_000, stolen: 65 },
    openFiles: { most: 10, now: 4 },
  });
});

it('knows nothing where the system says nothing', () => {
  const nothing = { throttling: [], memory: [], processors: null, openFiles: null };
  expect(
    machineReader(
      () => null,
      () => null,
    )(),
  ).toEqual(nothing);
  expect(
    machineReader(
      () => 'intr 5\n',
      () => null,
    )(),
  ).toEqual(nothing);
});

it('reads this machine', () => {
  const reading = machineReader()();
  if (process.platform === 'linux') expect(reading.processors?.ticks).toBeGreaterThan(0);
  else expect(reading).toEqual({ throttling: [], memory: [], processors: null, openFiles: null });
});
