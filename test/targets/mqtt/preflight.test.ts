import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type LimitQuestion, limitProblem, preflight } from '../../../src/targets/mqtt/preflight.ts';
import { testFleet } from '../../contracts/sink.ts';
import { mqttOptions } from './mqtt-options.ts';

const question: LimitQuestion = { connections: 10_000, readers: 1, workers: 2, addresses: 0, destination: 'h:1883' };
const wide = { openFiles: { most: 20_000, now: 40 }, localPorts: 28_232 };

it('finds nothing wrong where there is room, or where nothing is known', () => {
  expect(limitProblem(question, wide)).toBeNull();
  expect(limitProblem({ ...question, connections: 1e6 }, { openFiles: null, localPorts: null })).toBeNull();
  expect(limitProblem(question, { ...wide, openFiles: { most: Number.POSITIVE_INFINITY, now: 1 } })).toBeNull();
});

it('says how many open files it takes, to the file', () => {
  // 10 000 connections, 40 that are open, 64 to spare, 16 for each of two workers.
  expect(limitProblem(question, { ...wide, openFiles: { most: 10_136, now: 40 } })).toBeNull();
  const error = limitProblem(question, { ...wide, openFiles: { most: 10_135, now: 40 } });
  expect(error).toMatchObject({
    code: 'target-unreachable',
    message: '10000 connections need 10136 open files, and this process may have 10135',
    hint: expect.stringContaining('ulimit -n 10136'),
  });
});

it('says how many local addresses it takes, to the port', () => {
  const limits = { openFiles: null, localPorts: 5000 };
  expect(limitProblem({ ...question, addresses: 3 }, limits)).toBeNull();
  expect(limitProblem({ ...question, connections: 4999 }, limits)).toBeNull();
  expect(limitProblem({ ...question, connections: 5000 }, limits)).toMatchObject({
    code: 'target-unreachable',
    message:
      '5001 connections to h:1883 from one local address need 5001 ports of each, and net.ipv4.ip_local_port_range has 5000',
    hint: expect.stringContaining('Give 2 addresses in source_addresses'),
  });
  expect(limitProblem({ ...question, addresses: 2 }, limits)).toMatchObject({
    message: expect.stringContaining('from 2 local addresses need 5001 ports of each'),
    hint: expect.stringContaining('Give 3 addresses'),
  });
});

const context = {
  runId: 'r',
  shard: { index: 0, count: 1 },
  workers: 2,
  fleets: [testFleet(0, 3, 't/<device>')],
  reads: true,
  reveal: (text: string) => text,
};

it('looks at the credentials of every device of the shard', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'iotload-preflight-'));
  const devicesFile = join(dir, 'devices.csv');
  const options = mqttOptions('mqtt://h', { connections: 'per_device', devicesFile });
  writeFileSync(devicesFile, 'device,username\nfleet0-0,u\nfleet0-1,u\n');
  await expect(preflight(options, context)).rejects.toMatchObject({
    code: 'bad-scenario',
    message: expect.stringContaining('device fleet0-2'),
  });
  await preflight(options, { ...context, shard: { index: 1, count: 2 } });
  rmSync(dir, { recursive: true });
});

it('looks whether the local addresses are of this machine', async () => {
  await preflight(mqttOptions('mqtt://h', { sourceAddresses: ['127.0.0.1'] }), context);
  await expect(
    preflight(mqttOptions('mqtt://h', { sourceAddresses: ['127.0.0.1', '192.0.2.7'] }), context),
  ).rejects.toMatchObject({ code: 'bad-scenario', where: 'target.source_addresses', value: '192.0.2.7' });
});

it('holds against the real limits of this machine', async () => {
  const fleets = [testFleet(0, 100_000_000, 't/<device>')];
  const pooled = mqttOptions('mqtt://h', { connections: 50_000_000 });
  if (process.platform !== 'linux') return;
  await expect(preflight(pooled, { ...context, fleets })).rejects.toMatchObject({ code: 'target-unreachable' });
});
