import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Kafka, startKafka } from '../test/live/kafka.ts';
import { kafkaAdmin } from '../test/live/kafka-admin.ts';
import { compileCClient } from './rivals/c-client.ts';
import { kafkaPlan, PARTITIONS } from './rivals/kafka-plan.ts';
import { startNullKafka } from './rivals/null-kafka.ts';
import { eachEvent, VALUE_BYTES } from './rivals/phones.ts';
import { roleFigure, roleMeter } from './rivals/role.ts';
import { compareRivals, type Figure, type Rival, timedCommand } from './rivals/rounds.ts';
import { runWorker } from './rivals/run-worker.ts';
import { sendInRounds } from './rivals/senders.ts';

/*
 * What does it cost to produce an event to Kafka? CPU seconds (user + system) of the producing process per million events, keys of 12 B,
 * values of 220 B, six partitions, acks=all; to a broker in another process that only answers, and to Apache Kafka 4.
 *
 * Ours is a whole worker: schedule, model, JSON, identity with its checksum, key, batches, idempotence, outcomes in the journal, four
 * histograms; once as fast as it can, like all others, and once paced, with a thousand times a second as little to do. The others get:
 *
 *   C program             one and the same value; with and without counting acknowledgements
 *   kcat                  our events from a file
 *   ProducerPerformance   one of several random values, without keys
 *   @platformatic/kafka   one and the same value, in sends of 5000
 *   kafkajs               one and the same value, in sends of about 1000 a partition: beyond, its cost grows with the square
 *
 * Connecting and a warm-up are left out for those in JavaScript; kcat and the C program are measured whole, which costs them milliseconds; of
 * ProducerPerformance, the cost of a run of 1000 events is taken off.
 *
 *   PLATFORMATIC_KAFKA=/path/to/node_modules/@platformatic/kafka node --import tsx bench/kafka-produce.ts [rounds] [events] [null|real]
 */

const TOPIC = 'bench';
const WARM_UP = 200_000;
/** A pace at which most of the time nothing is due, and batches go out because their time is over. */
const PACED = 200_000;

const [role, endpoint = '', messages = '0', pace = ''] = process.argv.slice(2);
const roles: Record<string, () => Promise<void>> = { iotload, kafkajs, platformatic };
await (roles[role ?? ''] ?? compare)();

async function iotload(): Promise<void> {
  const events = Number(messages) + WARM_UP;
  const plan = await kafkaPlan({ endpoint, topic: TOPIC, events, perSecond: PACED });
  // As fast as it can, which a scenario may not ask of a target that others depend on.
  if (pace === 'max') plan.clock = { ...plan.clock, speed: 'max' };
  const { begin, end } = roleMeter();
  let warmed = 0;
  const acked = await runWorker(plan, (count) => {
    if (warmed > 0 || count < WARM_UP) return;
    warmed = count;
    begin();
  });
  end(acked - warmed);
  process.disconnect?.();
}

async function kafkajs(): Promise<void> {
  const { Kafka, logLevel, Partitioners } = await import('kafkajs');
  const client = new Kafka({ brokers: [endpoint], logLevel: logLevel.NOTHING });
  const producer = client.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  const value = Buffer.alloc(VALUE_BYTES, 'x');
  await sendInRounds(
    { perSend: 1000 * PARTITIONS, inFlight: 3, warmUp: WARM_UP, events: Number(messages) },
    (key) => ({ key, value }),
    (sent) => producer.send({ topic: TOPIC, messages: sent, acks: -1 }),
  );
  await producer.disconnect();
  process.disconnect?.();
}

interface PlatformaticProducer {
  send(options: { messages: unknown[]; acks: number }): Promise<unknown>;
  close(): Promise<void>;
}

async function platformatic(): Promise<void> {
  const entry = join(process.env['PLATFORMATIC_KAFKA'] ?? '', 'dist/index.js');
  const library = (await import(pathToFileURL(entry).href)) as {
    Producer: new (options: unknown) => PlatformaticProducer;
  };
  const producer = new library.Producer({ clientId: 'bench', bootstrapBrokers: [endpoint] });
  const value = Buffer.alloc(VALUE_BYTES, 'x');
  await sendInRounds(
    { perSend: Math.floor(5000 / PARTITIONS) * PARTITIONS, inFlight: 3, warmUp: WARM_UP, events: Number(messages) },
    (key) => ({ topic: TOPIC, key: Buffer.from(key), value }),
    (sent) => producer.send({ messages: sent, acks: -1 }),
  );
  await producer.close();
  process.disconnect?.();
}

/** Our events as lines `key TAB value`, for kcat. */
async function writeEvents(path: string, events: number): Promise<void> {
  const plan = await kafkaPlan({ endpoint: '127.0.0.1:9092', topic: TOPIC, events, perSecond: PACED });
  const file = openSync(path, 'w');
  let lines = '';
  const write = (): void => {
    writeSync(file, lines);
    lines = '';
  };
  eachEvent(plan, (key, value) => {
    lines += `${key}\t${value}\n`;
    if (lines.length > 1_000_000) write();
  });
  write();
  closeSync(file);
}

function ownRole(name: string, broker: string, events: number, pace = ''): Promise<Figure> {
  return roleFigure(import.meta.url, [name, broker, `${events}`, pace]);
}

async function compare(): Promise<void> {
  const rounds = Number(role ?? 3);
  const count = Number(process.argv[3] ?? 3_000_000);
  const only = process.argv[4];
  const dir = mkdtempSync(join(tmpdir(), 'iotload-bench-'));
  const file = join(dir, 'events.txt');
  await writeEvents(file, count);
  const c = await compileCClient();
  const whole = async (events: number, command: string, args: readonly string[]): Promise<Figure | null> => {
    const figure = await timedCommand(command, args);
    if (figure === null) return null;
    if (figure.code !== 0) throw new Error(`${command} failed`);
    return { ...figure, events };
  };
  const rivalsOf = (broker: string, real: Kafka | null): Record<string, Rival> => {
    const ofC = (reports: 0 | 1): Rival => {
      const args = ['produce', broker, TOPIC, `${count}`, `${VALUE_BYTES}`, `${reports}`];
      return async () => (c === null ? null : whole(count, c.program, args));
    };
    const settings = ['acks=all', 'linger.ms=5', 'batch.size=262144', `bootstrap.servers=${broker}`];
    const java = (events: number): Promise<Figure | null> =>
      whole(events, 'java', [
        ...['-cp', `${real?.jars}/*`, 'org.apache.kafka.tools.ProducerPerformance', '--topic', TOPIC],
        ...['--num-records', `${events}`, '--record-size', `${VALUE_BYTES}`, '--throughput', '-1'],
        ...['--producer-props', ...settings],
      ]);
    return {
      iotload: () => ownRole('iotload', broker, count, 'max'),
      'iotload, 200 k/s': () => ownRole('iotload', broker, count / 2),
      'C, librdkafka': ofC(0),
      'C, reports counted': ofC(1),
      'kcat -P -l': () =>
        whole(count, 'kcat', [
          ...['-P', '-b', broker, '-t', TOPIC, '-K', '\t', '-X', 'acks=all', '-X', 'linger.ms=5'],
          ...['-X', 'batch.size=1000000', '-l', file],
        ]),
      ProducerPerformance: async () => {
        if (real === null) return null;
        const [start, all] = [await java(1000), await java(count)];
        if (start === null || all === null) return null;
        return { ...all, cpuSeconds: all.cpuSeconds - start.cpuSeconds };
      },
      '@platformatic/kafka': async () =>
        real === null || process.env['PLATFORMATIC_KAFKA'] === undefined
          ? null
          : ownRole('platformatic', broker, count / 2),
      kafkajs: () => ownRole('kafkajs', broker, count / 4),
    };
  };
  try {
    if (only !== 'real') {
      const broker = await startNullKafka(PARTITIONS);
      await compareRivals('produce to a broker that only answers', rounds, rivalsOf(`127.0.0.1:${broker.port}`, null));
      broker.stop();
    }
    if (only !== 'null') await compareOnReal(rounds, rivalsOf);
  } finally {
    c?.remove();
    rmSync(dir, { recursive: true, force: true });
  }
}

async function compareOnReal(
  rounds: number,
  rivalsOf: (broker: string, real: Kafka) => Record<string, Rival>,
): Promise<void> {
  // Little of what is produced stays.
  const kept = { 'log.segment.bytes': '67108864', 'log.retention.bytes': '67108864' };
  const soon = { 'log.retention.check.interval.ms': '1000', 'log.segment.delete.delay.ms': '100' };
  const kafka = await startKafka({ heap: '1g', steady: true, config: { ...kept, ...soon } });
  try {
    const admin = await kafkaAdmin(kafka.endpoint);
    await admin.createTopic(TOPIC, PARTITIONS);
    await admin.close();
    await compareRivals('produce to Apache Kafka 4', rounds, rivalsOf(kafka.endpoint, kafka));
  } finally {
    await kafka.stop();
  }
}
