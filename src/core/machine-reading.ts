import { type CgroupReading, cgroupReader } from './cgroup.ts';
import { type MachineLimits, openFiles } from './machine-limits.ts';
import { type ReadSystemFile, readSystemFile } from './system-file.ts';

/** What the system says about this process and its machine at one moment; counts are since a time of its own choice. */
export interface MachineReading extends CgroupReading {
  /** Time of all processors, in ticks, and what of it a hypervisor gave to others; null where the system does not say. */
  processors: { ticks: number; stolen: number } | null;
  openFiles: MachineLimits['openFiles'];
}

/** Returns a function that takes a reading: some small files, to be read about once a second. */
export function machineReader(read: ReadSystemFile = readSystemFile, files = openFiles): () => MachineReading {
  const cgroup = cgroupReader(read);
  return () => ({ ...cgroup(), processors: processors(read('/proc/stat')), openFiles: files() });
}

/** `cpu user nice system idle iowait irq softirq steal …`; what follows is part of user and nice. */
function processors(stat: string | null): MachineReading['processors'] {
  const line = /^cpu +(\d+(?: \d+){7})/m.exec(stat ?? '')?.[1];
  if (line === undefined) return null;
  const ticks = line.split(' ').map(Number);
  return { ticks: ticks.reduce((sum, value) => sum + value, 0), stolen: ticks[7] as number };
}
