import { arch, cpus, release, type } from 'node:os';
import type { RunResult } from '../metrics/result.ts';

/** The machine and the versions a run was made with. */
export function environment(version: string): RunResult['environment'] {
  const processors = cpus();
  return {
    iotload: version,
    node: process.version,
    os: `${type()} ${release()} ${arch()}`,
    cpu: processors[0]?.model ?? 'unknown',
    cores: processors.length,
  };
}
