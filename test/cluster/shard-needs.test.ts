import { describe, expect, it } from 'vitest';
import { shardNeeds } from '../../src/cluster/shard-needs.ts';
import { planned } from '../plan/request.ts';
import { meters } from './a-run.ts';

const MIB = 1024 ** 2;
const sizes = [{ addressBytes: 20, payloadBytes: 200 }];

async function needs(
  target: string,
  shards: number,
  rate = '1M/s',
  more = '',
  limits?: Parameters<typeof shardNeeds>[3],
) {
  const text = meters({ target, more });
  const { plan } = await planned({ text, rate, set: ['fleets.meters.devices=10k'] });
  return shardNeeds(plan, sizes, shards, limits);
}

const kafka = 'protocol: kafka, endpoint: "k.example.com:9092", topic: t';

describe('shardNeeds', () => {
  it('sends its share and reads everything back', async () => {
    // A million events a second keep 1.23 cores busy with sending and 0.43 with reading; 0.7 of a core may be.
    expect(await needs(kafka, 1)).toMatchObject({ workers: 2, cores: Math.ceil((1.23 + 0.43) / 0.7) });
    expect(await needs(kafka, 8, '4M/s')).toMatchObject({
      workers: 1,
      cores: Math.ceil((4 * (1.23 / 8 + 0.43)) / 0.7),
    });
    expect(await needs(kafka, 8, '4M/s', 'verify: false')).toMatchObject({ workers: 1, cores: 1 });
  });

  it('knows that a connection for each device costs more', async () => {
    const devices = 'protocol: mqtt, endpoint: "mqtt://b.example.com", connections: per_device';
    const pool = await needs('protocol: mqtt, endpoint: "mqtt://b.example.com"', 4, '100k/s', 'verify: false');
    expect(pool).toMatchObject({ workers: 1, cores: 1 });
    expect(await needs(devices, 4, '100k/s', 'verify: false')).toMatchObject({ workers: 1, cores: 1 });
    expect(await needs(devices, 1, '100k/s', 'verify: false')).toMatchObject({ workers: 3, cores: 3 });
  });

  it('holds its share of the connections, in steps of 64 MiB', async () => {
    const devices = 'protocol: mqtt, endpoint: "mqtt://b.example.com", connections: per_device';
    const few = await needs(devices, 1, '1k/s', '', { cores: 1, memoryBytes: null });
    expect(few.memoryBytes).toBeGreaterThan(180 * MIB);
    const [one, ten] = [await needs(devices, 1, '1k/s'), await needs(devices, 10, '1k/s')];
    expect(one.memoryBytes % (64 * MIB)).toBe(0);
    expect(ten.memoryBytes).toBeLessThan(one.memoryBytes);
  });

  it('does as it is told', async () => {
    expect(await needs(kafka, 1, '1M/s', '', { cores: 0.5, memoryBytes: 5 * MIB })).toEqual({
      workers: 1,
      cores: 0.5,
      memoryBytes: 5 * MIB,
    });
  });
});
