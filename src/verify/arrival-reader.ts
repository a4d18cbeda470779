import type { Anchor } from '../core/anchor.ts';
import type { Clock, Micros } from '../core/clock.ts';
import type { FleetEvents } from '../events/fleet-events.ts';
import { createIdentified, Status } from '../events/identified.ts';
import type { Identifier } from '../events/identifier.ts';
import type { Recorder } from '../metrics/recorder.ts';
import type { Plan } from '../plan/plan.ts';
import type { DeliveredBatch } from '../targets/target.ts';
import type { PlacedKind } from '../wire/placed-arrivals.ts';
import { Arrival, type Ledger } from './ledger.ts';

/** One in this many events that carry their identity is made again and compared byte by byte, besides its checksum. */
const COMPARE_EVERY = 1_000;

export interface ArrivalReaderOptions {
  plan: Plan;
  clock: Clock;
  ledger: Ledger;
  identifier: Identifier;
  /** Intended send times of each fleet, slot time, in the plan's order. */
  intendedOf: readonly ((slot: number) => Micros)[];
  recorders: readonly Recorder[];
  /** With the anchor an event can be made again and timed on the monotonic clock; without it only timed on the wall clock. */
  anchor: Anchor | null;
  events: readonly FleetEvents[] | null;
  /** A readiness marker of this run. */
  probe(): void;
}

/** Takes what a source delivers: which event is it, is it unaltered, is it the first of its kind, how long did it take. */
export class ArrivalReader {
  readonly #options: ArrivalReaderOptions;
  readonly #found = createIdentified();
  readonly #comparable: readonly boolean[];
  readonly #fromUs: Micros;
  readonly #toUs: Micros;
  /** Nothing was due at any time that a clock of this host knows. */
  readonly #unpaced: boolean;
  #untilCompare = COMPARE_EVERY;

  constructor(options: ArrivalReaderOptions) {
    this.#options = options;
    const { run, fleets, clock } = options.plan;
    this.#comparable = fleets.map(
      ({ payload }) => options.events !== null && ['fields', 'headers'].includes(payload.identity),
    );
    this.#unpaced = clock.speed === 'max';
    this.#fromUs = run.warmUpUs;
    this.#toUs = run.warmUpUs + run.durationUs;
  }

  read(batch: DeliveredBatch): void {
    const { identifier, ledger, probe } = this.#options;
    const { bytes, identityStarts, identityEnds, payloadStarts, payloadEnds, count } = batch;
    const found = this.#found;
    for (let i = 0; i < count; i++) {
      const start = payloadStarts[i] as number;
      const end = payloadEnds[i] as number;
      switch (identifier.identify(bytes, start, end, found, identityStarts[i], identityEnds[i])) {
        case Status.own:
          if (found.slot < 0) ledger.unidentified();
          else if (this.#altered(bytes, start, end)) this.#corrupt(batch, i);
          else this.#enter(batch, i);
          break;
        case Status.corrupt:
          this.#corrupt(batch, i);
          break;
        case Status.foreign:
          ledger.foreign();
          break;
        case Status.probe:
          probe();
      }
    }
  }

  #altered(bytes: Uint8Array, start: number, end: number): boolean {
    const { fleet, slot } = this.#found;
    if (!this.#comparable[fleet] || --this.#untilCompare > 0) return false;
    this.#untilCompare = COMPARE_EVERY;
    return this.#options.events?.[fleet]?.matches(slot, bytes, start, end) === false;
  }

  #corrupt(batch: DeliveredBatch, i: number): void {
    const { fleet, slot } = this.#found;
    this.#options.ledger.corrupt(fleet, slot);
    this.#place('corrupt', batch, i);
  }

  #place(kind: PlacedKind, { log }: DeliveredBatch, i: number): void {
    const { fleet, slot } = this.#found;
    const offset = log?.offsets?.[i];
    if (log !== undefined && offset !== undefined) this.#options.ledger.place(kind, fleet, slot, log.partition, offset);
  }

  #enter(batch: DeliveredBatch, i: number): void {
    const { atUs } = batch;
    const { ledger, intendedOf, recorders, anchor, clock } = this.#options;
    const { fleet, slot, seat, sequence, intendedWallUs } = this.#found;
    const arrival = ledger.own(fleet, slot, seat, sequence);
    if (arrival === Arrival.duplicate) this.#place('duplicate', batch, i);
    else if (arrival === Arrival.reordered) this.#place('reordered', batch, i);
    if (arrival === Arrival.duplicate || arrival === Arrival.foreign || this.#unpaced) return;
    // The intended time of an event is the schedule's start plus its slot time, exactly; only without the start it takes the schedule.
    const dueUs =
      anchor === null ? (intendedOf[fleet] as (slot: number) => Micros)(slot) : intendedWallUs - anchor.startWallUs;
    if (dueUs < this.#fromUs || dueUs >= this.#toUs) return;
    // Without the anchor there is only the wall clock, read with each event: nobody is in a hurry there.
    const latencyUs =
      anchor === null ? clock.wallUs() - clock.nowUs() + atUs - intendedWallUs : atUs - anchor.startMonoUs - dueUs;
    (recorders[fleet] as Recorder).record(latencyUs);
  }
}
