import { describe, expect, it } from 'vitest';
import { optionsSchema } from '../../../src/targets/mqtt/options.ts';
import { sizing } from '../../../src/targets/mqtt/sizing.ts';
import type { TargetLoad } from '../../../src/targets/sizing.ts';

const load = (devices: number, peakPerSecond: number): TargetLoad => ({
  fleets: [
    {
      name: 'meters',
      devices,
      events: 1_000_000,
      peakPerSecond,
      addressBytes: 20,
      payloadBytes: 200,
      hottestShare: 1 / devices,
      onlyAddress: null,
    },
  ],
  peakPerSecond,
  sendingUs: 600_000_000,
  workers: 2,
  reads: true,
});
const sized = (block: object, asked: TargetLoad) =>
  sizing(optionsSchema.parse({ endpoint: 'mqtt://localhost:1883', connections: 'per_device', ...block }), asked);

describe('what a load takes in MQTT', () => {
  it('in connections, the time until they are up, and what keeps them alive', () => {
    const { lines, figures } = sized({ connect: { rate: '2k/s' }, keep_alive: '5m' }, load(20_000, 20));
    expect(figures).toMatchObject({
      connections: 20_000,
      connectSeconds: 10,
      localPorts: 20_001,
      sourceAddressesNeeded: 1,
    });
    expect(lines[0]?.[1]).toBe(
      '20,000 connections at 2k/s: up after 10s; 3.6/h each at the peak; 66.67/s of keep-alive beside the events',
    );
    expect(sized({ keep_alive: '5m' }, load(20_000, 2_000)).lines[0]?.[1]).not.toContain('keep-alive');
  });

  it('in local addresses, where one has too few ports', () => {
    const { lines, figures } = sized({}, load(200_000, 2_000));
    expect(figures['sourceAddressesNeeded']).toBe(8);
    expect(lines[1]?.[1]).toContain(
      '200,001 of one local address, which has 28,232 where Linux is as it comes: on one machine',
    );
    const four = sized(
      { source_addresses: ['127.0.0.1', '127.0.0.2', '127.0.0.3', '127.0.0.4'] },
      load(100_000, 2_000),
    );
    expect(four.lines[1]?.[1]).toMatch(
      /^25,001 of each of 4 local addresses, which has 28,232 where Linux is as it comes$/,
    );
  });

  it('in nothing worth a line, where a pool is enough', () => {
    expect(sized({ connections: 8 }, load(200_000, 2_000))).toMatchObject({ lines: [], figures: { connections: 8 } });
  });
});
