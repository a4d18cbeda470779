import { total } from '../../core/total.ts';
import type { StoredRange } from '../../wire/placed-arrivals.ts';
import type { CountedAt, DeliveredBatch, Source, SourceContext, SourceHealth } from '../target.ts';
import { firstPartition } from './fleet-topics.ts';

/** How far the readers of all topics are, by name. */
interface TopicsPositions {
  topics: Record<string, unknown>;
}

/**
 * A reader for each topic, as one source: partitions have numbers that tell their topic, and a gap of any is a gap of all.
 * @throws IotloadError what one of them has against it; all are closed then
 */
export async function openTopicsSource(
  topics: readonly string[],
  open: (topic: string, context: SourceContext) => Promise<Source>,
  context: SourceContext,
): Promise<Source> {
  const { events } = context;
  const resumed = (context.resumeFrom ?? null) as TopicsPositions | null;
  const opened = await Promise.allSettled(
    topics.map((topic, number) => {
      const before = resumed?.topics[topic] ?? null;
      return open(topic, {
        ...context,
        resumeFrom: before,
        // An earlier reader said nothing of it: what it may have read is read again.
        fromStart: context.fromStart === true || (resumed !== null && before === null),
        events: {
          notice: (...told) => events.notice(...told),
          delivered: (batch) => events.delivered(numbered(batch, number)),
        },
      });
    }),
  );
  const readers = opened.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const failed = opened.find(({ status }) => status === 'rejected') as PromiseRejectedResult | undefined;
  if (failed === undefined) return new TopicsSource(topics, readers);
  await Promise.allSettled(readers.map((reader) => reader.close()));
  throw failed.reason;
}

/** A reader fills in the partition anew before each delivery. */
function numbered(batch: DeliveredBatch, topic: number): DeliveredBatch {
  if (batch.log !== undefined) batch.log.partition += firstPartition(topic);
  return batch;
}

class TopicsSource implements Source {
  readonly #topics: readonly string[];
  readonly #readers: readonly Source[];

  constructor(topics: readonly string[], readers: readonly Source[]) {
    this.#topics = topics;
    this.#readers = readers;
  }

  health(): SourceHealth {
    const all = this.#readers.map((reader) => reader.health());
    return {
      gaps: total(all, ({ gaps }) => gaps),
      gapNames: all.flatMap(({ gapNames }) => gapNames ?? []),
      fullReads: total(all, ({ fullReads }) => fullReads),
      brokerDropped: null,
    };
  }

  counted(): CountedAt | null {
    const all = this.#readers.flatMap((reader) => reader.counted?.() ?? []);
    const [first] = all;
    if (first === undefined || all.length < this.#readers.length) return null;
    return {
      ...first,
      messages: all.some(({ messages }) => messages === null) ? null : total(all, ({ messages }) => messages ?? 0),
      readAll: all.every(({ readAll }) => readAll),
      atUs: Math.min(...all.map(({ atUs }) => atUs)),
    };
  }

  positions(): TopicsPositions {
    return { topics: Object.fromEntries(this.#topics.map((topic, i) => [topic, this.#readers[i]?.positions?.()])) };
  }

  partitions(): number[] {
    return this.#readers.flatMap((reader, i) =>
      (reader.partitions?.() ?? []).map((partition) => partition + firstPartition(i)),
    );
  }

  ranges(): StoredRange[] {
    return this.#topics.flatMap((topic, i) =>
      (this.#readers[i]?.ranges?.() ?? []).map((range) => ({
        ...range,
        partition: range.partition + firstPartition(i),
        topic,
      })),
    );
  }

  async readToEnd(timeoutMs: number): Promise<{ complete: boolean }> {
    const ends = await Promise.all(this.#readers.map((reader) => reader.readToEnd(timeoutMs)));
    return { complete: ends.every(({ complete }) => complete) };
  }

  async close(): Promise<void> {
    await Promise.all(this.#readers.map((reader) => reader.close()));
  }
}
