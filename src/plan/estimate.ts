import type { Micros } from '../core/clock.ts';
import { targetOf } from '../targets/registry.ts';
import { peakPerSecond } from './fleet-schedule.ts';
import type { FleetPlan, Plan } from './plan.ts';
import { planLengthUs } from './plan-length.ts';

/** Bytes of an event on average: what its address takes, and what its payload does. */
export interface EventSize {
  addressBytes: number;
  payloadBytes: number;
}

export interface FleetEstimate extends EventSize {
  name: string;
  model: string;
  devices: number;
  events: number;
  meanPerSecond: number;
  peakPerSecond: number;
  /** Address and payload at the peak; frames and their acknowledgements come on top. */
  peakBytesPerSecond: number;
  target: string;
  /** null where the protocol has none. */
  connections: number | null;
}

/** What a plan will come to, without sending anything. */
export interface PlanEstimate {
  /** Warm-up and measurement, or until a limit on the number of events is reached. */
  sendingUs: Micros;
  /** Longest wait behind it, for acknowledgements and arrivals. */
  waitingUs: Micros;
  devices: number;
  events: number;
  meanPerSecond: number;
  peakPerSecond: number;
  peakBytesPerSecond: number;
  totalBytes: number;
  connections: number;
  workers: number;
  memoryBytes: number;
  fleets: FleetEstimate[];
}

const MIB = 1024 * 1024;
/** Of a process that sends nothing yet; of a worker thread; of the verifier. Measured on Node 20. */
const PROCESS_BYTES = 75 * MIB;
const WORKER_BYTES = 30 * MIB;
const VERIFIER_BYTES = 75 * MIB;
/** Of a connection of its own, its session and its queues included. */
const CONNECTION_BYTES = 30 * 1024;
/** Last sequence of a device, and one bit of a slot, in the verifier's ledger. */
const LEDGER_BYTES_PER_DEVICE = 4;
const LEDGER_BITS_PER_EVENT = 1;

/**
 * Works out a plan for so many worker threads; `sizes` are those of each fleet's events. Of several shards only the memory is that of one:
 * its share of the connections, and a ledger that spans all slots.
 */
export function estimatePlan(plan: Plan, sizes: readonly EventSize[], workers: number, shards = 1): PlanEstimate {
  const sendingUs = planLengthUs(plan);
  const endUs = plan.run.warmUpUs + plan.run.durationUs;
  const fleets = plan.fleets.map((fleet, i): FleetEstimate => {
    const size = sizes[i] ?? { addressBytes: 0, payloadBytes: 0 };
    const peak = peakPerSecond([fleet.schedule], endUs);
    return {
      name: fleet.name,
      model: fleet.model,
      devices: fleet.devices,
      events: fleet.slots,
      meanPerSecond: fleet.slots / (sendingUs / 1e6),
      peakPerSecond: peak,
      ...size,
      peakBytesPerSecond: peak * (size.addressBytes + size.payloadBytes),
      target: plan.targets[fleet.target]?.name ?? '',
      connections: connectionsOf(plan, fleet),
    };
  });
  const sum = (of: (fleet: FleetEstimate) => number): number => fleets.reduce((total, fleet) => total + of(fleet), 0);
  // A fleet that sends to several targets is one fleet of devices.
  const ways = plan.fleets.map(({ number }, i) => number ?? i);
  const devices = fleets.reduce(
    (total, fleet, i) => total + (ways.indexOf(ways[i] as number) < i ? 0 : fleet.devices),
    0,
  );
  const events = sum((fleet) => fleet.events);
  const connections = connectionsInAll(plan);
  const targetBytes = plan.targets.reduce((total, target) => total + heldBytes(target, fleets, workers, shards), 0);
  const ledgerBytes =
    plan.verify === null
      ? 0
      : VERIFIER_BYTES + devices * LEDGER_BYTES_PER_DEVICE + (events * LEDGER_BITS_PER_EVENT) / 8;
  return {
    sendingUs,
    waitingUs: plan.run.drainUs + (plan.verify?.graceUs ?? 0),
    devices,
    events,
    meanPerSecond: events / (sendingUs / 1e6),
    peakPerSecond: peakPerSecond(
      plan.fleets.map(({ schedule }) => schedule),
      endUs,
    ),
    peakBytesPerSecond: sum((fleet) => fleet.peakBytesPerSecond),
    totalBytes: Math.round(sum((fleet) => fleet.events * (fleet.addressBytes + fleet.payloadBytes))),
    connections,
    workers,
    memoryBytes:
      PROCESS_BYTES +
      workers * WORKER_BYTES +
      targetBytes +
      Math.ceil(connections / shards) * CONNECTION_BYTES +
      ledgerBytes,
    fleets,
  };
}

/** What all workers of a shard hold of a target's events that have no outcome: what comes until they time out, or as much as they take. */
function heldBytes(
  { name, protocol, options }: Plan['targets'][number],
  fleets: readonly FleetEstimate[],
  workers: number,
  shards: number,
): number {
  const most = (targetOf(protocol).effort?.(options).workerBytes ?? 0) * workers;
  const seconds = typeof options['timeoutUs'] === 'number' ? options['timeoutUs'] / 1e6 : Number.POSITIVE_INFINITY;
  const perSecond = fleets.reduce((sum, fleet) => sum + (fleet.target === name ? fleet.peakBytesPerSecond : 0), 0);
  return most === 0 ? 0 : Math.min(most, (perSecond / shards) * seconds);
}

/** Connections that a fleet's events go through; those of a pool are shared with the target's other fleets. */
function connectionsOf(plan: Plan, fleet: FleetPlan): number | null {
  const target = plan.targets[fleet.target];
  const { connections } = target?.options ?? {};
  if (connections === undefined) return null;
  return typeof connections === 'number' ? connections : fleet.devices;
}

/** Of all targets; those of a pool once. */
export function connectionsInAll(plan: Plan): number {
  const pools = new Map<number, number>();
  for (const fleet of plan.fleets) {
    const own = connectionsOf(plan, fleet);
    if (own === null) continue;
    const shared = typeof plan.targets[fleet.target]?.options['connections'] === 'number';
    pools.set(fleet.target, shared ? own : (pools.get(fleet.target) ?? 0) + own);
  }
  return [...pools.values()].reduce((total, count) => total + count, 0);
}
