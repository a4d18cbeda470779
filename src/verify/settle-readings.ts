import type { DeliveryCounts } from '../metrics/result.ts';
import type { Identity, Plan } from '../plan/plan.ts';
import { type Reading, readingsOf } from '../plan/readings.ts';
import type { SeenRecord } from '../wire/seen-file.ts';
import type { SentRecord } from '../wire/sent-record.ts';
import type { FleetSettlement } from './account.ts';
import { addDelivery, finishDelivery, noDelivery, type PlainDelivery } from './delivery-counts.ts';
import type { Finding } from './findings.ts';
import { hopOfFinding, pathOf } from './hop-path.ts';
import { sentOf } from './sent-of.ts';
import { type Settlement, settle, sumEvents } from './settle.ts';

/** One target that was read back, settled by itself: its fleets are those of the reading's plan, in its order. */
export interface SettledReading {
  reading: Reading;
  /** The part of the run's record that was to arrive there. */
  sent: SentRecord;
  seen: SeenRecord | null;
  settlement: Settlement;
}

/** A run whose targets are read back one by one. */
export interface SettledReadings {
  settlement: Settlement;
  readings: SettledReading[];
}

/**
 * Settles a plan with several targets: what was sent on every way, and each reading by itself; `seen` in the order of `readingsOf`. Counts
 * of the whole are sums over the readings that are judged, so an event that two of them must hold counts twice. Pure.
 *
 * @throws IotloadError `file-corrupt` when plan and files are not of one run
 */
export function settleReadings(plan: Plan, sent: SentRecord, seen: readonly (SeenRecord | null)[]): SettledReadings {
  const readings = readingsOf(plan).map((reading, i): SettledReading => {
    const own = sentOf(sent, reading.fleets);
    const record = seen[i] ?? null;
    return { reading, sent: own, seen: record, settlement: settle({ plan: reading.plan, sent: own, seen: record }) };
  });
  const base = settle({ plan: { ...plan, verify: null }, sent, seen: null });
  const judged = readings.filter(({ reading }) => !reading.tap);
  const unread = base.fleets.map(({ events }) => ({ events, delivery: notChecked(plan) }));
  return {
    readings,
    settlement: {
      events: base.events,
      delivery: sumOf(
        plan,
        judged.map(({ reading, settlement, seen: record }) => ({
          settlement,
          identities: reading.plan.fleets.map(({ payload }) => payload.identity),
          checked: record !== null,
        })),
      ),
      fleets: unread.map(({ events }, place) => ({ events, delivery: deliveryOfFleet(plan, judged, place) })),
      targets: plan.targets.map((_, target): FleetSettlement => {
        const own = judged.find(({ reading }) => reading.target === target);
        if (own !== undefined) return { events: own.settlement.events, delivery: own.settlement.delivery };
        return { events: (base.targets[target] as FleetSettlement).events, delivery: notChecked(plan) };
      }),
      findings: judged.flatMap((own) => findingsOf(own, readings)),
      laws: [
        ...base.laws,
        ...readings.flatMap(({ reading, settlement }) =>
          settlement.laws.map((law) => ({ ...law, law: `${reading.name}: ${law.law}` })),
        ),
      ],
    },
  };
}

interface Summand {
  settlement: FleetSettlement;
  identities: readonly Identity[];
  checked: boolean;
}

function sumOf(plan: Plan, summands: readonly Summand[]): DeliveryCounts {
  const checked = summands.filter((summand) => summand.checked);
  const sum: PlainDelivery = noDelivery();
  for (const { settlement } of checked) addDelivery(sum, settlement.delivery);
  const events = sumEvents(checked.map(({ settlement }) => settlement.events));
  const identities = checked.flatMap((summand) => summand.identities);
  return finishDelivery(sum, events, identities, checked.length === 0 ? null : plan.verify);
}

function notChecked(plan: Plan): DeliveryCounts {
  return sumOf(plan, []);
}

/** Of a fleet on one of its ways, wherever that is read. */
function deliveryOfFleet(plan: Plan, judged: readonly SettledReading[], place: number): DeliveryCounts {
  return sumOf(
    plan,
    judged.flatMap(({ reading, settlement, seen }): Summand[] => {
      const index = reading.fleets.indexOf(place);
      const fleet = settlement.fleets[index];
      if (fleet === undefined) return [];
      const { identity } = (reading.plan.fleets[index] as Plan['fleets'][number]).payload;
      return [{ settlement: fleet, identities: [identity], checked: seen !== null }];
    }),
  );
}

/** The events at fault at one target, with the hop on which that happened, as far as taps tell. */
function findingsOf(own: SettledReading, readings: readonly SettledReading[]): Finding[] {
  const { reading, settlement } = own;
  return settlement.findings.map((finding): Finding => {
    const place = reading.fleets[finding.fleet] as number;
    const hop = hopOfFinding(pathOf(own, readings, place), finding);
    return { ...finding, fleet: place, target: reading.name, ...(hop === null ? {} : { hop }) };
  });
}
