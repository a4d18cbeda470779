import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startFaultProxy } from '../src/brokers/mqtt/fault-proxy/fault-proxy.ts';
import type { CapacityResult } from '../src/capacity/capacity-result.ts';
import { systemClock } from '../src/core/clock.ts';
import { formatRate } from '../src/core/units.ts';
import { startKafka } from '../test/live/kafka.ts';
import { startMosquitto } from '../test/live/mosquitto.ts';

/*
 * Does `iotload capacity` find a limit that is known? In real time, against real brokers that were made narrow:
 *
 *   Mosquitto      behind a proxy that holds each acknowledgement for 50 ms: 4 connections with 20 messages under way each are 1600/s
 *   Apache Kafka   a quota of 1 000 000 bytes/s, over a window of two seconds, for every producer; an event is 400 B of value and about
 *                  25 B around it: a key of 10, lengths and offsets, its part of the batch's header
 *
 * Prints the load that was found, its interval, and how far that is from the limit. Exit 1 where the limit lies outside of the interval,
 * widened by the precision.
 *
 *   node --import tsx bench/capacity.ts [HOLD_SECONDS] [mosquitto|kafka]        default 20, both; about 20 steps each
 */

const hold = Number(process.argv[2] ?? 20);
if (!(hold >= 1)) throw new Error('HOLD_SECONDS is at least 1');
const which = process.argv[3];
const PRECISION = 0.05;

const ACK_MS = 50;
const CONNECTIONS = 4;
const IN_FLIGHT = 20;

const QUOTA_BYTES = 1_000_000;
const VALUE_BYTES = 400;
const EVENT_BYTES = VALUE_BYTES + 25;

const space = mkdtempSync(join(tmpdir(), 'iotload-capacity-'));

/** Searches in a process of its own, as a user would. */
async function search(name: string, fleet: string, target: string, from: number, to: number): Promise<CapacityResult> {
  const file = join(space, `${name}.yaml`);
  const out = join(space, name);
  writeFileSync(
    file,
    `iotload: 1
run: { warm_up: ${Math.max(3, Math.round(hold / 4))}s, drain: 30s }
fleets: { phones: { model: phone-motion, devices: 400, rate: 1k/s, ${fleet} } }
target: ${target}
verify: { grace: 20s }
thresholds: [response_time p99 < 1s]
outputs: { formats: [] }
capacity: { from: ${from}/s, to: ${to}/s, hold: ${hold}s, precision: ${PRECISION * 100}%, confirm: 3 }
`,
  );
  const args = ['bin/iotload.js', 'capacity', file, '--out', out, '--workers', '1', '--progress', 'none'];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  await new Promise((resolve) => child.once('exit', resolve));
  return JSON.parse(readFileSync(join(out, 'capacity.json'), 'utf8')) as CapacityResult;
}

/** What was found, beside what is known. */
function tell(name: string, limit: number, { finding, steps }: CapacityResult): void {
  const { interval, highestHeld, lowestBroke } = finding;
  if (interval === null || highestHeld === null || lowestBroke === null) {
    process.stdout.write(
      `${name}: not found (${finding.ending}: ${finding.limit?.what ?? ''}), ${steps.length} steps\n`,
    );
    process.exitCode = 1;
    return;
  }
  const within = limit >= interval.low * (1 - PRECISION) && limit <= interval.high * (1 + PRECISION);
  const off = ((highestHeld.level / limit - 1) * 100).toFixed(1);
  process.stdout.write(
    `${name}: holds ${formatRate(highestHeld.level)}, breaks at ${formatRate(lowestBroke.level)}, ` +
      `${interval.confidence * 100} % between ${formatRate(interval.low)} and ${formatRate(interval.high)}; ` +
      `the limit is ${formatRate(limit)} (${off} %), ${steps.length} steps${within ? '' : ': OUTSIDE'}\n`,
  );
  if (!within) process.exitCode = 1;
}

async function mosquitto(): Promise<void> {
  const broker = await startMosquitto({ log: 'errors', config: ['max_queued_messages 0', 'max_inflight_messages 0'] });
  const upstream = { host: '127.0.0.1', port: broker.port };
  const faults = { holdAcks: { ms: ACK_MS } };
  const proxy = await startFaultProxy({ upstream, faults, clock: systemClock() });
  try {
    const target = `{ protocol: mqtt, endpoint: "${proxy.endpoint}", qos: 1, connections: ${CONNECTIONS}, max_in_flight: ${IN_FLIGHT} }`;
    const limit = (CONNECTIONS * IN_FLIGHT * 1000) / ACK_MS;
    tell('Mosquitto', limit, await search('mosquitto', 'payload: seismograph-traced', target, limit / 4, limit * 4));
  } finally {
    await proxy.close();
    await broker.stop();
  }
}

async function kafka(): Promise<void> {
  const cluster = await startKafka({ config: { 'quota.window.num': '3', 'quota.window.size.seconds': '1' } });
  try {
    const quota = [
      '--alter',
      '--add-config',
      `producer_byte_rate=${QUOTA_BYTES}`,
      '--entity-type',
      'clients',
      '--entity-default',
    ];
    const configure = ['-cp', `${cluster.jars}/*`, 'kafka.admin.ConfigCommand', '--bootstrap-server', cluster.endpoint];
    execFileSync('java', [...configure, ...quota], { stdio: ['ignore', 'ignore', 'inherit'] });
    const target = `{ protocol: kafka, endpoint: "${cluster.endpoint}", topic: narrow, compression: none, create: { partitions: 1 } }`;
    const fleet = `payload: { codec: json, fields: { device: <device>, at: <time.ms>, x: <x:3> }, identity: fields, pad_to: ${VALUE_BYTES}B }`;
    const limit = Math.round(QUOTA_BYTES / EVENT_BYTES);
    tell('Apache Kafka', limit, await search('kafka', fleet, target, Math.round(limit / 4), limit * 4));
  } finally {
    await cluster.stop();
  }
}

try {
  if (which !== 'kafka') await mosquitto();
  if (which !== 'mosquitto') await kafka();
} finally {
  rmSync(space, { recursive: true, force: true });
}
