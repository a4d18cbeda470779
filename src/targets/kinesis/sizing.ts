import { formatBytes, formatCost, formatCountOf } from '../../core/units.ts';
import { fullestExcess, hottestKey, isUneven, keysOf } from '../key-spread.ts';
import { eventsOf, HEADROOM, meanEventBytes, type Sizing, type TargetLoad } from '../sizing.ts';
import { hottestKeyText, percentText, unevenText } from '../sizing-text.ts';
import type { TargetOptions } from '../target.ts';
import { aggregatedRecords, plainRecords, putUnits, type RecordFlow, shardsFor, shareOfShard } from './capacity.ts';
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
  const events = eventsOf(load.fleets);
  const eventBytes = meanEventBytes(load.fleets);
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
  const keyShare = shareOfShard(key.perSecond, chosen.peakFlow);
  const use = { region, stream, reads, creates: create !== null };
  const spread = fullestExcess(keysOf(load.fleets), shards);
  const lines: [string, string][] = [['needs', needsText(variants, aggregateBytes !== null)]];
  if (typeof create?.shards === 'number' && create.shards < chosen.shards)
    lines.push(['', `the stream is made with ${formatCountOf(create.shards, 'shard')}: too few for the peak`]);
  lines.push(['hottest key', hottestKeyText(key, keyShare, 'shard')]);
  if (hashKey === null && shards > 1 && isUneven(spread))
    lines.push(['', `${unevenText(spread, 'shard')}; hash_key: even spreads them`]);
  lines.push(['costs', costText(chosen)]);
  if (aggregateBytes === null) lines.push(['', `with aggregate: true ${costText(variants.aggregated)}`]);
  lines.push(
    [
      '',
      `this run ${formatCost(costUsd)} at most${create === null ? ', whichever mode its stream has' : ''}` +
        `${charged ? '' : `, if it were sent to AWS`}; list prices of ${prices.region}, ${prices.asOf}`,
    ],
    ['rights', `${actionsFor(use).join(' ')} on ${streamArn(use)}; --json has the policy`],
  );
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
      hottestKey: { fleet: key.fleet, perSecond: key.perSecond, shareOfShard: keyShare },
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

function needsText({ plain, aggregated }: Record<'plain' | 'aggregated', Variant>, aggregates: boolean): string {
  const chosen = aggregates ? aggregated : plain;
  const { needed, shards, peakFlow, putUnitsPerEvent } = chosen;
  const other = aggregates
    ? `${plain.shards} if each event were a record`
    : `${aggregated.shards} with aggregate: true`;
  const units = Number(putUnitsPerEvent.toPrecision(3));
  return (
    `${formatCountOf(shards, 'shard')} at the peak, filled to ${percentText(HEADROOM)} (${needed.records} by records, ${needed.bytes} by bytes); ${other}; ` +
    `${aggregates ? `about ${Math.floor(peakFlow.events)} events in a record of ${formatBytes(Math.round(peakFlow.bytes))}, ` : ''}` +
    `${units} PUT payload ${units === 1 ? 'unit' : 'units'} an event`
  );
}

function costText({ usd }: Variant): string {
  return (
    `provisioned ${formatCost(usd.provisionedHour)}/h, ${formatCost(usd.provisionedDay)}/day; ` +
    `on demand ${formatCost(usd.onDemandHour)}/h, ${formatCost(usd.onDemandDay)}/day`
  );
}
