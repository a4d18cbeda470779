import { createReadStream, existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { runFiles } from '../runner/run-directory.ts';

/** What was found of one device. */
export interface DeviceFault {
  device: string;
  fleet: string;
  /** Findings by kind. */
  kinds: Readonly<Record<string, number>>;
  total: number;
}

/** Devices that are told apart; what others have is left out. */
const MOST_DEVICES = 100_000;
const MOST_SHOWN = 20;

/** The devices with the most findings, the worst first, from the `findings.ndjson` of a run's directory. */
export async function readFaults(dir: string): Promise<DeviceFault[]> {
  const path = join(dir, runFiles.findings);
  if (!existsSync(path)) return [];
  const devices = new Map<string, { device: string; fleet: string; kinds: Record<string, number>; total: number }>();
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY })) {
    const finding = parsed(line);
    if (finding === null) continue;
    const { device, fleet, kind } = finding;
    const key = `${fleet} ${device}`;
    let fault = devices.get(key);
    if (fault === undefined) {
      if (devices.size >= MOST_DEVICES) continue;
      fault = { device, fleet, kinds: {}, total: 0 };
      devices.set(key, fault);
    }
    fault.kinds[kind] = (fault.kinds[kind] ?? 0) + 1;
    fault.total++;
  }
  return [...devices.values()].sort((a, b) => b.total - a.total).slice(0, MOST_SHOWN);
}

/** A line about one event; null for any other. */
function parsed(line: string): { device: string; fleet: string; kind: string } | null {
  try {
    const { device, fleet, kind } = JSON.parse(line) as Record<string, unknown>;
    return typeof device === 'string' && typeof fleet === 'string' && typeof kind === 'string'
      ? { device, fleet, kind }
      : null;
  } catch {
    // The last line of a run that was cut off.
    return null;
  }
}
