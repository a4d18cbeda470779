import { expect } from 'vitest';
import { LogReader, type LogReaderOptions } from '../../../src/targets/kafka/log-reader.ts';
import type { DeliveredBatch } from '../../../src/targets/target.ts';
import { loadCodec } from '../../../src/wire/kafka/compression.ts';
import { crc32cInJs } from '../../../src/wire/kafka/crc32c.ts';
import { VirtualClock } from '../../simulation/virtual-clock.ts';
import { kafkajsBatch } from '../../wire/kafka/record-batches.ts';
import { FakeCluster, type FakeLog } from './fake-cluster.ts';

/** Looks at the world in steps of a millisecond until something holds. */
const STEPS = 120_000;

/** What a reader has told. */
export class Arrived {
  readonly values: string[] = [];
  /** Partition and offset of each. */
  readonly at: string[] = [];
  readonly notices: string[] = [];

  delivered(batch: DeliveredBatch): void {
    for (let i = 0; i < batch.count; i++) {
      const text = (from: Uint32Array, to: Uint32Array) => Buffer.from(batch.bytes.subarray(from[i], to[i])).toString();
      expect(text(batch.identityStarts, batch.identityEnds)).toBe(`id-${text(batch.payloadStarts, batch.payloadEnds)}`);
      this.values.push(text(batch.payloadStarts, batch.payloadEnds));
      this.at.push(`${batch.log?.partition}/${batch.log?.offsets?.[i]}`);
    }
  }

  notice(kind: string, detail: string): void {
    this.notices.push(`${kind}: ${detail}`);
  }
}

const none = await loadCodec('none');

/** A reader, a cluster that does not exist, and time that passes when it is told to. */
export class ReadingWorld {
  readonly clock = new VirtualClock();
  cluster = new FakeCluster(this.clock, 2);
  arrived = new Arrived();
  /** Nobody knows how far an earlier reader has come. */
  fromStart = false;

  log(partition: number): FakeLog {
    return this.cluster.logs[partition] as FakeLog;
  }

  async append(partition: number, from: number, to: number): Promise<void> {
    this.log(partition).append(await eventBatch(from, to));
    this.cluster.appended();
  }

  async until(happened: () => boolean): Promise<void> {
    for (let step = 0; step < STEPS; step++) {
      for (let turn = 0; turn < 4; turn++) await new Promise((resolve) => setImmediate(resolve));
      if (happened()) return;
      this.clock.advanceTo(this.clock.nowUs() + 1000);
    }
    throw new Error(`it did not happen; ${this.arrived.values.length} arrived; ${this.arrived.notices.join('; ')}`);
  }

  /** Lets a promise come true in virtual time. */
  async passed<T>(promise: Promise<T>): Promise<T> {
    let settled = false;
    const watch = promise.finally(() => {
      settled = true;
    });
    watch.catch(() => {});
    await this.until(() => settled);
    return promise;
  }

  create(options: Partial<LogReaderOptions> = {}, resumeFrom: unknown = null): LogReader {
    const context = {
      clock: this.clock,
      runId: 'r1',
      fleets: [],
      events: this.arrived,
      resumeFrom,
      fromStart: this.fromStart,
      random: () => 0.5,
      reveal: (text: string) => text,
    };
    const all = {
      topic: 'readings',
      clientId: 'reader',
      committed: true,
      readers: 1,
      isCompacted: async () => false,
      ...options,
    };
    return new LogReader(this.cluster, all, crc32cInJs, none, context);
  }

  async open(options: Partial<LogReaderOptions> = {}, resumeFrom: unknown = null): Promise<LogReader> {
    const reader = this.create(options, resumeFrom);
    await this.passed(reader.open());
    return reader;
  }
}

/** The events e`from` to e`to`, the last one not among them, as one batch. */
export function eventBatch(
  from: number,
  to: number,
  rest: Partial<Parameters<typeof kafkajsBatch>[0]> = {},
): Promise<Buffer> {
  const records = Array.from({ length: to - from }, (_, i) => {
    const value = `e${from + i}`;
    return { offset: from + i, key: 'dev', value, headers: { 'iotload-id': `id-${value}` } };
  });
  return kafkajsBatch({ records, ...rest });
}

export function events(from: number, to: number): string[] {
  return Array.from({ length: to - from }, (_, i) => `e${from + i}`);
}
