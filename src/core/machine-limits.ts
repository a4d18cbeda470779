import { readdirSync, statSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { readSystemFile } from './system-file.ts';

/** Bounds that the system sets to connections; null where it does not say (it does on Linux). */
export interface MachineLimits {
  /** Files, sockets among them, that this process may have open, and those it has. */
  openFiles: { most: number; now: number } | null;
  /** Local ports that one local address has for connections to one endpoint. */
  localPorts: number | null;
}

/** What this machine has for all that runs on it. */
export interface Machine {
  cores: number;
  /** Of the control group where one bounds it. */
  memoryBytes: number;
  limits: MachineLimits;
}

export function thisMachine(): Machine {
  const bound = process.constrainedMemory?.() ?? 0;
  // Without a bound Node tells a number beyond all memory, or 0.
  const memoryBytes = bound > 0 && bound < totalmem() ? bound : totalmem();
  return { cores: availableParallelism(), memoryBytes, limits: machineLimits() };
}

/** Reads them as they are now. Node has raised the first to its hard limit when it started. */
export function machineLimits(): MachineLimits {
  return { openFiles: openFiles(), localPorts: localPorts() };
}

/** Files that this process may have open, and those it has; null where the system does not say. */
export function openFiles(): MachineLimits['openFiles'] {
  const most = /^Max open files\s+(\d+|unlimited)/m.exec(textOf('/proc/self/limits'))?.[1];
  if (most === undefined) return null;
  const now = descriptors();
  return { most: most === 'unlimited' ? Number.POSITIVE_INFINITY : Number(most), now };
}

/** Linux 6.2 and later say it as the size of the folder; before, each has to be listed. */
function descriptors(): number {
  return statSync('/proc/self/fd').size || readdirSync('/proc/self/fd').length;
}

function localPorts(): number | null {
  const range = /^(\d+)\s+(\d+)/.exec(textOf('/proc/sys/net/ipv4/ip_local_port_range'));
  if (range === null) return null;
  const [first, last] = [Number(range[1]), Number(range[2])];
  return last - first + 1 - reservedPorts(textOf('/proc/sys/net/ipv4/ip_local_reserved_ports'), first, last);
}

/** How many ports of `first … last` a list such as `8080,9000-9010` holds. */
export function reservedPorts(list: string, first: number, last: number): number {
  let count = 0;
  for (const [, from, to] of list.matchAll(/(\d+)(?:-(\d+))?/g)) {
    const [low, high] = [Math.max(first, Number(from)), Math.min(last, Number(to ?? from))];
    if (high >= low) count += high - low + 1;
  }
  return count;
}

function textOf(path: string): string {
  return readSystemFile(path) ?? '';
}
