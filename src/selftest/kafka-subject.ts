import type { KafkaFaultKind, KafkaFaultPlan } from '../brokers/kafka/faults/fault-plan.ts';
import { startKafkaServer } from '../brokers/kafka/server.ts';
import { loadCrc32c } from '../wire/kafka/crc32c.ts';
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

/** How the broker calls each fault. What it stores late was never in the log that it promised: to this protocol that is a loss. */
const kindOf: Readonly<Record<Exclude<EventFault, 'late'>, Exclude<KafkaFaultKind, 'reset'>>> = {
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

/**
 * Faults of whole requests and batches hit every so many events, these times what a fault of single events would; different, so that all
 * come to pass where several are done.
 */
const rarer: Partial<Record<EventFault, number>> = { 'lose-ack': 10, swallow: 8, refuse: 6, 'refuse-yet-deliver': 5 };

/** Long enough for any machine to answer; shorter than what a run waits for at its end. */
const TIMEOUT = '20s';

/**
 * Kafka with an idempotent producer. What was in flight when a connection ended is sent again under its numbers, and stored once: lost
 * acknowledgements and swallowed requests end as acknowledged, in order and undoubled.
 */
export const kafkaSubject: Subject = {
  protocol: 'kafka',
  faults,
  absence: 'lost',
  repeats: true,
  adapt: (one) => (isTimed(one) ? null : unhurried(one)),
  open(needs) {
    // Of what else was in flight, the broker would not know that its refusal comes too late to prove anything.
    const inFlight = needs.cuts && needs.refusals ? ', max_in_flight: 1' : '';
    return openRig(needs, `timeout: ${TIMEOUT}${inFlight}`);
  },
};

/**
 * Kafka without idempotence: what was in flight when a connection ended is unknown. One request at a time where events are counted, so that
 * the broker sees all that is in flight; many where times are measured, each event on its own, so that none waits for another.
 */
export const plainKafkaSubject: Subject = {
  protocol: 'kafka-plain',
  faults,
  absence: 'lost',
  repeats: false,
  adapt(one) {
    // With many requests in flight, it promises no order.
    if (isTimed(one)) return { ...one, order: false };
    return one.faults.some((fault) => fault === 'lose-ack' || fault === 'swallow') ? unhurried(one) : null;
  },
  open(needs) {
    const load = needs.timed ? 'linger: 0s, max_in_flight: 1000' : 'max_in_flight: 1';
    return openRig(needs, `timeout: ${TIMEOUT}, idempotent: false, ${load}`);
  },
};

/** So slow that a request holds few events, and few wait while a connection is made anew, where whole requests or batches suffer. */
function unhurried(one: SelfTestCase): SelfTestCase {
  if (!one.faults.some((fault) => rarer[fault] !== undefined)) return one;
  const load = { events: 20_000, perSecond: 2000, devices: 100 };
  return { ...one, load, quick: { ...one.quick, load: { ...load, events: 5000 } } };
}

async function openRig({ clock }: RigNeeds, options: string): Promise<Rig> {
  const server = await startKafkaServer({ port: 0, clock, crc32c: await loadCrc32c(), harmful: { keep: slotOf } });
  const done = server.faults as NonNullable<typeof server.faults>;
  return {
    target: `{ protocol: kafka, endpoint: "127.0.0.1:${server.port}", ${options} }`,
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

function planOf({ seed, shares, foreign, answer, stall }: Injection): KafkaFaultPlan {
  const plan: KafkaFaultPlan = { seed };
  for (const fault of faults) {
    const share = shares[fault];
    if (share === undefined) continue;
    const times = rarer[fault];
    plan[kindOf[fault]] = times === undefined ? { share } : { every: Math.round(times / share) };
  }
  if (foreign !== undefined) plan.foreign = foreign;
  if (answer !== undefined) plan.holdAcks = answer;
  if (stall !== undefined) plan.stall = stall;
  return plan;
}
