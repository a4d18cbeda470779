import { hostname } from 'node:os';
import type { Clock, Micros } from './clock.ts';
import { type ReadSystemFile, readSystemFile } from './system-file.ts';

/** What tells one host from another. */
export interface HostMark {
  /** A random id that the kernel gives itself when it starts; null where the system has none. */
  bootId: string | null;
  /** Wall clock minus monotonic clock: two machines made from one image may have the same id, but not the same uptime too. */
  offsetUs: Micros;
  /** What the host is called; only for people. */
  name?: string;
}

/** The offset is read from clocks that tell time to about a millisecond. */
const SAME_OFFSET_US = 5_000;

/** The mark of this host. */
export function thisHost(clock: Clock, read: ReadSystemFile = readSystemFile): HostMark {
  const bootId = read('/proc/sys/kernel/random/boot_id')?.trim() || null;
  return { bootId, offsetUs: clock.wallUs() - clock.nowUs(), name: hostname() };
}

/** Whether both marks are certainly those of one host, whose processes share their clocks. */
export function isSameHost(a: HostMark | undefined, b: HostMark | undefined): boolean {
  if (a === undefined || b === undefined || a.bootId === null || a.bootId !== b.bootId) return false;
  return Math.abs(a.offsetUs - b.offsetUs) <= SAME_OFFSET_US;
}
