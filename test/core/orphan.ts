import { whenOrphaned } from '../../src/core/child-process.ts';
import { sleep, systemClock } from '../../src/core/clock.ts';

// The channel ends meanwhile, and nobody hears it.
const clock = systemClock();
while (process.connected) await sleep(clock, 1);
whenOrphaned(() => process.exit(7));
// Otherwise it would live on.
clock.every(1_000, () => {});
