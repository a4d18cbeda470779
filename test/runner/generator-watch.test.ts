import { expect, it } from 'vitest';
import type { MachineReading } from '../../src/core/machine-reading.ts';
import { GeneratorWatch } from '../../src/runner/generator-watch.ts';
import { VirtualClock } from '../simulation/virtual-clock.ts';

const nothing: MachineReading = { throttling: [], memory: [], processors: null, openFiles: null };

/** A watch over a machine that can be changed. */
function watched(workers = 1) {
  const clock = new VirtualClock();
  const machine = { heldUs: 0, offsetUs: 0, reading: nothing };
  const nowUs = clock.nowUs.bind(clock);
  clock.nowUs = () => nowUs() + machine.heldUs;
  const watch = new GeneratorWatch(clock, workers, {
    reading: () => machine.reading,
    cpuUs: () => 0,
    wallOffsetUs: () => machine.offsetUs,
  });
  const pass = (seconds: number): void => clock.advanceTo(nowUs() + seconds * 1e6);
  return { watch, machine, pass };
}

it('has nothing to say about a generator in good health, however long', () => {
  const { watch, pass } = watched();
  const stop = watch.start();
  pass(100);
  stop();
  expect(watch.signals()).toEqual([]);
});

it('adds up the seconds in which the process stood still, and passes over those in which it hardly did', () => {
  const { watch, machine, pass } = watched();
  watch.start();
  for (const heldUs of [800_000, 700_000, 90_000]) {
    pass(1);
    machine.heldUs += heldUs;
    pass(1);
  }
  expect(watch.signals()).toEqual([
    "the generator's process stood still for 1.5 s in all, 800 ms at a time: leave it more CPU, and do not suspend it",
  ]);
});

it('does not count what happened before it was started or after it was stopped', () => {
  const { watch, machine, pass } = watched();
  machine.heldUs += 5_000_000;
  machine.reading = { ...nothing, throttling: [{ periods: 100, throttled: 100, throttledUs: 1e6 }] };
  const stop = watch.start();
  pass(3);
  stop();
  machine.heldUs += 5_000_000;
  pass(3);
  expect(watch.signals()).toEqual([]);
});

it('names what the machine gave to others, the worker that was the limit, and the jump of the clock', () => {
  const { watch, machine, pass } = watched(2);
  machine.reading = { ...nothing, processors: { ticks: 1_000, stolen: 0 } };
  watch.start();
  for (let second = 0; second < 6; second++) watch.load(1, 0.99, { totalUs: 0, longestUs: 0 });
  machine.reading = { ...nothing, processors: { ticks: 2_000, stolen: 500 } };
  machine.offsetUs -= 3_600_000_000;
  pass(1);
  expect(watch.signals().map((signal) => signal.split(':')[0])).toEqual([
    "50 % of the CPU time of the generator's machine went to other virtual machines (steal)",
    'worker 1 was busy more than 85 % of the time for 6 s in a row',
    "the wall clock of the generator's host jumped by -3600 s, at 2023-11-14T22",
  ]);
});
