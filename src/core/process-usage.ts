import type { Micros } from './clock.ts';

/** CPU seconds (user + system, all threads) and peak resident memory of this process so far. */
export function processUsage(): { cpuSeconds: number; peakRssBytes: number } {
  return { cpuSeconds: processCpuUs() / 1e6, peakRssBytes: process.resourceUsage().maxRSS * 1024 };
}

/** CPU time (user + system, all threads) of this process so far. */
export function processCpuUs(): Micros {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** Resident memory of this process now, bytes. */
export function residentBytes(): number {
  return process.memoryUsage.rss();
}
