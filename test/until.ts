import { sleep, systemClock } from '../src/core/clock.ts';

/** Resolves as soon as this holds; rejects with the question when `timeoutMs` are over. */
export async function until(holds: () => boolean, timeoutMs = 15_000): Promise<void> {
  const clock = systemClock();
  const deadlineUs = clock.nowUs() + timeoutMs * 1000;
  while (!holds()) {
    if (clock.nowUs() > deadlineUs) throw new Error(`waited in vain for ${holds}`);
    await sleep(clock, 2);
  }
}
