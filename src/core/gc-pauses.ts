import { PerformanceObserver } from 'node:perf_hooks';
import type { Micros } from './clock.ts';

/** Time that a thread spent collecting garbage. */
export interface GcPauses {
  totalUs: Micros;
  longestUs: Micros;
}

/** Watches this thread's garbage collection; `take` gives what there was since its previous call. */
export function watchGarbageCollection(): { take(): GcPauses; stop(): void } {
  let pauses: GcPauses = { totalUs: 0, longestUs: 0 };
  const observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) {
      const us = Math.round(duration * 1000);
      pauses.totalUs += us;
      pauses.longestUs = Math.max(pauses.longestUs, us);
    }
  });
  observer.observe({ entryTypes: ['gc'] });
  return {
    take() {
      const taken = pauses;
      pauses = { totalUs: 0, longestUs: 0 };
      return taken;
    },
    stop: () => observer.disconnect(),
  };
}
