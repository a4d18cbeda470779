import { describe, expect, it } from 'vitest';
import type { IotloadError } from '../../src/core/errors.ts';
import { Outcome } from '../../src/core/outcome.ts';
import { openSink } from '../../src/targets/kafka/sink.ts';
import { openSource } from '../../src/targets/kafka/source.ts';
import type { TargetFleet, TargetOptions } from '../../src/targets/target.ts';
import { partitionOf } from '../../src/wire/kafka/murmur2.ts';
import { addressOf, payloadOf, SinkRecord, sendSlots, sinkContext, testFleet } from '../contracts/sink.ts';
import { SourceRecord, sourceContext } from '../contracts/source.ts';
import { consoleRead, kcatRead, type PrintedRecord } from './kafka-clients.ts';
import { kafkaContracts, kafkaOptions, loseNothing, newTopic, prepared } from './kafka-targets.ts';
import { kafkaWithLogins } from './kafka-with-logins.ts';

const fleet = testFleet(0, 20, '<device>');
const PARTITIONS = 6;

const its = kafkaWithLogins();

const login = (kind: string, password = 'right') => ({
  tls: { ca: its.files.ca },
  auth: { kind, username: 'ann', password },
});

/** Sends slots 0 … events - 1 and waits for their outcomes; each has one. */
async function sendAll(options: TargetOptions, events: number, of: TargetFleet = fleet): Promise<SinkRecord> {
  await prepared(options);
  const record = new SinkRecord();
  const sink = await openSink(options, sinkContext(record, [of]));
  await sendSlots(sink, record, of, 0, events);
  await sink.flush(60_000);
  await sink.close();
  expect(record.repeated).toEqual([]);
  expect(record.outcomes.size).toBe(events);
  return record;
}

/** What the events of a fleet are to be in a topic, in the order of each key; what is there comes in the order of each partition. */
function byKey(records: readonly PrintedRecord[]): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const { key, value } of records) found.set(key, [...(found.get(key) ?? []), value]);
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function recordsOf(events: number, of: TargetFleet = fleet): PrintedRecord[] {
  return Array.from({ length: events }, (_, slot) => ({
    key: addressOf(of, slot % of.devices),
    value: payloadOf(of.index, slot),
  }));
}

describe('Apache Kafka 4', () => {
  kafkaContracts(
    'kafka, in the clear',
    () => its.kafka.endpoint,
    () => ({}),
  );
  kafkaContracts(
    'kafka, SASL_SSL',
    () => its.kafka.endpointOf('LOGIN'),
    () => login('scram-sha-512'),
  );
});

describe('Apache Kafka 4 with a login', () => {
  it.each(['plain', 'scram-sha-256', 'scram-sha-512'])('takes events by %s, and gives them back', async (kind) => {
    const options = kafkaOptions(its.kafka.endpointOf('LOGIN'), newTopic('login'), login(kind));
    const arrived = new SourceRecord();
    const source = await openSource(options, sourceContext(arrived, [fleet]));
    const sent = await sendAll(options, 500);
    expect(sent.count(Outcome.acked)).toBe(500);
    expect(await source.readToEnd(10_000)).toEqual({ complete: true });
    await source.close();
    const found = arrived.arrivals.map(({ address, payload }) => ({ key: address, value: payload }));
    expect(byKey(found)).toEqual(byKey(recordsOf(500)));
  });

  it.each(['plain', 'scram-sha-512'])('refuses a wrong password by %s, sink and source', async (kind) => {
    const options = kafkaOptions(its.kafka.endpointOf('LOGIN'), newTopic('login'), login(kind, 'wrong-one'));
    for (const error of await refusalsOf(options)) {
      expect(error.code).toBe('target-refused');
      expect(error.message).toContain(its.kafka.endpointOf('LOGIN'));
      expect(error.message).toContain('ann');
      expect(error.hint).toContain('password');
      expect(`${error.message} ${error.hint}`).not.toContain('wrong-one');
    }
  });

  it('is not trusted with an expired certificate', async () => {
    const endpoint = its.kafka.endpointOf('BAD');
    const options = kafkaOptions(endpoint, newTopic('expired'), { tls: { ca: its.files.ca } });
    for (const error of await refusalsOf(options)) {
      expect(error.code).toBe('target-refused');
      expect(error.message).toContain(endpoint);
      expect(error.message).toMatch(/expired/);
      expect(error.hint).toMatch(/certificate/);
    }
  });

  it('is not trusted with a certificate of an authority that is not ours', async () => {
    const endpoint = its.kafka.endpointOf('TLS');
    for (const error of await refusalsOf(
      kafkaOptions(endpoint, newTopic('other'), { tls: { ca: its.files.otherCa } }),
    )) {
      expect(error.code).toBe('target-refused');
      expect(error.message).toContain(endpoint);
      expect(error.hint).toMatch(/\bca\b/);
    }
  });
});

/** Why nothing is prepared, and neither sink nor source open. */
async function refusalsOf(options: TargetOptions): Promise<IotloadError[]> {
  const opened = await Promise.allSettled([
    prepared(options),
    openSink(options, sinkContext(new SinkRecord(), [fleet])),
    openSource(options, sourceContext(new SourceRecord(), [fleet])),
  ]);
  return opened.map((end) => {
    if (end.status === 'fulfilled') throw new Error('it opened');
    return end.reason as IotloadError;
  });
}

describe('Apache Kafka 4 and topics', () => {
  it('a topic that does not exist is named, with the way to create it', async () => {
    const options = kafkaOptions(its.kafka.endpoint, 'nobody-made-it', { create: null });
    await expect(prepared(options)).rejects.toMatchObject({
      code: 'target-refused',
      message: `Kafka at ${its.kafka.endpoint} has no topic nobody-made-it`,
      hint: expect.stringContaining('create'),
    });
    expect(await its.admin.topics()).not.toContain('nobody-made-it');
  });

  it('records that are too large are rejected, and only those', async () => {
    const topic = newTopic('small');
    const LIMIT = 300;
    await its.admin.createTopic(topic, PARTITIONS, { 'max.message.bytes': `${LIMIT}` });
    const record = await sendAll(kafkaOptions(its.kafka.endpoint, topic, { create: null }), 400);
    const kept = recordsOf(400).filter(({ key, value }) => singleBatchBytes(key, value) <= LIMIT);
    expect(kept.length).toBeGreaterThan(100);
    expect(record.count(Outcome.acked)).toBe(kept.length);
    expect(record.count(Outcome.rejected)).toBe(400 - kept.length);
    const reasons = [...record.outcomes.values()].filter(({ outcome }) => outcome === Outcome.rejected);
    expect(new Set(reasons.map(({ reason }) => reason))).toEqual(new Set(['message too large']));
    expect(byKey(await kcatRead(its.kafka.endpoint, topic))).toEqual(byKey(kept));
  });
});

/** Bytes of a batch of one record without headers: 61 of the batch, the record's length, three bytes before the key, one behind the value. */
function singleBatchBytes(key: string, value: string): number {
  const varint = (length: number): number => (length < 64 ? 1 : length < 8192 ? 2 : 3);
  const body = 3 + varint(key.length) + key.length + varint(value.length) + value.length + 1;
  return 61 + varint(body) + body;
}

describe('Apache Kafka 4 and compression', () => {
  it('gzip, snappy, lz4 and zstd are read by kcat, which checks CRCs, and by Kafka’s console consumer', async () => {
    const topic = newTopic('compressed');
    await its.admin.createTopic(topic, PARTITIONS);
    const expected: PrintedRecord[] = [];
    for (const [index, compression] of ['gzip', 'snappy', 'lz4', 'zstd'].entries()) {
      const of = testFleet(index, 20, '<device>');
      const record = await sendAll(kafkaOptions(its.kafka.endpoint, topic, { create: null, compression }), 2000, of);
      expect(record.count(Outcome.acked)).toBe(2000);
      expected.push(...recordsOf(2000, of));
    }
    expect(byKey(await kcatRead(its.kafka.endpoint, topic))).toEqual(byKey(expected));
    const inFirst = expected.filter(({ key }) => partitionOf(Buffer.from(key), PARTITIONS) === 0);
    expect(new Set(inFirst.map(({ key }) => key.split('-')[0])).size).toBe(4);
    const printed = await consoleRead(its.kafka.endpoint, topic, 0, inFirst.length);
    expect(byKey(printed)).toEqual(byKey(inFirst));
  });
});

describe('Apache Kafka 4 that is killed', () => {
  it('and started again in mid-run: nothing acked is missing, nothing is there twice', async () => {
    const options = kafkaOptions(its.kafka.endpoint, newTopic('killed'), { timeout: '60s' });
    await prepared(options);
    await loseNothing(options, fleet, async () => {
      await its.kafka.brokers[0]?.kill();
      await its.kafka.brokers[0]?.start();
    });
  });
});
