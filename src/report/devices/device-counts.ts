import type { Part } from '../../core/anchor.ts';
import { Outcome } from '../../core/outcome.ts';
import type { SlotSet } from '../../core/slot-set.ts';
import { fleetDeviceIds } from '../../events/fleet-behavior.ts';
import { fleetGroups } from '../../plan/fleet-groups.ts';
import type { FleetPlan, Plan } from '../../plan/plan.ts';
import type { FleetArrivals } from '../../wire/seen-file.ts';
import { SeatCounts } from './seat-counts.ts';

/** Bars of a histogram. */
const MOST_BARS = 24;
const MOST_WORST = 10;
const WHOLE: Part = { index: 0, count: 1 };

/** How many events each device of a fleet sent, and which devices had the most that were not seen again, or twice. */
export interface DeviceCounts {
  fleet: string;
  devices: number;
  /** Events of a device that were sent and not refused. */
  least: number;
  median: number;
  most: number;
  /** Bar i counts the devices with `edges[i]` events until before `edges[i + 1]`. */
  edges: number[];
  counts: number[];
  /** The worst first; none where nothing was read back, or nothing is missing or there twice. */
  worst: CountedDevice[];
}

export interface CountedDevice {
  /** Its id, in its first incarnation. */
  device: string;
  sent: number;
  /** Sent and not seen. */
  unseen: number;
  /** Seen more than once. */
  twice: number;
}

interface Counters {
  sent: SeatCounts;
  seen: SeatCounts;
  twice: SeatCounts;
}

/** Counts events by device while the files of a run are read. Several targets count together. */
export class DeviceCounter {
  readonly #plan: Plan;
  readonly #runId: string;
  readonly #groups: readonly number[][];
  readonly #counters: readonly Counters[];
  #read = false;

  constructor(plan: Plan, runId: string) {
    this.#plan = plan;
    this.#runId = runId;
    this.#groups = fleetGroups(plan);
    this.#counters = this.#groups.map(([place]) => {
      const { devices } = plan.fleets[place as number] as FleetPlan;
      const [sent, seen, twice] = [new SeatCounts(devices), new SeatCounts(devices), new SeatCounts(devices)];
      return { sent, seen, twice };
    });
  }

  settled(place: number, part: Part, outcome: Outcome, from: number, to: number): void {
    if (outcome !== Outcome.rejected && outcome !== Outcome.notSent) this.#of(place)?.sent.add(part, from, to);
  }

  /** What was seen of the fleet at a place of the plan. */
  seen(place: number, { fresh, doubled }: Pick<FleetArrivals, 'fresh' | 'doubled'>): void {
    this.#read = true;
    const counters = this.#of(place);
    if (counters === undefined) return;
    const add = (slots: SlotSet, into: SeatCounts): void =>
      slots.forEachInterval((from, to) => into.add(WHOLE, from, to));
    add(fresh, counters.seen);
    add(doubled, counters.twice);
  }

  finish(): DeviceCounts[] {
    return this.#groups.flatMap(([place], group) => {
      const fleet = this.#plan.fleets[place as number] as FleetPlan;
      const { sent, seen, twice } = this.#counters[group] as Counters;
      const events = sent.all;
      const sorted = events.slice().sort();
      const [least, most] = [sorted[0] ?? 0, sorted.at(-1) ?? 0];
      if (most === 0) return [];
      const median = sorted[sorted.length >> 1] as number;
      const worst =
        this.#read && fleet.payload.identity !== 'none' ? this.#worst(fleet, events, seen.all, twice.all) : [];
      return [{ fleet: fleet.name, devices: fleet.devices, least, median, most, ...bars(sorted, least, most), worst }];
    });
  }

  #worst(fleet: FleetPlan, sent: Float64Array, seen: Float64Array, twice: Float64Array): CountedDevice[] {
    const faults = sent.map((count, seat) => Math.max(0, count - (seen[seat] as number)) + (twice[seat] as number));
    const ids = fleetDeviceIds(this.#plan, fleet, this.#runId);
    return greatest(faults, MOST_WORST).map((seat) => ({
      device: ids.text(seat),
      sent: sent[seat] as number,
      unseen: Math.max(0, (sent[seat] as number) - (seen[seat] as number)),
      twice: twice[seat] as number,
    }));
  }

  #of(place: number): Counters | undefined {
    return this.#counters[this.#groups.findIndex((places) => places.includes(place))];
  }
}

/** `sorted` ascending. */
function bars(sorted: Float64Array, least: number, most: number): Pick<DeviceCounts, 'edges' | 'counts'> {
  const width = Math.ceil((most - least + 1) / MOST_BARS);
  const counts = new Array<number>(Math.ceil((most - least + 1) / width)).fill(0);
  for (const count of sorted) {
    const bar = Math.floor((count - least) / width);
    counts[bar] = (counts[bar] as number) + 1;
  }
  return { edges: Array.from({ length: counts.length + 1 }, (_, i) => least + i * width), counts };
}

/** The places of the greatest values above 0, the greatest first. */
function greatest(values: Float64Array, most: number): number[] {
  const found: number[] = [];
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (value === 0 || (found.length === most && value <= (values[found.at(-1) as number] as number))) continue;
    const at = found.findIndex((other) => (values[other] as number) < value);
    found.splice(at < 0 ? found.length : at, 0, i);
    found.length = Math.min(found.length, most);
  }
  return found;
}
