import type { Micros } from '../../core/clock.ts';
import type { EventBatch } from '../../core/event-batch.ts';
import { total } from '../../core/total.ts';
import type { Sink, SinkContext, SinkEvents } from '../target.ts';
import { firstPartition } from './fleet-topics.ts';

/** A topic that can be sent to. */
export interface TopicPart {
  partitions: number;
  /** Opens its sink, once; `among` where it is one of several, with a place for each partition. Closes what was there when it fails. */
  open(context: SinkContext, among?: { room: Int32Array; share: number }): Promise<Sink>;
  /** Instead of opening it. */
  close(): Promise<void>;
}

/**
 * A sink for each topic, as one: the lanes of the second follow those of the first. Each has connections of its own.
 * @throws IotloadError what a topic or its cluster has against it; everything is closed then
 */
export async function openTopicsSink(
  topics: readonly string[],
  topicOf: (fleet: string) => number,
  ready: (topic: string) => Promise<TopicPart>,
  context: SinkContext,
): Promise<Sink> {
  const { events } = context;
  const parts: TopicPart[] = [];
  const sinks: Sink[] = [];
  try {
    for (const topic of topics) parts.push(await ready(topic));
    const lanes = (some: readonly TopicPart[]): number => total(some, ({ partitions }) => partitions);
    const firsts = parts.map((_, i) => lanes(parts.slice(0, i)));
    const room = new Int32Array(lanes(parts));
    const up = topics.map((): [number, number] => [0, 0]);
    for (const [i, part] of parts.entries()) {
      const first = firsts[i] as number;
      const own: SinkEvents = {
        settled: (...outcome) => events.settled(...outcome),
        resent: (...slots) => events.resent(...slots),
        notice: (...told) => events.notice(...told),
        drained: (lane) => events.drained(first + lane),
        partition: (partition, stored, refused) => events.partition?.(firstPartition(i) + partition, stored, refused),
        connections: (...now) => {
          up[i] = now;
          events.connections?.(
            total(up, ([open]) => open),
            total(up, ([, of]) => of),
          );
        },
      };
      const fleets = context.fleets.filter(({ name }) => topicOf(name) === i);
      const among = { room: room.subarray(first, first + part.partitions), share: 1 / topics.length };
      sinks.push(await part.open({ ...context, fleets, events: own }, among));
    }
    const ofFleet: [sink: Sink, first: number][] = [];
    for (const { index, name } of context.fleets) {
      const topic = topicOf(name);
      ofFleet[index] = [sinks[topic] as Sink, firsts[topic] as number];
    }
    return new TopicsSink(sinks, ofFleet, room);
  } catch (error) {
    await Promise.allSettled([
      ...sinks.map((sink) => sink.close()),
      // The one that failed has closed what it had, and closing twice does no harm.
      ...parts.slice(sinks.length).map((part) => part.close()),
    ]);
    throw error;
  }
}

class TopicsSink implements Sink {
  readonly lanes: number;
  readonly room: Int32Array;
  readonly #sinks: readonly Sink[];
  /** By fleet, its sink and the first of that one's lanes. */
  readonly #ofFleet: readonly (readonly [sink: Sink, first: number])[];

  constructor(sinks: readonly Sink[], ofFleet: readonly (readonly [Sink, number])[], room: Int32Array) {
    this.#sinks = sinks;
    this.#ofFleet = ofFleet;
    this.room = room;
    this.lanes = room.length;
  }

  readonly laneOf = (fleet: number, seat: number): number => {
    const [sink, first] = this.#ofFleet[fleet] as [Sink, number];
    return first + sink.laneOf(fleet, seat);
  };

  send(batch: EventBatch, atUs: Micros): void {
    const [sink] = this.#ofFleet[batch.fleet] as [Sink, number];
    sink.send(batch, atUs);
  }

  async flush(timeoutMs: number): Promise<void> {
    await Promise.all(this.#sinks.map((sink) => sink.flush(timeoutMs)));
  }

  async close(): Promise<void> {
    await Promise.all(this.#sinks.map((sink) => sink.close()));
  }

  publish(address: string, payload: Uint8Array, fleet: number): Promise<void> {
    const [sink] = this.#ofFleet[fleet] ?? [this.#sinks[0] as Sink];
    return sink.publish(address, payload, fleet);
  }
}
