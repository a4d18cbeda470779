import type { Micros } from '../../core/clock.ts';
import type { Outcome } from '../../core/outcome.ts';
import type { SinkEvents } from '../target.ts';
import type { ProduceBatch } from './produce-batch.ts';

/** Tells the outcome of all events of a batch, by fleet. */
export function reportOutcome(
  events: SinkEvents,
  batch: ProduceBatch,
  outcome: Outcome,
  reason: string,
  atUs: Micros,
): void {
  const { slots, sentAtUs } = batch;
  batch.eachRun((fleet, from, to) => {
    const someSlots = from === 0 ? slots : slots.subarray(from, to);
    const someTimes = from === 0 ? sentAtUs : sentAtUs.subarray(from, to);
    events.settled(fleet, someSlots, someTimes, to - from, outcome, reason, atUs);
  });
}

/** Tells that all events of a batch were sent once more; with idempotence they cannot arrive twice, and elsewhere only what was refused goes out again. */
export function reportResent(events: SinkEvents, batch: ProduceBatch): void {
  batch.eachRun((fleet, from, to) => events.resent(fleet, batch.slots.subarray(from, to), to - from, false));
}
