import { formatBytes, formatCount, formatRate } from '../../core/units.ts';
import { fullestExcess, hottestKey, keysOf } from '../key-spread.ts';
import type { Sizing, TargetLoad } from '../sizing.ts';
import type { TargetOptions } from '../target.ts';
import type { ManyTopics } from './fleet-topics.ts';
import type { KafkaOptions } from './options.ts';
import { PARTITIONS } from './topic-name.ts';

/** What one partition takes, and gives to one reader, with care: brokers write one file of it after the other, whoever waits. */
const PARTITION_BYTES = 10 * 1024 * 1024;
/** Share of it that a plan fills: keys do not spread evenly, and rates have seconds above their mean. */
const HEADROOM = 0.7;
/** What a record takes besides key and value: lengths, time, its share of the batch. */
const RECORD_BYTES = 12;
const DAY_SECONDS = 86_400;

/** What a load takes in partitions, and what it brings the brokers. */
export function sizing(options: TargetOptions, { fleets, peakPerSecond, sendingUs, reads }: TargetLoad): Sizing {
  const { create, compression, topics = [''] } = options as unknown as KafkaOptions & ManyTopics;
  const events = fleets.reduce((sum, fleet) => sum + fleet.events, 0);
  const bytes = fleets.reduce((sum, fleet) => sum + fleet.events * (fleet.addressBytes + fleet.payloadBytes), 0);
  const eventBytes = RECORD_BYTES + (events === 0 ? 0 : bytes / events);
  const peakBytes = peakPerSecond * eventBytes;
  const dayBytes = (events / (sendingUs / 1e6)) * eventBytes * DAY_SECONDS;
  const needed = Math.max(1, Math.ceil(peakBytes / PARTITION_BYTES / HEADROOM - 1e-9));
  const made = create === null ? null : (create.partitions ?? PARTITIONS) * topics.length;
  const key = hottestKey(fleets);
  const share = (key.bytesPerSecond + key.perSecond * RECORD_BYTES) / PARTITION_BYTES;
  const spread = fullestExcess(keysOf(fleets), made ?? needed);
  const replication = create?.replication ?? null;
  const copies = replication === null ? 'for each copy' : `for ${plural(replication, 'copy', 'copies')}`;
  const lines: [string, string][] = [
    [
      'needs',
      `${plural(needed, 'partition')} at the peak, of ${formatBytes(PARTITION_BYTES)}/s each filled to ${percent(HEADROOM)}`,
    ],
    ...(made === null || made >= needed
      ? []
      : [
          [
            '',
            `${topics.length === 1 ? 'the topic is' : 'the topics are'} made with ${formatCount(made)}: too few for the peak`,
          ] as [string, string],
        ]),
    ['hottest key', keyText(key.fleet, key.perSecond, share)],
    ...(spread > 1 / HEADROOM - 1
      ? [
          [
            '',
            `so few keys spread unevenly: the fullest partition is likely to get ${percent(spread)} more than its share`,
          ] as [string, string],
        ]
      : []),
    [
      'brokers',
      `take ${formatBytes(Math.round(peakBytes))}/s at the peak${reads ? ', and give as much to whoever reads back' : ''}; ` +
        `${formatBytes(Math.round(dayBytes * (replication ?? 1)))} a day ${copies}${compression === 'none' ? '' : `, before ${compression}`}`,
    ],
  ];
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

function keyText(fleet: string, perSecond: number, share: number): string {
  const rate = `${formatRate(perSecond)} at the peak (${fleet})`;
  if (share <= 1) return `${rate}, ${percent(share)} of a partition`;
  return `${rate}: ${Number(share.toPrecision(3))} times what a partition takes, however many there are; give events a key that varies more`;
}

/** Two significant digits. */
function percent(share: number): string {
  return `${Number((share * 100).toPrecision(2))} %`;
}

function plural(count: number, noun: string, nouns = `${noun}s`): string {
  return `${formatCount(count)} ${count === 1 ? noun : nouns}`;
}
