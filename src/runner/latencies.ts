import { type Board, type SenderInterval, senderIntervals } from '../engine/board.ts';
import { Histogram } from '../metrics/histogram.ts';
import { RecorderReader } from '../metrics/recorder-reader.ts';
import type { LatencySummary, QuantileSummary } from '../metrics/result.ts';

type Histograms = Record<SenderInterval, Histogram>;

/** The workers' recorders, folded into 64-bit histograms: one set per fleet. */
export class Latencies {
  readonly #fleets: Histograms[];
  readonly #readers: { fleet: number; interval: SenderInterval; reader: RecorderReader }[] = [];

  constructor(boards: readonly Board[], fleets: number) {
    this.#fleets = Array.from({ length: fleets }, emptySet);
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
    for (const { fleet, interval, reader } of this.#readers) (this.#fleets[fleet] as Histograms)[interval].fold(reader);
  }

  /** One interval over all fleets. */
  overall(interval: SenderInterval): Histogram {
    const [first, ...rest] = this.#fleets as [Histograms, ...Histograms[]];
    if (rest.length === 0) return first[interval];
    const sum = new Histogram();
    for (const fleet of this.#fleets) sum.add(fleet[interval]);
    return sum;
  }

  /** The figures of one fleet, or of the whole run, for the result document. */
  summarise(endToEnd: QuantileSummary, fleet?: number): LatencySummary {
    const of = (interval: SenderInterval): QuantileSummary =>
      (fleet === undefined ? this.overall(interval) : (this.#fleets[fleet] as Histograms)[interval]).summarise();
    return {
      unit: 'us',
      scheduleLag: of('scheduleLag'),
      clientWait: of('clientWait'),
      serviceTime: of('serviceTime'),
      responseTime: of('responseTime'),
      endToEnd,
    };
  }
}

function emptySet(): Histograms {
  return {
    scheduleLag: new Histogram(),
    clientWait: new Histogram(),
    serviceTime: new Histogram(),
    responseTime: new Histogram(),
  };
}
