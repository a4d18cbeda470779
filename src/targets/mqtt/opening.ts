import type { IotloadError } from '../../core/errors.ts';

/** How many connections a run needs to start: a share of them, a number over all parts, or, null, each. */
export type LeastUp = { numerator: number; denominator: number } | { connections: number } | null;

/** How many of this part's `lanes` must be up. `total` counts the lanes of all parts. */
export function leastUp(least: LeastUp, lanes: number, total: number): number {
  if (least === null) return lanes;
  const [numerator, denominator] =
    'connections' in least ? [Math.min(least.connections, total), total] : [least.numerator, least.denominator];
  return Math.ceil((lanes * numerator) / denominator);
}

/** Decides when a sink is open: as soon as every connection is up or was given up, and enough are up. */
export class Opening {
  /** Resolves when it is; rejects when too many have been given up. */
  readonly done: Promise<void>;
  readonly #lanes: number;
  readonly #least: number;
  #up = 0;
  #givenUp = 0;
  #resolve: () => void = () => {};
  #reject: (error: IotloadError) => void = () => {};

  constructor(lanes: number, least: number) {
    this.#lanes = lanes;
    this.#least = least;
    this.done = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.#decide();
  }

  /** Connections that have been up. */
  get up(): number {
    return this.#up;
  }

  /** How far it is, as the end of a sentence; empty while nothing is up. */
  get progress(): string {
    if (this.#up === 0) return '';
    const needed = this.#least < this.#lanes ? `, at least ${this.#least} needed` : '';
    return `, ${this.#up} of ${this.#lanes} connections up${needed}`;
  }

  /** One is up for the first time; `late` if it was given up before. */
  connected(late: boolean): void {
    this.#up++;
    if (late) this.#givenUp--;
    this.#decide();
  }

  /** One could not be connected in the time it has. Whether it may go on trying: the sink can do without it. */
  giveUp(error: IotloadError): boolean {
    this.#givenUp++;
    if (this.#givenUp > this.#lanes - this.#least) {
      this.#reject(error);
      return false;
    }
    this.#decide();
    return true;
  }

  #decide(): void {
    if (this.#up + this.#givenUp === this.#lanes && this.#up >= this.#least) this.#resolve();
  }
}
