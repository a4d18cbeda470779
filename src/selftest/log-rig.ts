import type { LogFaultKind, LogFaultRecords } from '../brokers/log-fault-plan.ts';
import type { SelfTestCase } from './cases.ts';
import { type EventFault, eventFaults, type Injection, type Truth } from './subject.ts';

/** How a broker that keeps a log calls each fault. It has none that delivers late: a reader that has all there is would not know of it. */
export const logFaultOf: Readonly<Record<Exclude<EventFault, 'late'>, Exclude<LogFaultKind, 'reset'>>> = {
  lose: 'drop',
  double: 'double',
  swap: 'reorder',
  alter: 'alter',
  'lose-ack': 'dropAcks',
  swallow: 'swallow',
  refuse: 'refuse',
  'refuse-yet-deliver': 'refuseYetStore',
};
export const logFaults = Object.keys(logFaultOf) as (keyof typeof logFaultOf)[];

/**
 * Faults of whole requests and batches hit every so many events, these times what a fault of single events would; different, so that all
 * come to pass where several are done.
 */
export type RarerFaults = Partial<Record<EventFault, number>>;

/** What such a broker has done. */
export function logTruth(done: LogFaultRecords<number>): Truth {
  const slots = Object.fromEntries(eventFaults.map((fault) => [fault, [] as number[]])) as Record<EventFault, number[]>;
  for (const fault of logFaults) {
    slots[fault] = done.log.filter(({ kind }) => kind === logFaultOf[fault]).map(({ value }) => value);
  }
  return {
    came: done.came,
    passed: done.stored,
    foreign: done.foreign,
    slots,
    deliveredLate: [],
    overtakenLate: [],
    answers: done.answers.map(({ value, cameUs, atUs }) => ({ slot: value, cameUs, atUs })),
  };
}

/** What such a broker is to do, in the words that all of them have in common. */
export function logFaultPlan({ seed, shares, foreign, answer, stall }: Injection, rarer: RarerFaults) {
  const chosen = logFaults.flatMap((fault) => {
    const [share, times] = [shares[fault], rarer[fault]];
    if (share === undefined) return [];
    return [[logFaultOf[fault], times === undefined ? { share } : { every: Math.round(times / share) }]];
  });
  return {
    seed,
    ...(Object.fromEntries(chosen) as Partial<Record<LogFaultKind, { share: number } | { every: number }>>),
    ...(foreign === undefined ? {} : { foreign }),
    ...(answer === undefined ? {} : { holdAcks: answer }),
    ...(stall === undefined ? {} : { stall }),
  };
}

/** So slow that a request holds few events, and few wait while a connection is made anew, where whole requests or batches suffer. */
export function unhurried(one: SelfTestCase, rarer: RarerFaults): SelfTestCase {
  if (!one.faults.some((fault) => rarer[fault] !== undefined)) return one;
  const load = { events: 20_000, perSecond: 2000, devices: 100 };
  return { ...one, load, quick: { ...one.quick, load: { ...load, events: 5000 } } };
}
