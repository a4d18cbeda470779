import { type Board, type SenderInterval, senderIntervals } from '../engine/board.ts';
import { Histogram } from '../metrics/histogram.ts';
import { RecorderReader } from '../metrics/recorder-reader.ts';
import { CellCounts } from '../wire/cell-counts.ts';
import { addTotals, emptyTotals, type SampleTotals } from '../wire/samples.ts';

type Histograms = Record<SenderInterval, Histogram>;

/** A latency distribution that is emptied and used again. */
type Gained = SampleTotals & { cells: CellCounts };

/** The workers' recorders, folded into 64-bit histograms: one set per fleet. */
export class Latencies {
  readonly #fleets: Histograms[];
  readonly #readers: { fleet: number; interval: SenderInterval; reader: RecorderReader }[] = [];
  /** What was folded and not taken yet, by fleet, in the order of `senderIntervals`. */
  #gained: Gained[][];
  /** What was taken last. */
  #taken: Gained[][];

  constructor(boards: readonly Board[], fleets: number) {
    this.#fleets = Array.from({ length: fleets }, emptySet);
    this.#gained = emptyGain(fleets);
    this.#taken = emptyGain(fleets);
    for (const board of boards) {
      board.fleets.forEach(({ recorders }, fleet) => {
        for (const interval of senderIntervals) {
          this.#readers.push({ fleet, interval, reader: new RecorderReader(recorders[interval]) });
        }
      });
    }
  }

  /** Takes what the workers recorded since the last call. At least once in the time that 2³² samples take. */
  fold(): void {
    for (const { fleet, interval, reader } of this.#readers) {
      const histogram = (this.#fleets[fleet] as Histograms)[interval];
      const gained = (this.#gained[fleet] as Gained[])[senderIntervals.indexOf(interval)] as Gained;
      const gain = reader.read((cell, count) => {
        histogram.addToCell(cell, count);
        gained.cells.add(cell, count);
      });
      histogram.gain(gain);
      addTotals(gained, gain);
    }
  }

  /** What was recorded since the previous call, by fleet, in the order of `senderIntervals`; valid until the next one. */
  take(): readonly (readonly Readonly<Gained>[])[] {
    this.fold();
    const taken = this.#gained;
    this.#gained = this.#taken;
    this.#taken = taken;
    for (const gained of this.#gained.flat()) {
      gained.cells.clear();
      Object.assign(gained, emptyTotals());
    }
    return taken;
  }

  /** One interval of one fleet, as it was last folded. */
  of(fleet: number, interval: SenderInterval): Histogram {
    return (this.#fleets[fleet] as Histograms)[interval];
  }

  /** One interval over all fleets, or over those at some places of the plan. */
  overall(interval: SenderInterval, places?: readonly number[]): Histogram {
    const fleets = places === undefined ? this.#fleets : places.map((place) => this.#fleets[place] as Histograms);
    const [first, ...rest] = fleets;
    if (first !== undefined && rest.length === 0) return first[interval];
    const sum = new Histogram();
    for (const fleet of fleets) sum.add(fleet[interval]);
    return sum;
  }
}

function emptyGain(fleets: number): Gained[][] {
  return Array.from({ length: fleets }, () =>
    senderIntervals.map(() => ({ cells: new CellCounts(), ...emptyTotals() })),
  );
}

function emptySet(): Histograms {
  return {
    scheduleLag: new Histogram(),
    clientWait: new Histogram(),
    serviceTime: new Histogram(),
    responseTime: new Histogram(),
  };
}
