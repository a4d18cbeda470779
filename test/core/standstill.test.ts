import { expect, it } from 'vitest';
import { Standstill } from '../../src/core/standstill.ts';
import { VirtualClock } from '../simulation/virtual-clock.ts';

interface Pause {
  /** How long no timer came, µs. */
  us: number;
  /** Processor time that the process used meanwhile. */
  cpuUs?: number;
}

/** A process that idles, with pauses now and then. */
function stood(...pauses: Pause[]) {
  const clock = new VirtualClock();
  let jumpUs = 0;
  let cpuUs = 0;
  const nowUs = clock.nowUs.bind(clock);
  clock.nowUs = () => nowUs() + jumpUs;
  const standstill = new Standstill(clock, () => cpuUs);
  const cancel = standstill.start();
  for (const pause of pauses) {
    clock.advanceTo(nowUs() + 200_000);
    jumpUs += pause.us;
    cpuUs += pause.cpuUs ?? 0;
    clock.advanceTo(nowUs() + 25_000);
  }
  clock.advanceTo(nowUs() + 200_000);
  cancel();
  return standstill;
}

it.each<[string, Pause[], number, number]>([
  ['nothing of an idle process', [], 0, 0],
  ['nothing of a hiccup', [{ us: 49_000 }, { us: 49_000 }], 0, 0],
  ['a pause', [{ us: 800_000 }], 800_000, 800_000],
  ['each of several pauses', [{ us: 80_000 }, { us: 60_000 }, { us: 80_000 }], 220_000, 80_000],
  ['nothing of a long computation', [{ us: 800_000, cpuUs: 790_000 }], 0, 0],
  ['the rest of a computation that was held back', [{ us: 800_000, cpuUs: 160_000 }], 640_000, 640_000],
])('finds %s', (_, pauses, totalUs, longestUs) => {
  const standstill = stood(...pauses);
  expect(standstill.take()).toEqual({ totalUs, longestUs });
  expect(standstill.take()).toEqual({ totalUs: 0, longestUs: 0 });
});

it('finds a pause that ends with the look', () => {
  const clock = new VirtualClock();
  const standstill = new Standstill(clock, () => 0);
  clock.advanceTo(clock.nowUs() + 3_025_000);
  expect(standstill.take().totalUs).toBe(3_000_000);
});
