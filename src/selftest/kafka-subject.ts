import { startKafkaServer } from '../brokers/kafka/server.ts';
import { loadCrc32c } from '../wire/kafka/crc32c.ts';
import { isTimed } from './cases.ts';
import { slotOf } from './event-slot.ts';
import { logFaultPlan, logFaults, logTruth, type RarerFaults, unhurried } from './log-rig.ts';
import type { Rig, RigNeeds, Subject } from './subject.ts';

/** A refusal takes the events of its batch with it, the end of a connection those of its request. */
const rarer: RarerFaults = { 'lose-ack': 10, swallow: 8, refuse: 6, 'refuse-yet-deliver': 5 };

/** Long enough for any machine to answer; shorter than what a run waits for at its end. */
const TIMEOUT = '20s';

/**
 * Kafka with an idempotent producer. What was in flight when a connection ended is sent again under its numbers, and stored once: lost
 * acknowledgements and swallowed requests end as acknowledged, in order and undoubled.
 */
export const kafkaSubject: Subject = {
  protocol: 'kafka',
  faults: logFaults,
  absence: 'lost',
  repeats: true,
  adapt: (one) => (isTimed(one) ? null : unhurried(one, rarer)),
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
  faults: logFaults,
  absence: 'lost',
  repeats: false,
  adapt(one) {
    // With many requests in flight, it promises no order.
    if (isTimed(one)) return { ...one, order: false };
    return one.faults.some((fault) => fault === 'lose-ack' || fault === 'swallow') ? unhurried(one, rarer) : null;
  },
  open(needs) {
    const load = needs.timed ? 'linger: 0s, max_in_flight: 1000' : 'max_in_flight: 1';
    return openRig(needs, `timeout: ${TIMEOUT}, idempotent: false, ${load}`);
  },
};

async function openRig({ clock }: RigNeeds, options: string): Promise<Rig> {
  const server = await startKafkaServer({ port: 0, clock, crc32c: await loadCrc32c(), harmful: { keep: slotOf } });
  const done = server.faults as NonNullable<typeof server.faults>;
  return {
    target: `{ protocol: kafka, endpoint: "127.0.0.1:${server.port}", ${options} }`,
    inject: (injection) => server.setFaults(logFaultPlan(injection, rarer)),
    truth: () => logTruth(done),
    close: () => server.close(),
  };
}
