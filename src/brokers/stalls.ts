import type { Clock, Micros } from '../core/clock.ts';

/** In each `everyMs` nothing passes for `forMs`; first after `firstAfterMs`, by default at the end of the first period. */
export interface StallPlan {
  everyMs: number;
  forMs: number;
  firstAfterMs?: number;
}

/** Longer than any fault: whoever switched it on switches it off. */
const FOR_EVER_MS = 2_000_000_000;

/** From at once until something else is asked for. */
export const endlessStall: StallPlan = { everyMs: FOR_EVER_MS, forMs: FOR_EVER_MS - 1, firstAfterMs: 0 };

/** Switches stalls on and off at multiples of the period, which do not drift; returns how to stop that. */
export function repeatStall(clock: Clock, plan: StallPlan, stall: (on: boolean) => void): () => void {
  const firstUs = clock.nowUs() + (plan.firstAfterMs ?? plan.everyMs - plan.forMs) * 1000;
  let cancel = (): void => {};
  const at = (timeUs: Micros, task: () => void): void => {
    cancel = clock.after(Math.max(0, timeUs - clock.nowUs()) / 1000, task);
  };
  const begin = (turn: number): void => {
    const beginUs = firstUs + turn * plan.everyMs * 1000;
    at(beginUs, () => {
      stall(true);
      at(beginUs + plan.forMs * 1000, () => {
        stall(false);
        begin(turn + 1);
      });
    });
  };
  begin(0);
  return () => cancel();
}

/** A stall that has begun; `toUs` is null while it lasts. Monotonic clock. */
export interface StallRecord {
  fromUs: Micros;
  toUs: Micros | null;
}

/** The stalls of one instrument, and when each was. */
export class Stalls {
  /** Those that have begun, in order. */
  readonly log: StallRecord[] = [];
  readonly #clock: Clock;
  readonly #apply: (on: boolean) => void;
  #on = false;
  #cancel = (): void => {};

  /** `apply` holds everything back, or lets it go. */
  constructor(clock: Clock, apply: (on: boolean) => void) {
    this.#clock = clock;
    this.#apply = apply;
  }

  /** From now on these instead; none where there is no plan. One under way ends. */
  set(plan: StallPlan | undefined): void {
    this.#cancel();
    this.#switch(false);
    this.#cancel = plan === undefined ? () => {} : repeatStall(this.#clock, plan, (on) => this.#switch(on));
  }

  /** No more of them; one under way stays as it is. */
  stop(): void {
    this.#cancel();
  }

  #switch(on: boolean): void {
    if (on === this.#on) return;
    this.#on = on;
    const nowUs = this.#clock.nowUs();
    const last = this.log.at(-1);
    if (on) this.log.push({ fromUs: nowUs, toUs: null });
    else if (last !== undefined) last.toUs = nowUs;
    this.#apply(on);
  }
}
