import { expect, it } from 'vitest';
import type { MachineReading } from '../../src/core/machine-reading.ts';
import { MachineWatch } from '../../src/metrics/machine-watch.ts';

const nothing: MachineReading = { throttling: [], memory: [], processors: null, openFiles: null };
const group = (periods: number, throttled: number, throttledUs: number) => ({ periods, throttled, throttledUs });
const quota = (...throttling: MachineReading['throttling']): MachineReading => ({ ...nothing, throttling });
const processors = (ticks: number, stolen: number): MachineReading => ({ ...nothing, processors: { ticks, stolen } });
const memory = (usedBytes: number): MachineReading => ({ ...nothing, memory: [{ usedBytes, limitBytes: 2 ** 30 }] });
const files = (now: number): MachineReading => ({ ...nothing, openFiles: { now, most: 1_000 } });

it.each<[string, MachineReading[], string[]]>([
  ['nothing without readings', [], []],
  ['nothing where the system says nothing', [nothing, nothing], []],
  ['no throttling before the first look', [quota(group(100, 90, 9e6)), quota(group(200, 91, 9e6))], []],
  [
    'throttling, by the tighter of two groups',
    [quota(group(100, 0, 0), group(0, 0, 0)), quota(group(200, 1, 5), group(100, 43, 6.2e6))],
    [
      "the generator's CPU quota was used up in 43 % of its periods, 6.2 s of waiting: raise its CPU limit, or lower the rate",
    ],
  ],
  ['no group that came or went', [quota(group(100, 0, 0)), quota(group(50, 50, 5)), quota()], []],
  ['no steal of 2 %', [processors(1_000, 100), processors(2_000, 120)], []],
  [
    'steal of more',
    [processors(1_000, 100), processors(1_500, 100), processors(2_000, 121)],
    [
      "2.1 % of the CPU time of the generator's machine went to other virtual machines (steal): use a machine with processors of its own",
    ],
  ],
  ['no processors whose time stands', [processors(1_000, 0), processors(1_000, 900)], []],
  ['no memory below the bound', [memory(0.85 * 2 ** 30)], []],
  [
    'memory at its peak',
    [memory(1), memory(0.9 * 2 ** 30), memory(1)],
    [
      "the generator's memory grew to 922 MiB of the 1 GiB it is limited to (90 %): raise the limit, or use fewer devices or a pool of connections",
    ],
  ],
  ['no descriptors below the bound', [files(800)], []],
  [
    'descriptors at their peak',
    [files(801), files(3)],
    ['the generator had 801 of 1000 descriptors open: raise the limit (ulimit -n), or use a pool of connections'],
  ],
])('finds %s', (_, readings, expected) => {
  const watch = new MachineWatch('generator');
  for (const reading of readings) watch.second(reading);
  expect(watch.signals()).toEqual(expected);
});
