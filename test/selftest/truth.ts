import { type EventFault, eventFaults, type Truth } from '../../src/selftest/subject.ts';

/** A truth in which nothing happened to so many events, besides what is said. */
export function truthOf(
  came: number,
  harm: Partial<Record<EventFault, number[]>> = {},
  rest: Partial<Truth> = {},
): Truth {
  const none = Object.fromEntries(eventFaults.map((fault) => [fault, [] as number[]])) as Record<EventFault, number[]>;
  const slots = { ...none, ...harm };
  return { came, passed: came, foreign: 0, slots, deliveredLate: [], overtakenLate: [], answers: [], ...rest };
}
