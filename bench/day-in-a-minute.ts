import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startKafka } from '../test/live/kafka.ts';

/*
 * A whole day of the seismograph, 51 million events, into one real Kafka within a minute, acknowledged by all, idempotent, and every event
 * read back, all on the cores of one machine. Prints what was reached, and whose CPU time it took.
 *
 *   node --import tsx bench/day-in-a-minute.ts [SCENARIO [FLAGS…]]
 */

/** CPU seconds of a process so far: user and system, in hundredths of a second in /proc. */
function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

const [scenario = 'day-in-a-minute', ...given] = process.argv.slice(2);
// One worker keeps up; a second one would take turns with the broker and the verifier on two cores.
const flags = given.length > 0 ? given : ['--workers', '1'];
const out = mkdtempSync(join(tmpdir(), 'iotload-day-'));
const kafka = await startKafka({ heap: '1g', steady: true });
try {
  const broker = kafka.brokers[0]?.pid() ?? -1;
  const before = cpuSeconds(broker);
  const args = ['bin/iotload.js', 'run', scenario, '--out', join(out, 'run'), ...flags];
  const run = spawn(process.execPath, args, { stdio: 'inherit', env: { ...process.env, KAFKA: kafka.endpoint } });
  const code = await new Promise<number | null>((resolve) => run.once('exit', resolve));
  const brokerSeconds = cpuSeconds(broker) - before;
  const { events, delivery, rate, generator, verifier } = JSON.parse(
    readFileSync(join(out, 'run', 'summary.json'), 'utf8'),
  );
  const perMillion = (seconds: number, count: number): string =>
    `${seconds.toFixed(1)} CPU s, ${((seconds * 1e6) / count).toFixed(3)} per million`;
  process.stdout.write(
    `exit ${code}: ${events.acked} of ${events.intended} acknowledged, ${delivery.verified} verified, ${Math.round(rate.achievedPerSecond)}/s\n` +
      `  generator  ${perMillion(generator.cpuSeconds, events.sent)}\n` +
      `  verifier   ${perMillion(verifier.cpuSeconds, delivery.received)}\n` +
      `  broker     ${perMillion(brokerSeconds, events.sent)}\n`,
  );
} finally {
  await kafka.stop();
  rmSync(out, { recursive: true, force: true });
}
