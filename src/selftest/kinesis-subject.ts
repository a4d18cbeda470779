import type { KinesisFaultKind, KinesisFaultPlan } from '../brokers/kinesis/faults/fault-plan.ts';
import { startKinesisServer } from '../brokers/kinesis/server.ts';
import { isTimed, type SelfTestCase } from './cases.ts';
import { slotOf } from './event-slot.ts';
import {
  type EventFault,
  eventFaults,
  type Injection,
  type Rig,
  type RigNeeds,
  type Subject,
  type Truth,
} from './subject.ts';

/** How the broker calls each fault. It has none that stores late: a reader that has all there is would not know of it. */
const kindOf: Readonly<Record<Exclude<EventFault, 'late'>, Exclude<KinesisFaultKind, 'reset'>>> = {
  lose: 'drop',
  double: 'double',
  swap: 'reorder',
  alter: 'alter',
  'lose-ack': 'dropAcks',
  swallow: 'swallow',
  refuse: 'refuse',
  'refuse-yet-deliver': 'refuseYetStore',
};
const faults = Object.keys(kindOf) as (keyof typeof kindOf)[];

/** Faults of whole requests hit every so many events, these times what a fault of single events would; different, so that both come to pass. */
const rarer: Partial<Record<EventFault, number>> = { 'lose-ack': 10, swallow: 8 };

/**
 * Kinesis without repetition: a record that is refused stays so, and what was in flight when a connection ended is unknown. Its shards have
 * no limits, so that nothing is refused but on purpose. One request at a time where events are counted, so that the broker sees all that is
 * in flight and the records of a device keep their order; many small ones where times are measured.
 */
export const kinesisSubject: Subject = {
  protocol: 'kinesis',
  faults,
  absence: 'missing',
  repeats: false,
  // With many requests in flight, it promises no order.
  adapt: (one) => (isTimed(one) ? { ...one, order: false } : unhurried(one)),
  open: openRig,
};

/** So slow that a request holds few events, and few wait while a connection is made anew, where whole requests suffer. */
function unhurried(one: SelfTestCase): SelfTestCase {
  if (!one.faults.some((fault) => rarer[fault] !== undefined)) return one;
  const load = { events: 20_000, perSecond: 2000, devices: 100 };
  return { ...one, load, quick: { ...one.quick, load: { ...load, events: 5000 } } };
}

async function openRig({ clock, timed }: RigNeeds): Promise<Rig> {
  const server = await startKinesisServer({ port: 0, clock, limits: false, harmful: { keep: slotOf } });
  const done = server.faults as NonNullable<typeof server.faults>;
  const load = timed ? 'linger: 0s, max_in_flight: 256' : 'linger: 2ms, max_in_flight: 1';
  return {
    target: `{ protocol: kinesis, endpoint: "http://127.0.0.1:${server.port}", create: { shards: 3 }, retries: 0, timeout: 20s, ${load} }`,
    inject: (injection) => server.setFaults(planOf(injection)),
    truth(): Truth {
      const slots = Object.fromEntries(
        eventFaults.map((fault) => [
          fault,
          fault === 'late' ? [] : done.log.filter(({ kind }) => kind === kindOf[fault]).map(({ value }) => value),
        ]),
      ) as Record<EventFault, number[]>;
      return {
        came: done.came,
        passed: done.stored,
        foreign: done.foreign,
        slots,
        deliveredLate: [],
        overtakenLate: [],
        answers: done.answers.map(({ value, cameUs, atUs }) => ({ slot: value, cameUs, atUs })),
      };
    },
    close: () => server.close(),
  };
}

function planOf({ seed, shares, foreign, answer, stall }: Injection): KinesisFaultPlan {
  const plan: KinesisFaultPlan = { seed };
  for (const fault of faults) {
    const share = shares[fault];
    if (share === undefined) continue;
    const times = rarer[fault];
    plan[kindOf[fault]] = times === undefined ? { share } : { every: Math.round(times / share) };
  }
  // An internal failure proves nothing about the record; to have no room is a refusal.
  if (plan.refuseYetStore !== undefined) plan.refuseYetStore.error = 'ProvisionedThroughputExceededException';
  if (foreign !== undefined) plan.foreign = foreign;
  if (answer !== undefined) plan.holdAcks = answer;
  if (stall !== undefined) plan.stall = stall;
  return plan;
}
