import { expect } from 'vitest';
import { sleep, systemClock } from '../../src/core/clock.ts';
import { Outcome } from '../../src/core/outcome.ts';
import { optionsSchema } from '../../src/targets/kafka/options.ts';
import { prepare } from '../../src/targets/kafka/prepare.ts';
import { openSink } from '../../src/targets/kafka/sink.ts';
import { openSource } from '../../src/targets/kafka/source.ts';
import type { Sink, TargetFleet, TargetOptions } from '../../src/targets/target.ts';
import { payloadOf, SinkRecord, sendSlots, sinkContext } from '../contracts/sink.ts';
import { SourceRecord, sourceContext } from '../contracts/source.ts';
import { targetContracts } from '../contracts/target.ts';
import { deadPort } from '../targets/mqtt/aedes-broker.ts';
import { until } from '../until.ts';

let topics = 0;

/** A topic that no other test of this process has. */
export function newTopic(name: string): string {
  topics++;
  return `${name}-${topics}`;
}

/** A Kafka block of a scenario, as the plan has it. */
export function kafkaOptions(endpoint: string, topic: string, block: Record<string, unknown> = {}): TargetOptions {
  return optionsSchema.parse({ endpoint, topic, create: { partitions: 6 }, ...block });
}

/** Sees to the topic as a run does before workers and verifier come; returns what it says, its warnings first. */
export async function prepared(options: TargetOptions): Promise<string[]> {
  const said: string[] = [];
  const notice = (kind: string, detail: string): void => void said.push(`${kind}: ${detail}`);
  const clock = systemClock();
  const context = { clock, runId: 'r0000test', lastsUs: 60_000_000, notice, random: () => 0.5 };
  said.push(await prepare(options, { ...context, reveal: (text) => text }));
  return said;
}

/** Slots at a time, and how many may be without an outcome. */
const [CHUNK, OPEN] = [100, 2000];
/** Events with an outcome before something happens, and after it. */
const EVENTS = 3000;

/**
 * Sends slots of a fleet from 0 on, a chunk a millisecond, until what happens meanwhile is over, and `EVENTS` more; what happens begins when
 * as many have their outcome. Resolves with the number of events when each has its outcome.
 */
export async function sendMeanwhile(
  sink: Sink,
  record: SinkRecord,
  fleet: TargetFleet,
  happens: () => Promise<unknown>,
): Promise<number> {
  const clock = systemClock();
  let sent = 0;
  const sendUntil = async (over: () => boolean): Promise<void> => {
    while (!over()) {
      await sendSlots(sink, record, fleet, sent, sent + CHUNK);
      sent += CHUNK;
      await sleep(clock, 1);
      await until(() => record.outcomes.size >= sent - OPEN || over(), 60_000);
    }
  };
  await sendUntil(() => record.outcomes.size >= EVENTS);
  let happened = false;
  const happening = happens().finally(() => {
    happened = true;
  });
  await Promise.all([happening, sendUntil(() => happened)]);
  const enough = record.outcomes.size + EVENTS;
  await sendUntil(() => record.outcomes.size >= enough);
  await sink.flush(60_000);
  return sent;
}

/** Both contracts for Kafka with these options of a scenario, each case with a topic of its own; `endpoint` is asked for before each. */
export function kafkaContracts(name: string, endpoint: () => string, block: () => Record<string, unknown>): void {
  targetContracts(name, {
    outcome: Outcome.acked,
    address: '<device>',
    complete: true,
    openSink,
    openSource,
    async start() {
      const topic = newTopic('contract');
      const live = kafkaOptions(endpoint(), topic, block());
      await prepared(live);
      const dead = kafkaOptions(`127.0.0.1:${await deadPort()}`, topic, block());
      return { live, dead, stop: async () => {} };
    },
  });
}

/** Sends events while something happens to the cluster: each is acked, and there once, in the order of its device. */
export async function loseNothing(
  options: TargetOptions,
  fleet: TargetFleet,
  happens: (sent: SinkRecord) => Promise<unknown>,
): Promise<void> {
  const [sent, arrived] = [new SinkRecord(), new SourceRecord()];
  const source = await openSource(options, sourceContext(arrived, [fleet]));
  const sink = await openSink(options, sinkContext(sent, [fleet]));
  const room = Array.from(sink.room);
  const events = await sendMeanwhile(sink, sent, fleet, () => happens(sent));
  expect(sent.repeated).toEqual([]);
  expect(sent.count(Outcome.acked)).toBe(events);
  // Otherwise nothing has happened to them.
  expect(sent.again.length).toBeGreaterThan(0);
  expect(Array.from(sink.room)).toEqual(room);
  expect(await source.readToEnd(20_000)).toEqual({ complete: true });
  await sink.close();
  await source.close();
  expect(arrived.arrivals).toHaveLength(events);
  const next = new Map<string, number>();
  for (const { address, payload } of arrived.arrivals) {
    const slot = next.get(address) ?? Number(address.split('-')[1]);
    next.set(address, slot + fleet.devices);
    expect(payload).toBe(payloadOf(fleet.index, slot));
  }
}
