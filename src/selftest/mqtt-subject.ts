import { startMqttBroker } from '../brokers/mqtt/embedded-mqtt-broker.ts';
import type { FaultKind, FaultPlan } from '../brokers/mqtt/fault-proxy/fault-plan.ts';
import { startFaultProxy } from '../brokers/mqtt/fault-proxy/fault-proxy.ts';
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

/** How the proxy calls each fault. */
const kindOf: Readonly<Record<EventFault, Exclude<FaultKind, 'reset' | 'delay'>>> = {
  lose: 'drop',
  double: 'double',
  swap: 'reorder',
  alter: 'alter',
  'lose-ack': 'dropAcks',
  swallow: 'swallow',
  refuse: 'refuse',
  'refuse-yet-deliver': 'refuseYetPass',
  late: 'late',
};

/** MQTT: the embedded broker behind the fault proxy. */
export const mqttSubject: Subject = {
  protocol: 'mqtt',
  faults: eventFaults,
  absence: 'missing',
  repeats: false,
  open: openRig,
};

async function openRig({ clock, refusals }: RigNeeds): Promise<Rig> {
  const broker = await startMqttBroker();
  const { hostname: host, port } = new URL(broker.endpoint);
  const upstream = { host, port: Number(port) };
  const proxy = await startFaultProxy({ upstream, clock, faults: {}, keep: slotOf, translates: true });
  // Only MQTT 5 has an acknowledgement that refuses.
  const version = refusals ? ', version: 5' : '';
  return {
    // Long enough for any machine to answer, short enough for acknowledgements that never come.
    target: `{ protocol: mqtt, endpoint: "${proxy.endpoint}", connections: 8, timeout: 5s${version} }`,
    inject: (injection) => proxy.setFaults(planOf(injection)),
    truth(): Truth {
      const slots = Object.fromEntries(
        eventFaults.map((fault) => [
          fault,
          proxy.log.filter(({ kind }) => kind === kindOf[fault]).map(({ payload }) => payload),
        ]),
      ) as Record<EventFault, number[]>;
      const late = proxy.log.filter(({ kind, delivered }) => kind === 'late' && delivered);
      return {
        came: proxy.publishes,
        passed: proxy.passed,
        foreign: proxy.foreign,
        slots,
        deliveredLate: late.map(({ payload }) => payload),
        overtakenLate: late.filter(({ partner }) => partner !== undefined).map(({ payload }) => payload),
        answers: proxy.answers.map(({ payload, cameUs, atUs }) => ({ slot: payload, cameUs, atUs })),
      };
    },
    async close() {
      await proxy.close();
      await broker.stop();
    },
  };
}

function planOf({ seed, shares, lateMs, foreign, answer, stall }: Injection): FaultPlan {
  const plan: FaultPlan = { seed };
  for (const fault of eventFaults) {
    const share = shares[fault];
    if (share === undefined) continue;
    if (fault === 'late') plan.late = { share, ms: lateMs ?? 0 };
    else plan[kindOf[fault] as Exclude<FaultKind, 'reset' | 'delay' | 'late'>] = { share };
  }
  if (foreign !== undefined) plan.foreign = foreign;
  if (answer !== undefined) plan.holdAcks = answer;
  if (stall !== undefined) plan.stall = stall;
  return plan;
}
