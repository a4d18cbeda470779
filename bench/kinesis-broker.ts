import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunResult } from '../src/metrics/result.ts';

/*
 * How many events a second go through the embedded Kinesis, all on the cores of one machine: the seismograph's phones, 80 B and a key of 29 B,
 * into 32 shards; sent alone, and sent, read back and verified. Once as records of their own, into shards without limits, and once aggregated,
 * into shards that take 1 MiB a second each. Prints what was reached at each rate, and whose CPU time it took.
 *
 *   node --import tsx bench/kinesis-broker.ts [seconds] [sent per second] [verified per second]
 */

const SHARDS = 32;
const PHONE_PER_SECOND = 4.6;
const [seconds = '10', sentRate = '220000', verifiedRate = '90000'] = process.argv.slice(2);

/** CPU seconds of a process and its children so far: user and system, in hundredths of a second in /proc. */
function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean);
  const own = (Number(fields[11]) + Number(fields[12])) / 100;
  return children.reduce((sum, child) => sum + cpuSeconds(Number(child)), own);
}

const dir = mkdtempSync(join(tmpdir(), 'iotload-kinesis-'));

async function measure(how: 'plain' | 'aggregated', verified: boolean, rate: number): Promise<void> {
  const limits = how === 'plain' ? ['--unlimited'] : [];
  const broker = spawn(process.execPath, ['bin/iotload.js', 'broker', 'kinesis', '--port', '0', '-q', ...limits]);
  try {
    const [line] = (await once(broker.stdout, 'data')) as [Buffer];
    const file = join(dir, 'phones.yaml');
    const out = join(dir, `${how}-${verified}`);
    writeFileSync(
      file,
      `iotload: 1
run: { warm_up: 2s, duration: ${seconds}s }
fleets:
  phones:
    model: phone-motion
    devices: ${Math.round(rate / PHONE_PER_SECOND)}
    rate: ${rate}/s
    id: client-<hex:12>
    key: partition-<device>
    payload: { codec: json, fields: { magnitude: <magnitude>, time: <time.iso>, device: <device> }, identity: ${verified ? 'fields' : 'none'} }
target:
  { protocol: kinesis, endpoint: "${line.toString().trim()}", stream: s, create: { shards: ${SHARDS} }, aggregate: ${how === 'aggregated'} }
${verified ? '' : 'verify: false'}
`,
    );
    const before = cpuSeconds(broker.pid as number);
    const args = ['bin/iotload.js', 'run', file, '--out', out, '--progress', 'none', '-q', '--workers', '1'];
    const run = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
    const [code] = (await once(run, 'exit')) as [number];
    const brokerSeconds = cpuSeconds(broker.pid as number) - before;
    const {
      verdict,
      events,
      delivery,
      rate: reached,
      generator,
      verifier,
      latency,
    } = JSON.parse(readFileSync(join(out, 'summary.json'), 'utf8')) as RunResult;
    const perMillion = (spent: number, count: number): string => ((spent * 1e6) / count).toFixed(2);
    process.stdout.write(
      `${how}${verified ? ', verified' : ''}: ${verdict}, exit ${code}; ${Math.round(reached.achievedPerSecond)}/s of ${rate}/s, ` +
        `${events.acked} of ${events.intended} acknowledged, ${delivery.verified} verified, response p99 ${latency.responseTime.p99} us\n` +
        `  CPU s per million: generator ${perMillion(generator.cpuSeconds, events.sent)}, ` +
        `verifier ${verified ? perMillion(verifier.cpuSeconds, delivery.received) : '-'}, broker ${perMillion(brokerSeconds, events.sent)}\n`,
    );
  } finally {
    broker.kill('SIGINT');
  }
}

try {
  for (const how of ['plain', 'aggregated'] as const) {
    await measure(how, false, Number(sentRate));
    await measure(how, true, Number(verifiedRate));
  }
} finally {
  rmSync(dir, { recursive: true, force: true });
}
