import { performance } from 'node:perf_hooks';

/** Returns a function that gives the share of time, 0…1, in which this thread's event loop was busy since its previous call. */
export function loopUsage(): () => number {
  let last = performance.eventLoopUtilization();
  return () => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, last);
    last = now;
    return utilization;
  };
}
