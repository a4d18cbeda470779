import { formatBytes, formatCount, formatCountOf } from '../../core/units.ts';
import { fullestExcess, hottestKey, isUneven, keysOf } from '../key-spread.ts';
import { eventsOf, HEADROOM, meanEventBytes, placesFor, type Sizing, type TargetLoad } from '../sizing.ts';
import { hottestKeyText, percentText, unevenText } from '../sizing-text.ts';
import type { TargetOptions } from '../target.ts';
import type { ManyTopics } from './fleet-topics.ts';
import type { KafkaOptions } from './options.ts';
import { PARTITIONS } from './topic-name.ts';

/** What one partition takes, and gives to one reader, with care: brokers write one file of it after the other, whoever waits. */
const PARTITION_BYTES = 10 * 1024 * 1024;
/** What a record takes besides key and value: lengths, time, its share of the batch. */
const RECORD_BYTES = 12;
const DAY_SECONDS = 86_400;

/** What a load takes in partitions, and what it brings the brokers. */
export function sizing(options: TargetOptions, { fleets, peakPerSecond, sendingUs, reads }: TargetLoad): Sizing {
  const { create, compression, topics = [''] } = options as unknown as KafkaOptions & ManyTopics;
  const eventBytes = RECORD_BYTES + meanEventBytes(fleets);
  const peakBytes = peakPerSecond * eventBytes;
  const dayBytes = (eventsOf(fleets) / (sendingUs / 1e6)) * eventBytes * DAY_SECONDS;
  const needed = placesFor(peakBytes / PARTITION_BYTES);
  const made = create === null ? null : (create.partitions ?? PARTITIONS) * topics.length;
  const key = hottestKey(fleets);
  const share = (key.bytesPerSecond + key.perSecond * RECORD_BYTES) / PARTITION_BYTES;
  const spread = fullestExcess(keysOf(fleets), made ?? needed);
  const replication = create?.replication ?? null;
  const copies = replication === null ? 'for each copy' : `for ${formatCountOf(replication, 'copy', 'copies')}`;
  const lines: [string, string][] = [
    [
      'needs',
      `${formatCountOf(needed, 'partition')} at the peak, of ${formatBytes(PARTITION_BYTES)}/s each filled to ${percentText(HEADROOM)}`,
    ],
  ];
  if (made !== null && made < needed) {
    const all = topics.length === 1 ? 'the topic is' : 'the topics are';
    lines.push(['', `${all} made with ${formatCount(made)}: too few for the peak`]);
  }
  lines.push(['hottest key', hottestKeyText(key, share, 'partition')]);
  if (isUneven(spread)) lines.push(['', unevenText(spread, 'partition')]);
  lines.push([
    'brokers',
    `take ${formatBytes(Math.round(peakBytes))}/s at the peak${reads ? ', and give as much to whoever reads back' : ''}; ` +
      `${formatBytes(Math.round(dayBytes * (replication ?? 1)))} a day ${copies}${compression === 'none' ? '' : `, before ${compression}`}`,
  ]);
  return {
    lines,
    figures: {
      eventBytes,
      peakBytesPerSecond: peakBytes,
      bytesPerDayAndCopy: dayBytes,
      headroom: HEADROOM,
      partitionBytesPerSecond: PARTITION_BYTES,
      partitions: needed,
      partitionsMade: made,
      hottestKey: { fleet: key.fleet, perSecond: key.perSecond, shareOfPartition: share },
      fullestPartitionExcess: Number.isFinite(spread) ? spread : 0,
      replication,
    },
    costUsd: null,
  };
}
