import type { Clock } from '../core/clock.ts';
import type { GcPauses } from '../core/gc-pauses.ts';
import { type MachineReading, machineReader } from '../core/machine-reading.ts';
import { processCpuUs, processUsage, residentBytes } from '../core/process-usage.ts';
import { Standstill } from '../core/standstill.ts';
import { formatMicros } from '../core/units.ts';
import { type WallJump, wallOffsetUs } from '../core/wall-offset.ts';
import { MachineWatch } from '../metrics/machine-watch.ts';
import { jumpSignals, WallJumps } from '../metrics/wall-jumps.ts';
import type { NoticeKind } from '../targets/target.ts';
import type { SentMoment } from '../wire/moments.ts';
import { WorkerWatch } from './worker-watch.ts';

const SECOND_MS = 1000;
/** A process that stands still no longer than this a second keeps what it promises. */
const STOOD_US = 100_000;

/** What the watch looks at, as parameters. */
export interface WatchPorts {
  clock: Clock;
  reading(): MachineReading;
  /** Processor time of this process so far. */
  cpuUs(): number;
  /** See `wallOffsetUs`. */
  wallOffsetUs(): number | null;
}

/** Watches the generator itself, so that its own limits are never charged to the target. */
export class GeneratorWatch {
  readonly #ports: WatchPorts;
  readonly #workers: WorkerWatch[];
  readonly #machine = new MachineWatch('generator');
  readonly #standstill: Standstill;
  readonly #jumps: WallJumps;
  #stoodUs = 0;
  #longestUs = 0;
  readonly #busy: number[] = [];
  #throttled = 0;
  #disconnected = 0;

  constructor(clock: Clock, workers: number, ports: Partial<WatchPorts> = {}) {
    this.#ports = { clock, reading: machineReader(), cpuUs: processCpuUs, wallOffsetUs, ...ports };
    this.#workers = Array.from({ length: workers }, (_, worker) => new WorkerWatch(worker));
    this.#standstill = new Standstill(clock, this.#ports.cpuUs);
    this.#jumps = new WallJumps(this.#ports.wallOffsetUs, () => clock.wallUs());
  }

  /** Looks once a second until the returned function is called. */
  start(): () => void {
    const cancels = [this.#standstill.start(), this.#ports.clock.every(SECOND_MS, () => this.#second())];
    this.#standstill.take();
    this.#machine.second(this.#ports.reading());
    return () => {
      for (const cancel of cancels) cancel();
    };
  }

  /** One second of a worker's thread. */
  load(worker: number, busy: number, gc: GcPauses): void {
    this.#workers[worker]?.second(busy, gc);
    this.#busy[worker] = busy;
  }

  /** A target told of so many equal things. */
  noticed(kind: NoticeKind, count: number): void {
    if (kind === 'throttled') this.#throttled += count;
    else if (kind === 'disconnected') this.#disconnected += count;
  }

  /** Where the generator stands now. */
  moment(): Pick<SentMoment, 'cpuUs' | 'rssBytes' | 'busy' | 'descriptors' | 'throttled' | 'disconnected'> {
    return {
      cpuUs: this.#ports.cpuUs(),
      rssBytes: residentBytes(),
      busy: this.#busy.length === 0 ? null : Math.max(...this.#busy.filter((busy) => busy !== undefined)),
      descriptors: this.#machine.descriptors,
      throttled: this.#throttled,
      disconnected: this.#disconnected,
    };
  }

  /** Steps of this host's wall clock so far. */
  get jumps(): readonly WallJump[] {
    return this.#jumps.found;
  }

  /** Sentences about everything that went beyond its bound. */
  signals(): string[] {
    return [
      ...this.#stood(),
      ...this.#machine.signals(),
      ...this.#workers.flatMap((worker) => worker.signals()),
      ...jumpSignals('generator', this.jumps),
    ];
  }

  usage(): { cpuSeconds: number; peakRssBytes: number } {
    return processUsage();
  }

  #second(): void {
    const { totalUs, longestUs } = this.#standstill.take();
    if (totalUs > STOOD_US) this.#stoodUs += totalUs;
    this.#longestUs = Math.max(this.#longestUs, longestUs);
    this.#machine.second(this.#ports.reading());
    this.#jumps.look();
  }

  #stood(): string[] {
    if (this.#stoodUs === 0) return [];
    const [all, longest] = [formatMicros(this.#stoodUs), formatMicros(this.#longestUs)];
    return [
      `the generator's process stood still for ${all} in all, ${longest} at a time: leave it more CPU, and do not suspend it`,
    ];
  }
}
