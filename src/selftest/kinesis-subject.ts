import type { KinesisFaultPlan } from '../brokers/kinesis/faults/fault-plan.ts';
import { startKinesisServer } from '../brokers/kinesis/server.ts';
import { isTimed } from './cases.ts';
import { slotOf } from './event-slot.ts';
import { logFaultPlan, logFaults, logTruth, type RarerFaults, unhurried } from './log-rig.ts';
import type { Injection, Rig, RigNeeds, Subject } from './subject.ts';

/** The end of a connection takes the events of its request with it; records are refused one by one. */
const rarer: RarerFaults = { 'lose-ack': 10, swallow: 8 };

/**
 * Kinesis without repetition: a record that is refused stays so, and what was in flight when a connection ended is unknown. Its shards have
 * no limits, so that nothing is refused but on purpose. One request at a time, so that the broker sees all that is in flight and the records
 * of a device keep their order. Times are not measured: with one request at a time they are those of a queue, with many the requests overtake
 * each other.
 */
export const kinesisSubject: Subject = {
  protocol: 'kinesis',
  faults: logFaults,
  absence: 'lost',
  repeats: false,
  adapt: (one) => (isTimed(one) ? null : unhurried(one, rarer)),
  open: openRig,
};

async function openRig({ clock }: RigNeeds): Promise<Rig> {
  const server = await startKinesisServer({ port: 0, clock, limits: false, harmful: { keep: slotOf } });
  const done = server.faults as NonNullable<typeof server.faults>;
  const load = 'retries: 0, timeout: 20s, linger: 2ms, max_in_flight: 1';
  return {
    target: `{ protocol: kinesis, endpoint: "http://127.0.0.1:${server.port}", create: { shards: 3 }, ${load} }`,
    inject: (injection) => server.setFaults(planOf(injection)),
    truth: () => logTruth(done),
    close: () => server.close(),
  };
}

function planOf(injection: Injection): KinesisFaultPlan {
  const plan: KinesisFaultPlan = logFaultPlan(injection, rarer);
  // An internal failure proves nothing about the record; to have no room is a refusal.
  if (plan.refuseYetStore !== undefined) plan.refuseYetStore.error = 'ProvisionedThroughputExceededException';
  return plan;
}
