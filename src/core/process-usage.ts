/** CPU seconds (user + system, all threads) and peak resident memory of this process so far. */
export function processUsage(): { cpuSeconds: number; peakRssBytes: number } {
  const { user, system } = process.cpuUsage();
  return { cpuSeconds: (user + system) / 1e6, peakRssBytes: process.resourceUsage().maxRSS * 1024 };
}

/** Resident memory of this process now, bytes. */
export function residentBytes(): number {
  return process.memoryUsage.rss();
}
