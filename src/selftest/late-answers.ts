import { type EventFault, eventFaults, type Truth } from './subject.ts';

/**
 * What a run was in for when some answers came after its time-out, because this machine was too slow: for whoever waited, those
 * acknowledgements were lost. `unknown` are the slots of which it says that it heard nothing. Returns how many answers that were as well.
 * An event that also suffered something else stays with that, except that a lost one which was not acknowledged was swallowed.
 */
export function withLateAnswers(truth: Truth, unknown: readonly number[]): { truth: Truth; late: number } {
  const expected = new Set([...truth.slots['lose-ack'], ...truth.slots.swallow]);
  const late = unknown.filter((slot) => !expected.has(slot));
  if (late.length === 0) return { truth, late: 0 };
  const lost = new Set(truth.slots.lose);
  const slots = Object.fromEntries(eventFaults.map((fault) => [fault, [...truth.slots[fault]]])) as Record<
    EventFault,
    number[]
  >;
  for (const slot of late) slots[lost.has(slot) ? 'swallow' : 'lose-ack'].push(slot);
  slots.lose = slots.lose.filter((slot) => !late.includes(slot));
  return { truth: { ...truth, slots }, late: late.length };
}
