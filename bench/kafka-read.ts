import { once } from 'node:events';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { openSource } from '../src/targets/kafka/source.ts';
import { type Kafka, startKafka } from '../test/live/kafka.ts';
import { kafkaAdmin } from '../test/live/kafka-admin.ts';
import { compileCClient } from './rivals/c-client.ts';
import { kafkaPlan, PARTITIONS } from './rivals/kafka-plan.ts';
import { meter, readAndProve } from './rivals/own-reader.ts';
import { anchor } from './rivals/phones.ts';
import { compareRivals, type Figure, type Rival, startRole, timedCommand } from './rivals/rounds.ts';
import { runWorker } from './rivals/run-worker.ts';

/*
 * What does it cost to read events back from Kafka and to prove each of them? CPU seconds (user + system) of the reading process per
 * million events, keys of 12 B, values of 220 B, from six partitions of Apache Kafka 4 that hold them already. Once with the identity in the
 * value, once in a header.
 *
 * Ours checks the CRC of each batch, finds the identity of each event, checks its checksum, enters the event into the ledger and its time
 * into a histogram. kafkajs counts messages by batches, checks no CRC, and in a second row does what a program has to do at least that wants
 * to know what it missed: it takes the identity out of the value or the header and remembers it. The C program and kcat check CRCs and
 * count; @platformatic/kafka counts. Connecting and a warm-up are left out for those in JavaScript; the others are measured whole.
 *
 *   PLATFORMATIC_KAFKA=/path/to/node_modules/@platformatic/kafka node --import tsx bench/kafka-read.ts [rounds] [events]
 */

const WARM_UP = 200_000;
const PER_SECOND = 150_000;

const [role, endpoint = '', messages = '0', topic = ''] = process.argv.slice(2);
const roles: Record<string, () => Promise<void>> = {
  fill,
  iotload,
  kafkajs: () => kafkajs(() => {}),
  remembering: () => kafkajs(remembering()),
  platformatic,
};
await (roles[role ?? ''] ?? compare)();

function planOf(events: number) {
  const identity = topic === 'headers' ? 'headers' : 'fields';
  return kafkaPlan({ endpoint, topic, events, perSecond: PER_SECOND, identity });
}

async function fill(): Promise<void> {
  await runWorker(await planOf(Number(messages)));
  process.disconnect?.();
}

async function iotload(): Promise<void> {
  const plan = await planOf(Number(messages));
  await readAndProve(plan, anchor, meter(Number(messages), WARM_UP), openSource, () => {});
}

type Message = { value: Buffer | null; headers?: Record<string, unknown> };

async function kafkajs(look: (message: Message) => void): Promise<void> {
  const { Kafka, logLevel } = await import('kafkajs');
  const consumer = new Kafka({ brokers: [endpoint], logLevel: logLevel.NOTHING }).consumer({
    groupId: `bench-${process.pid}`,
    maxBytesPerPartition: 2 * 1024 * 1024,
  });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  const { arrived, done } = meter(Number(messages), WARM_UP);
  await consumer.run({
    async eachBatch({ batch }) {
      for (const message of batch.messages) look(message);
      arrived(batch.messages.length);
    },
  });
  await done;
  await consumer.disconnect();
  process.disconnect?.();
}

/** Remembers which message came. */
function remembering(): (message: Message) => void {
  const seen = new Set<string>();
  return ({ value, headers }) => {
    if (topic === 'headers') seen.add(`${headers?.['iotload-id']}`);
    else seen.add((JSON.parse(`${value}`) as { _id: string })._id);
  };
}

interface PlatformaticConsumer {
  consume(options: unknown): Promise<NodeJS.ReadableStream>;
  close(force: boolean): Promise<void>;
}

async function platformatic(): Promise<void> {
  const entry = join(process.env['PLATFORMATIC_KAFKA'] ?? '', 'dist/index.js');
  const library = (await import(pathToFileURL(entry).href)) as {
    Consumer: new (options: unknown) => PlatformaticConsumer;
  };
  const groupId = `bench-${process.pid}`;
  const consumer = new library.Consumer({ clientId: 'bench', groupId, bootstrapBrokers: [endpoint] });
  const { arrived, done } = meter(Number(messages), WARM_UP);
  const stream = await consumer.consume({ topics: [topic], mode: 'earliest', autocommit: false });
  stream.on('data', () => arrived(1));
  await done;
  await consumer.close(true);
  process.disconnect?.();
}

async function ownRole(name: string, kafka: Kafka, events: number, of: string): Promise<Figure | null> {
  const child = startRole(import.meta.url, [name, kafka.endpoint, `${events}`, of]);
  let figure: Figure | null = null;
  child.once('message', (message) => {
    figure = message as Figure;
  });
  const [code] = (await once(child, 'exit')) as [number];
  if (code !== 0) throw new Error(`${name} failed`);
  return figure;
}

async function compare(): Promise<void> {
  const rounds = Number(role ?? 3);
  const count = Number(process.argv[3] ?? 1_000_000) + WARM_UP;
  const kafka = await startKafka({ heap: '1g', steady: true });
  const c = await compileCClient();
  const whole = async (command: string, args: readonly string[]): Promise<Figure | null> => {
    const figure = await timedCommand(command, args);
    if (figure === null) return null;
    if (figure.code !== 0) throw new Error(`${command} failed`);
    return { ...figure, events: count };
  };
  try {
    const admin = await kafkaAdmin(kafka.endpoint);
    for (const identity of ['fields', 'headers']) {
      await admin.createTopic(identity, PARTITIONS);
      await ownRole('fill', kafka, count, identity);
      const kcat = ['-C', '-e', '-q', '-b', kafka.endpoint, '-t', identity, '-o', 'beginning', '-X', 'check.crcs=true'];
      const rivals: Record<string, Rival> = {
        iotload: () => ownRole('iotload', kafka, count, identity),
        'kafkajs, counting': () => ownRole('kafkajs', kafka, count, identity),
        'kafkajs, identity': () => ownRole('remembering', kafka, count, identity),
        '@platformatic/kafka': async () =>
          process.env['PLATFORMATIC_KAFKA'] === undefined ? null : ownRole('platformatic', kafka, count, identity),
        'C, librdkafka': async () =>
          c === null ? null : whole(c.program, ['consume', kafka.endpoint, identity, `${count}`, `${PARTITIONS}`]),
        'kcat -C': () => whole('kcat', kcat),
      };
      await compareRivals(`read and prove, identity in ${identity}`, rounds, rivals);
    }
    await admin.close();
  } finally {
    c?.remove();
    await kafka.stop();
  }
}
