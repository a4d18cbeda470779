import { hostname } from 'node:os';
import { expect, it } from 'vitest';
import { type HostMark, isSameHost, thisHost } from '../../src/core/host.ts';
import { VirtualClock } from '../simulation/virtual-clock.ts';

const mark = (bootId: string | null, offsetUs = 0): HostMark => ({ bootId, offsetUs });

it('marks a host by what its kernel calls itself and by how long it has been up', () => {
  const clock = new VirtualClock(5_000_000);
  expect(thisHost(clock, () => 'ab-12\n')).toEqual({
    bootId: 'ab-12',
    offsetUs: 1_700_000_000_000_000,
    name: hostname(),
  });
  expect(thisHost(clock, () => null).bootId).toBeNull();
  expect(thisHost(clock, () => '\n').bootId).toBeNull();
});

it.each<[string, HostMark | undefined, HostMark | undefined, boolean]>([
  ['one host', mark('a', 7), mark('a', 5_007), true],
  ['two hosts', mark('a'), mark('b'), false],
  ['two machines from one image', mark('a', 0), mark('a', 5_001), false],
  ['systems without marks', mark(null), mark(null), false],
  ['a document of before', undefined, mark('a'), false],
  ['a document of before, on the other side', mark('a'), undefined, false],
])('knows %s', (_, a, b, same) => {
  expect(isSameHost(a, b)).toBe(same);
});
