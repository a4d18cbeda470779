import { IotloadError } from '../core/errors.ts';
import { copiesByDesign } from '../events/fleet-behavior.ts';
import type { DeliveryCounts, EventCounts } from '../metrics/result.ts';
import type { Plan } from '../plan/plan.ts';
import type { RunHeader } from '../wire/run-header.ts';
import type { SeenRecord } from '../wire/seen-file.ts';
import type { SentFleet, SentRecord } from '../wire/sent-record.ts';
import { type FleetAccount, type FleetSettlement, openAccount } from './account.ts';
import { addDelivery, finishDelivery, noDelivery } from './delivery-counts.ts';
import { type Finding, findingsOf } from './findings.ts';
import { type Law, lawsOf } from './laws.ts';

/** What is known for certain when a run and its verifier are through. */
export interface SettleInput {
  plan: Plan;
  sent: SentRecord;
  /** null: delivery was not asked, or the verifier left nothing. */
  seen: SeenRecord | null;
}

/** What became of every slot. */
export interface Settlement {
  events: EventCounts;
  delivery: DeliveryCounts;
  /** In the plan's order. */
  fleets: FleetSettlement[];
  /** In the plan's order. */
  targets: FleetSettlement[];
  /** The events at fault by name, the first thousand of each kind. */
  findings: Finding[];
  /** Conservation laws; one that does not hold is a defect of iotload and says nothing about the target. */
  laws: Law[];
}

/**
 * Compares what was sent with what was seen. Pure: the same files give the same answer in the run, later, and for merged shards.
 *
 * @throws IotloadError `file-corrupt` when plan and files are not of one run.
 */
export function settle({ plan, sent, seen }: SettleInput): Settlement {
  refuseStrangers(plan, sent, seen);
  const complete = seen?.end?.complete ?? false;
  const copies = copiesByDesign(plan);
  const accounts = plan.fleets.map((fleet, index) =>
    openAccount(
      fleet,
      index,
      sent.fleets[index] as SentFleet,
      seen?.fleets[index] ?? null,
      complete,
      copies[index] ?? null,
    ),
  );
  const leftOver = seen === null ? 0 : settleByCount(accounts, seen.unattributed.unidentified);

  const finish = (members: readonly FleetAccount[], whole: boolean): FleetSettlement => {
    const delivery = noDelivery();
    for (const member of members) addDelivery(delivery, member.delivery);
    if (whole && seen !== null) {
      delivery.foreign = seen.unattributed.foreign + leftOver;
      delivery.received = seen.unattributed.received;
      if (delivery.corrupt !== null) delivery.corrupt += seen.unattributed.corrupt;
    }
    const events = sumEvents(members.map((member) => member.events));
    const identities = members.map((member) => member.plan.payload.identity);
    return { events, delivery: finishDelivery(delivery, events, identities, seen === null ? null : plan.verify) };
  };
  const whole = finish(accounts, true);
  return {
    ...whole,
    fleets: accounts.map((member) => finish([member], false)),
    targets: plan.targets.map((_, target) =>
      plan.targets.length === 1
        ? whole
        : finish(
            accounts.filter((member) => member.plan.target === target),
            false,
          ),
    ),
    findings: findingsOf(accounts, complete),
    laws: lawsOf(plan, accounts, whole, sent.end, seen),
  };
}

function refuseStrangers(plan: Plan, sent: SentRecord, seen: SeenRecord | null): void {
  const shape = ({ devices, slots }: { devices: number; slots: number }): string => `${devices}/${slots}`;
  const fleets = plan.fleets.map(shape).join();
  const runs = [sent.header, ...(seen === null ? [] : [seen.header])];
  const [first] = runs as [RunHeader];
  for (const run of runs) {
    const { shard, runId } = run;
    const same = runId === first.runId && shard.index === first.shard.index && shard.count === first.shard.count;
    if (same && run.fleets.map(shape).join() === fleets) continue;
    throw new IotloadError('file-corrupt', 'the plan, what was sent and what was seen are not of one run', {
      value: runs.map((other) => other.runId).join(' and '),
    });
  }
}

/**
 * Without an identity there are only counts: each such fleet takes what it can have sent from the arrivals that nobody else claims,
 * acknowledged events first, so that `missing` is the least that the figures allow. Returns how many arrivals are left over.
 */
function settleByCount(accounts: readonly FleetAccount[], unclaimed: number): number {
  let left = unclaimed;
  for (const { plan, events, delivery } of accounts) {
    if (plan.payload.identity !== 'none') continue;
    const take = (wanted: number): number => {
      const taken = Math.min(left, wanted);
      left -= taken;
      return taken;
    };
    const acked = take(events.acked);
    const noAck = take(events.noAck);
    delivery.recovered = take(events.unknown);
    delivery.missing = events.acked - acked;
    delivery.unseenNoAck = events.noAck - noAck;
    delivery.unseenUnknown = events.unknown - delivery.recovered;
    delivery.verified = delivery.received = acked + noAck + delivery.recovered;
  }
  return left;
}

/** Adds up what was sent. */
export function sumEvents(parts: readonly EventCounts[]): EventCounts {
  const sum = { intended: 0, notSent: 0, sent: 0, acked: 0, rejected: 0, unknown: 0, noAck: 0, attempts: 0 };
  for (const part of parts) {
    for (const key of Object.keys(sum) as (keyof EventCounts)[]) sum[key] += part[key];
  }
  return sum;
}
