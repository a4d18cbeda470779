import { describe, expect, it } from 'vitest';
import { optionsSchema } from '../../../src/targets/kinesis/options.ts';
import { sizing } from '../../../src/targets/kinesis/sizing.ts';
import type { FleetLoad, TargetLoad } from '../../../src/targets/sizing.ts';

const aws = { endpoint: 'aws', region: 'us-east-1', stream: 's' };

function fleet(changes: Partial<FleetLoad> = {}): FleetLoad {
  return {
    name: 'phones',
    devices: 10_000,
    events: 36_000_000,
    peakPerSecond: 10_000,
    addressBytes: 14,
    payloadBytes: 200,
    hottestShare: 1 / 10_000,
    onlyAddress: null,
    ...changes,
  };
}

function load(changes: Partial<TargetLoad> = {}): TargetLoad {
  return { fleets: [fleet()], peakPerSecond: 10_000, sendingUs: 3_600_000_000, workers: 2, reads: false, ...changes };
}

const sized = (block: object, asked: TargetLoad = load()) => sizing(optionsSchema.parse({ ...aws, ...block }), asked);
const textOf = (block: object, asked?: TargetLoad): string =>
  sized(block, asked)
    .lines.map(([word, text]) => `${word}: ${text}`)
    .join('\n');

describe('what a load takes in Kinesis', () => {
  it('in shards, as it is and aggregated', () => {
    expect(sized({}).figures).toMatchObject({
      plain: { shards: 15, shardsByRecords: 15, shardsByBytes: 3, putUnitsPerEvent: 1 },
      aggregated: { shards: 4, shardsByRecords: 1, shardsByBytes: 4 },
    });
    expect(textOf({})).toContain('needs: 15 shards at the peak, filled to 70 % (15 by records, 3 by bytes); 4 with');
    expect(textOf({ aggregate: true })).toContain('needs: 4 shards at the peak');
    expect(textOf({ aggregate: true })).toContain('15 if each event were a record');
  });

  it('is that of the peak, while costs follow from the mean', () => {
    const calm = sized({}).figures as { plain: { usd: { onDemandDay: number } } };
    const wild = sized({}, load({ peakPerSecond: 50_000 })).figures as typeof calm;
    expect(wild).toMatchObject({ plain: { shards: 72 } });
    expect(wild.plain.usd.onDemandDay).toBe(calm.plain.usd.onDemandDay);
  });

  it('says when the stream is made too small', () => {
    expect(textOf({ create: { shards: 3 } })).toContain('made with 3 shards: too few for the peak');
    expect(textOf({ create: { shards: 15 } })).not.toContain('too few');
    expect(textOf({ create: { mode: 'on-demand' } })).not.toContain('too few');
  });
});

describe('the hottest key', () => {
  it('of fleets with one key is the sum of them', () => {
    const one = { hottestShare: 1, onlyAddress: 'all' };
    const fleets = [fleet({ ...one, name: 'a', peakPerSecond: 600 }), fleet({ ...one, name: 'b', peakPerSecond: 500 })];
    expect(sized({}, load({ fleets })).figures['hottestKey']).toEqual({
      fleet: 'a',
      perSecond: 1100,
      shareOfShard: 1.1,
    });
    expect(textOf({}, load({ fleets }))).toContain('1.1 times what a shard takes, however many there are');
  });

  it('of devices is that of one', () => {
    expect(sized({}).figures['hottestKey']).toMatchObject({ perSecond: 1, shareOfShard: 0.001 });
  });

  it('is all of them where every event has one place', () => {
    expect(sized({ hash_key: '17' }).figures['hottestKey']).toMatchObject({ perSecond: 10_000 });
    expect(sized({ hash_key: 'even' }).figures['hottestKey']).toMatchObject({ perSecond: 1 });
  });

  it('is not alone in being uneven: few keys over many shards are', () => {
    const few = load({ fleets: [fleet({ devices: 50, hottestShare: 1 / 50 })] });
    expect(textOf({}, few)).toContain('hash_key: even spreads them');
    expect(textOf({ hash_key: 'even' }, few)).not.toContain('hash_key: even spreads');
    expect(textOf({}, load())).not.toContain('hash_key: even spreads');
  });
});

describe('what it costs', () => {
  it('follows from the mode of the stream, or is the dearer one where nobody knows it', () => {
    const [provisioned, onDemand] = [15 * 0.015 + 36 * 0.014, 0.04 + (36e6 / 1024 ** 2) * 0.08];
    expect(sized({ create: { shards: 15 } }).costUsd).toBeCloseTo(provisioned, 9);
    expect(sized({ create: { mode: 'on-demand' } }).costUsd).toBeCloseTo(onDemand, 9);
    expect(sized({}).costUsd).toBeCloseTo(onDemand, 9);
    const short = load({ sendingUs: 1_000_000, fleets: [fleet({ events: 1 })] });
    // An hour that has begun is paid for.
    expect(sized({ create: { shards: 15 } }, short).costUsd).toBeCloseTo(15 * 0.015, 6);
  });

  it('is nothing where nobody charges, though it is told', () => {
    for (const endpoint of ['embedded', 'http://127.0.0.1:4566'])
      expect(sized({ endpoint })).toMatchObject({ costUsd: null, figures: { run: { charged: false } } });
    expect(sized({ endpoint: 'https://kinesis.eu-central-1.amazonaws.com' }).costUsd).not.toBeNull();
    expect(textOf({ endpoint: 'embedded' })).toContain('if it were sent to AWS');
  });

  it('takes prices of one’s own, with their day and region', () => {
    const prices = { as_of: '2027-02-03', shard_hour: '1 USD' };
    const own = { region: 'eu-central-1', create: { shards: 2 }, prices };
    expect(sized(own).costUsd).toBeCloseTo(2 + 36 * 0.014, 9);
    expect(textOf(own)).toContain('list prices of eu-central-1, 2027-02-03');
    expect(textOf({})).toContain('list prices of us-east-1, 2026-11-21');
  });
});

describe('the rights', () => {
  it('are those that the run needs', () => {
    const figures = sized({ create: { shards: 1 } }, load({ reads: true })).figures;
    expect(JSON.stringify(figures['policy'])).toContain('"kinesis:CreateStream"');
    expect(textOf({})).toContain('kinesis:PutRecords on arn:aws:kinesis:us-east-1:*:stream/s');
  });
});
