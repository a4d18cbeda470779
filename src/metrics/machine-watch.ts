import type { MemoryUse, Throttling } from '../core/cgroup.ts';
import type { MachineReading } from '../core/machine-reading.ts';
import { formatBytes, formatMicros } from '../core/units.ts';
import { formatShare } from './format-share.ts';

/** Share of its quota's periods in which a group may be held back: 1/100. */
const THROTTLED_SHARE = 0.01;
/** Share of the processors' time that a hypervisor may give to others: 2/100. */
const STOLEN_SHARE = 0.02;
/** Shares of memory and descriptors that may be in use. */
const MEMORY_SHARE = 0.85;
const FILES_SHARE = 0.8;

/** Watches what the system grants a process, and finds what it was short of. */
export class MachineWatch {
  readonly #who: string;
  #first: MachineReading | null = null;
  #last: MachineReading | null = null;
  #memory: MemoryUse | null = null;
  #files: { most: number; now: number } | null = null;

  /** `who` stands in every sentence: "generator", "verifier". */
  constructor(who: string) {
    this.#who = who;
  }

  /** To be called once a second with a reading. */
  second(reading: MachineReading): void {
    this.#first ??= reading;
    this.#last = reading;
    for (const use of reading.memory) {
      if (this.#memory === null || shareOf(use) > shareOf(this.#memory)) this.#memory = use;
    }
    if (reading.openFiles !== null && reading.openFiles.now > (this.#files?.now ?? 0)) this.#files = reading.openFiles;
  }

  /** Open files at the last reading; null where the system does not say. */
  get descriptors(): number | null {
    return this.#last?.openFiles?.now ?? null;
  }

  /** What went beyond its bound, one sentence each, with what helps. */
  signals(): string[] {
    return [this.#throttled(), this.#stolen(), this.#memoryShort(), this.#filesShort()].filter(
      (signal) => signal !== null,
    );
  }

  #throttled(): string | null {
    let worst: Throttling = { periods: 1, throttled: 0, throttledUs: 0 };
    this.#last?.throttling.forEach((now, group) => {
      const before = this.#first?.throttling[group];
      if (before === undefined || now.periods <= before.periods) return;
      const gained = {
        periods: now.periods - before.periods,
        throttled: now.throttled - before.throttled,
        throttledUs: now.throttledUs - before.throttledUs,
      };
      if (gained.throttled * worst.periods > worst.throttled * gained.periods) worst = gained;
    });
    const share = worst.throttled / worst.periods;
    if (share <= THROTTLED_SHARE) return null;
    const waited = formatMicros(worst.throttledUs);
    return `the ${this.#who}'s CPU quota was used up in ${percent(share)} of its periods, ${waited} of waiting: raise its CPU limit, or lower the rate`;
  }

  #stolen(): string | null {
    const [before, now] = [this.#first?.processors, this.#last?.processors];
    if (!before || !now || now.ticks <= before.ticks) return null;
    const share = (now.stolen - before.stolen) / (now.ticks - before.ticks);
    if (share <= STOLEN_SHARE) return null;
    return `${percent(share)} of the CPU time of the ${this.#who}'s machine went to other virtual machines (steal): use a machine with processors of its own`;
  }

  #memoryShort(): string | null {
    if (this.#memory === null || shareOf(this.#memory) <= MEMORY_SHARE) return null;
    const { usedBytes, limitBytes } = this.#memory;
    const [used, limit, share] = [formatBytes(usedBytes), formatBytes(limitBytes), percent(shareOf(this.#memory))];
    return `the ${this.#who}'s memory grew to ${used} of the ${limit} it is limited to (${share}): raise the limit, or use fewer devices or a pool of connections`;
  }

  #filesShort(): string | null {
    if (this.#files === null || this.#files.now <= this.#files.most * FILES_SHARE) return null;
    const { now, most } = this.#files;
    return `the ${this.#who} had ${now} of ${most} descriptors open: raise the limit (ulimit -n), or use a pool of connections`;
  }
}

function shareOf({ usedBytes, limitBytes }: MemoryUse): number {
  return usedBytes / limitBytes;
}

/** To a tenth of a percent: what is sampled once a second is no more exact. */
function percent(share: number): string {
  return formatShare(Math.round(share * 1000) / 1000);
}
