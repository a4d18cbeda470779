import type { Micros } from '../../../core/clock.ts';

/** What becomes of the answer to a request. */
export interface PutFate {
  /** The connection ends instead. */
  cut: boolean;
  /** It goes no earlier; 0 for at once. */
  holdUntilUs: Micros;
  /** To be called when it goes. */
  answered(atUs: Micros): void;
}

export const asItIs: PutFate = { cut: false, holdUntilUs: 0, answered: () => {} };
