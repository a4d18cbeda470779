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
