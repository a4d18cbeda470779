import { formatBytes, formatCost, formatCount, formatRate } from '../../core/units.ts';
import { fullestExcess, type HottestKey, hottestKey, keysOf } from '../key-spread.ts';
import type { FleetLoad, Sizing, TargetLoad } from '../sizing.ts';
import type { TargetOptions } from '../target.ts';
import {
  aggregatedRecords,
  HEADROOM,
  plainRecords,
  putUnits,
  type RecordFlow,
  shardsFor,
  shareOfShard,
} from './capacity.ts';
import { onDemandUsd, provisionedUsd } from './cost.ts';
import { endpointHost } from './endpoint.ts';
import { actionsFor, iamPolicy, streamArn } from './iam-policy.ts';
import type { KinesisOptions } from './options.ts';
import { type KinesisPrices, listPrices } from './prices.ts';

const HOUR_US = 3_600_000_000;
const DAY_HOURS = 24;
/** Of a record, where a plan that does not aggregate is compared with one that would. */
const USUAL_RECORD_BYTES = 25 * 1024;

/** What a load takes in shards, and what it costs, with each event a record and with many in one. */
export function sizing(options: TargetOptions, load: TargetLoad): Sizing {
  const {
    endpoint,
    region,
    stream,
    create,
    aggregateBytes,
    lingerUs,
    hashKey,
    prices: own,
  } = options as unknown as KinesisOptions;
  const prices: KinesisPrices = { ...listPrices, ...own };
  const { peakPerSecond, workers, reads } = load;
  const events = load.fleets.reduce((sum, fleet) => sum + fleet.events, 0);
  const eventBytes = meanBytes(load.fleets, events);
  const meanPerSecond = events / (load.sendingUs / 1e6);

  const plain = plainRecords(eventBytes);
  const recordBytes = aggregateBytes ?? USUAL_RECORD_BYTES;
  // As many shards as full records need; in how many records that many shards get the events follows from the linger.
  const full = aggregatedRecords(eventBytes, { recordBytes, perSecond: Number.POSITIVE_INFINITY, lingerSeconds: 1 });
  const packed = (perSecond: number): RecordFlow =>
    aggregatedRecords(eventBytes, {
      recordBytes,
      perSecond: perSecond / (most(shardsFor(peakPerSecond, full)) * workers),
      lingerSeconds: lingerUs / 1e6,
    });
  const variants = {
    plain: variant(plain, plain, load, meanPerSecond, prices),
    aggregated: variant(packed(peakPerSecond), packed(meanPerSecond), load, meanPerSecond, prices),
  };
  const chosen = aggregateBytes === null ? variants.plain : variants.aggregated;

  const shards = typeof create?.shards === 'number' ? create.shards : chosen.shards;
  const hours = Math.max(1, Math.ceil(load.sendingUs / HOUR_US));
  const runUsd = {
    provisioned: provisionedUsd({ shards, hours, events }, chosen.flow, prices),
    onDemand: onDemandUsd({ hours, events, reads }, chosen.flow, prices),
  };
  const dearest = Math.max(runUsd.provisioned, runUsd.onDemand);
  const costUsd = create === null ? dearest : create.shards === 'on-demand' ? runUsd.onDemand : runUsd.provisioned;
  const charged =
    endpointHost(endpoint, region)
      .split(':')[0]
      ?.match(/\.amazonaws\.com(\.cn)?$/) != null;

  const key = hottestKey(load.fleets, hashKey !== null && hashKey !== 'even');
  const hottest = { ...key, shareOfShard: shareOfShard(key.perSecond, chosen.peakFlow) };
  const use = { region, stream, reads, creates: create !== null };
  const spread = fullestExcess(keysOf(load.fleets), shards);
  const lines: [string, string][] = [
    ['needs', needsText(variants, aggregateBytes !== null)],
    ...(typeof create?.shards === 'number' && create.shards < chosen.shards
      ? ([['', `the stream is made with ${plural(create.shards, 'shard')}: too few for the peak`]] as [
          string,
          string,
        ][])
      : []),
    ['hottest key', hottestText(hottest)],
    ...(hashKey === null && shards > 1 && spread > 1 / HEADROOM - 1
      ? ([
          [
            '',
            `so few keys spread unevenly: the fullest shard is likely to get ${percent(spread)} more than its share; hash_key: even spreads them`,
          ],
        ] as [string, string][])
      : []),
    ['costs', costText(chosen)],
    ...(aggregateBytes === null
      ? ([['', `with aggregate: true ${costText(variants.aggregated)}`]] as [string, string][])
      : []),
    [
      '',
      `this run ${formatCost(costUsd)} at most${create === null ? ', whichever mode its stream has' : ''}` +
        `${charged ? '' : `, if it were sent to AWS`}; list prices of ${prices.region}, ${prices.asOf}`,
    ],
    ['rights', `${actionsFor(use).join(' ')} on ${streamArn(use)}; --json has the policy`],
  ];
  return {
    lines,
    figures: {
      eventBytes,
      peakPerSecond,
      meanPerSecond,
      headroom: HEADROOM,
      plain: figuresOf(variants.plain),
      aggregated: figuresOf(variants.aggregated),
      aggregates: aggregateBytes !== null,
      hottestKey: { fleet: hottest.fleet, perSecond: hottest.perSecond, shareOfShard: hottest.shareOfShard },
      fullestShardExcess: spread,
      run: { hours, usd: costUsd, provisionedUsd: runUsd.provisioned, onDemandUsd: runUsd.onDemand, charged },
      prices,
      policy: iamPolicy(use),
    },
    needs: `this load needs ${needsText(variants, aggregateBytes !== null)
      .split(';')
      .slice(0, 2)
      .join(';')}`,
    costUsd: charged ? costUsd : null,
  };
}

/** One way of writing the events, at the peak and on average. */
interface Variant {
  peakFlow: RecordFlow;
  flow: RecordFlow;
  needed: { records: number; bytes: number };
  shards: number;
  putUnitsPerEvent: number;
  usd: { provisionedHour: number; provisionedDay: number; onDemandHour: number; onDemandDay: number };
}

function variant(
  peakFlow: RecordFlow,
  flow: RecordFlow,
  { peakPerSecond, reads }: TargetLoad,
  meanPerSecond: number,
  prices: KinesisPrices,
): Variant {
  const needed = shardsFor(peakPerSecond, peakFlow);
  const shards = most(needed);
  const hour = { shards, hours: 1, events: meanPerSecond * 3600, reads };
  const provisionedHour = provisionedUsd(hour, flow, prices);
  const onDemandHour = onDemandUsd(hour, flow, prices);
  return {
    peakFlow,
    flow,
    needed,
    shards,
    putUnitsPerEvent: putUnits(flow),
    usd: {
      provisionedHour,
      provisionedDay: provisionedHour * DAY_HOURS,
      onDemandHour,
      onDemandDay: onDemandHour * DAY_HOURS,
    },
  };
}

function figuresOf({ peakFlow, needed, shards, putUnitsPerEvent, usd }: Variant): Record<string, unknown> {
  return {
    eventsPerRecord: peakFlow.events,
    recordBytes: peakFlow.bytes,
    shardsByRecords: needed.records,
    shardsByBytes: needed.bytes,
    shards,
    putUnitsPerEvent,
    usd,
  };
}

function most({ records, bytes }: { records: number; bytes: number }): number {
  return Math.max(records, bytes);
}

function meanBytes(fleets: readonly FleetLoad[], events: number): number {
  const bytes = fleets.reduce((sum, { events: count, addressBytes, payloadBytes }) => {
    return sum + count * (addressBytes + payloadBytes);
  }, 0);
  return events === 0 ? 0 : bytes / events;
}

/** So many keys share the events alike. */
function needsText({ plain, aggregated }: Record<'plain' | 'aggregated', Variant>, aggregates: boolean): string {
  const chosen = aggregates ? aggregated : plain;
  const { needed, shards, peakFlow, putUnitsPerEvent } = chosen;
  const other = aggregates
    ? `${plain.shards} if each event were a record`
    : `${aggregated.shards} with aggregate: true`;
  const units = Number(putUnitsPerEvent.toPrecision(3));
  return (
    `${plural(shards, 'shard')} at the peak, filled to ${percent(HEADROOM)} (${needed.records} by records, ${needed.bytes} by bytes); ${other}; ` +
    `${aggregates ? `about ${Math.floor(peakFlow.events)} events in a record of ${formatBytes(Math.round(peakFlow.bytes))}, ` : ''}` +
    `${units} PUT payload ${units === 1 ? 'unit' : 'units'} an event`
  );
}

function hottestText({ fleet, perSecond, shareOfShard: share }: HottestKey & { shareOfShard: number }): string {
  const rate = `${formatRate(perSecond)} at the peak (${fleet})`;
  if (share <= 1) return `${rate}, ${percent(share)} of a shard`;
  return `${rate}: ${Number(share.toPrecision(3))} times what a shard takes, however many there are; give events a key that varies more`;
}

function costText({ usd }: Variant): string {
  return (
    `provisioned ${formatCost(usd.provisionedHour)}/h, ${formatCost(usd.provisionedDay)}/day; ` +
    `on demand ${formatCost(usd.onDemandHour)}/h, ${formatCost(usd.onDemandDay)}/day`
  );
}

/** Two significant digits. */
function percent(share: number): string {
  return `${Number((share * 100).toPrecision(2))} %`;
}

function plural(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}
