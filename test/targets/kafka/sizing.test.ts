import { describe, expect, it } from 'vitest';
import { optionsSchema } from '../../../src/targets/kafka/options.ts';
import { sizing } from '../../../src/targets/kafka/sizing.ts';
import type { FleetLoad, TargetLoad } from '../../../src/targets/sizing.ts';

const fleet: FleetLoad = {
  name: 'phones',
  devices: 10_000,
  events: 36_000_000,
  peakPerSecond: 100_000,
  addressBytes: 14,
  payloadBytes: 200,
  hottestShare: 1 / 10_000,
  onlyAddress: null,
};
const load = (changes: Partial<TargetLoad> = {}): TargetLoad => ({
  fleets: [fleet],
  peakPerSecond: 100_000,
  sendingUs: 3_600_000_000,
  workers: 2,
  reads: false,
  ...changes,
});
const sized = (block: object, asked = load()) =>
  sizing(optionsSchema.parse({ endpoint: 'localhost:9092', topic: 't', ...block }), asked);
const textOf = (block: object, asked?: TargetLoad): string =>
  sized(block, asked)
    .lines.map(([word, text]) => `${word}: ${text}`)
    .join('\n');

describe('what a load takes in Kafka', () => {
  it('in partitions, at the peak', () => {
    // 100 000 × 226 B = 21.6 MiB/s; a partition is filled with 7 MiB/s.
    expect(sized({}).figures).toMatchObject({ partitions: 4, partitionsMade: null, eventBytes: 226 });
    expect(textOf({})).toContain('needs: 4 partitions at the peak, of 10 MiB/s each filled to 70 %');
    expect(textOf({ create: { partitions: 3 } })).toContain('the topic is made with 3: too few for the peak');
    expect(textOf({ create: {} })).not.toContain('too few');
  });

  it('in bytes that the brokers take, give and keep', () => {
    // On average 10 000/s: 86 400 × 10 000 × 226 B a day.
    expect(sized({}).figures['bytesPerDayAndCopy']).toBe(86_400 * 10_000 * 226);
    expect(textOf({})).toMatch(/brokers: take 21\.6 MiB\/s at the peak; 182 GiB a day for each copy$/);
    expect(textOf({ create: { replication: 3 }, compression: 'lz4' }, load({ reads: true }))).toMatch(
      /and give as much to whoever reads back; 546 GiB a day for 3 copies, before lz4$/,
    );
  });

  it('names a key that no number of partitions can take, and few that spread unevenly', () => {
    const one = load({ fleets: [{ ...fleet, hottestShare: 1, onlyAddress: 'all' }] });
    expect(textOf({}, one)).toMatch(/hottest key: 100k\/s at the peak \(phones\): 2\.16 times what a partition takes/);
    expect(textOf({})).toMatch(/hottest key: 10\/s at the peak \(phones\), 0\.022 % of a partition/);
    const few = load({ fleets: [{ ...fleet, devices: 20, hottestShare: 1 / 20 }] });
    expect(textOf({ create: { partitions: 12 } }, few)).toContain('so few keys spread unevenly');
    expect(textOf({ create: { partitions: 12 } })).not.toContain('unevenly');
  });
});
