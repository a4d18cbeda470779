import { describe, expect, it } from 'vitest';
import { GeneratorWatch } from '../../src/runner/generator-watch.ts';
import { VirtualClock } from '../simulation/virtual-clock.ts';

describe('GeneratorWatch', () => {
  it('calls a worker saturated only after five busy seconds in a row', () => {
    const watch = new GeneratorWatch(new VirtualClock(), 2);
    for (const busy of [0.9, 0.9, 0.9, 0.9, 0.1, 0.9]) watch.load(0, busy);
    expect(watch.signals()).toEqual([]);
    for (let second = 0; second < 6; second++) watch.load(1, 0.99);
    expect(watch.signals()).toEqual(['worker 1 was busy more than 85 % of the time for 6 s in a row']);
  });

  it('notices a jump of the wall clock, not its drift', () => {
    const clock = new VirtualClock();
    let stepUs = 0;
    const wallUs = clock.wallUs.bind(clock);
    clock.wallUs = () => wallUs() + stepUs;
    const watch = new GeneratorWatch(clock, 1);
    stepUs += 400;
    watch.checkClocks();
    expect(watch.signals()).toEqual([]);
    stepUs -= 3_600_000_000;
    watch.checkClocks();
    watch.checkClocks();
    expect(watch.signals()).toEqual(['the wall clock jumped by -3600000 ms']);
  });
});
