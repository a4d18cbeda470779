import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { scratch } from '../e2e/iotload.ts';
import { kafkaJars } from './kafka-jars/kafka-jars.ts';

/** A record as an independent client printed it. */
export interface PrintedRecord {
  key: string;
  value: string;
}

const LONGEST = { timeout: 60_000, maxBuffer: 64 * 1024 * 1024 };

/** All that is in a topic, by kcat, which checks the CRC of each batch. Within a partition in its order. */
export async function kcatRead(endpoint: string, topic: string): Promise<PrintedRecord[]> {
  const args = ['-C', '-e', '-q', '-b', endpoint, '-t', topic, '-o', 'beginning', '-f', '%k\\t%s\\n'];
  const { stdout } = await promisify(execFile)('kcat', [...args, '-X', 'check.crcs=true'], LONGEST);
  return printed(stdout);
}

/** Timestamps of all that is in a topic, ms since 1970 UTC, by kcat; in the order of `kcatRead`. */
export async function kcatTimestamps(endpoint: string, topic: string): Promise<number[]> {
  const args = ['-C', '-e', '-q', '-b', endpoint, '-t', topic, '-o', 'beginning', '-f', '%T\\n'];
  const { stdout } = await promisify(execFile)('kcat', args, LONGEST);
  return stdout.trimEnd().split('\n').map(Number);
}

/** Writes records by kcat, with `compression` as librdkafka names it. */
export async function kcatWrite(
  endpoint: string,
  topic: string,
  records: readonly PrintedRecord[],
  compression = 'none',
): Promise<void> {
  const args = ['-P', '-b', endpoint, '-t', topic, '-K', '\t', '-z', compression];
  await fed('kcat', [...args, '-X', 'acks=all'], records);
}

/** Runs one of Kafka's own console tools and hands over what it printed. */
async function consoleTool(tool: string, args: readonly string[], records: readonly PrintedRecord[]): Promise<string> {
  const jars = await kafkaJars();
  // Its own log would stand between the records.
  const space = scratch();
  const logging = space.path('log4j2.properties');
  writeFileSync(logging, 'rootLogger.level=off\n');
  const flags = ['-Xmx256m', '-XX:TieredStopAtLevel=1', `-Dlog4j2.configurationFile=${logging}`];
  try {
    return await fed('java', [...flags, '-cp', `${jars}/*`, `org.apache.kafka.tools.${tool}`, ...args], records);
  } finally {
    space.remove();
  }
}

/** The first `count` records of one partition, by Kafka's console consumer. */
export async function consoleRead(
  endpoint: string,
  topic: string,
  partition: number,
  count: number,
): Promise<PrintedRecord[]> {
  const which = ['--topic', topic, '--partition', `${partition}`, '--offset', 'earliest'];
  const until = ['--max-messages', `${count}`, '--timeout-ms', '20000'];
  const form = ['--property', 'print.key=true', '--property', 'key.separator=\t'];
  const args = ['--bootstrap-server', endpoint, ...which, ...until, ...form];
  return printed(await consoleTool('consumer.ConsoleConsumer', args, []));
}

/** Writes records by Kafka's console producer, which is idempotent. */
export async function consoleWrite(
  endpoint: string,
  topic: string,
  records: readonly PrintedRecord[],
  compression = 'none',
): Promise<void> {
  const form = ['--property', 'parse.key=true', '--property', 'key.separator=\t'];
  const args = ['--bootstrap-server', endpoint, '--topic', topic, '--compression-codec', compression, ...form];
  await consoleTool('ConsoleProducer', args, records);
}

/** Runs a command, writes the records to it as lines, and resolves with what it printed; rejects when it fails. */
async function fed(command: string, args: readonly string[], records: readonly PrintedRecord[]): Promise<string> {
  const child: ChildProcess = spawn(command, args, { stdio: 'pipe', timeout: LONGEST.timeout });
  let [out, said] = ['', ''];
  child.stdout?.on('data', (chunk: Buffer) => {
    out += chunk.toString();
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  child.stdin?.on('error', () => {});
  child.stdin?.end(records.map(({ key, value }) => `${key}\t${value}\n`).join(''));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`${command} ended with ${code}: ${said.slice(0, 2000)}`);
  return out;
}

function printed(text: string): PrintedRecord[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [key = '', value = ''] = line.split('\t');
      return { key, value };
    });
}
