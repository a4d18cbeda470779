import { ShardReader } from '../../../src/targets/kinesis/shard-reader.ts';
import type { DeliveredBatch, SourceContext } from '../../../src/targets/target.ts';
import { VirtualClock } from '../../simulation/virtual-clock.ts';
import { FakeStream } from './fake-stream.ts';

/** Looks at the world in steps of a millisecond until something holds. */
const STEPS = 400_000;

/** A reader, a stream that does not exist, and time that passes when it is told to. */
export class ShardWorld {
  readonly clock = new VirtualClock();
  readonly stream: FakeStream;
  /** Data of records, as they were delivered. */
  readonly arrived: string[] = [];
  readonly notices: string[] = [];

  constructor(shards = 2) {
    this.stream = new FakeStream(this.clock, shards);
  }

  reader(context: Partial<SourceContext> = {}, limit = 10_000): ShardReader {
    return new ShardReader(
      this.stream,
      { stream: 'meters', pollUs: 250_000, limit },
      {
        clock: this.clock,
        runId: 'r0000test',
        fleets: [],
        events: {
          delivered: (batch) => this.#delivered(batch),
          notice: (kind, detail, count) => {
            for (let i = 0; i < count; i++) this.notices.push(`${kind}: ${detail}`);
          },
        },
        random: () => 0.5,
        reveal: (text) => text,
        ...context,
      },
    );
  }

  async open(context: Partial<SourceContext> = {}, limit = 10_000): Promise<ShardReader> {
    const reader = this.reader(context, limit);
    await this.during(reader.open());
    return reader;
  }

  /** Lets time pass until `happened`. */
  async until(happened: () => boolean): Promise<void> {
    for (let step = 0; step < STEPS; step++) {
      for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
      if (happened()) return;
      this.clock.advanceTo(this.clock.nowUs() + 5000);
    }
    throw new Error(`it did not happen; ${this.arrived.length} arrived; ${this.notices.join('; ')}`);
  }

  /** Lets time pass until that is there. */
  async during<T>(promise: Promise<T>): Promise<T> {
    let over = false;
    promise.then(
      () => {
        over = true;
      },
      () => {
        over = true;
      },
    );
    await this.until(() => over);
    return promise;
  }

  async seconds(count: number): Promise<void> {
    const endUs = this.clock.nowUs() + count * 1_000_000;
    await this.until(() => this.clock.nowUs() >= endUs);
  }

  #delivered(batch: DeliveredBatch): void {
    for (let i = 0; i < batch.count; i++) {
      const text = (from: Uint32Array, to: Uint32Array): string =>
        Buffer.from(batch.bytes.subarray(from[i], to[i])).toString();
      const data = text(batch.payloadStarts, batch.payloadEnds);
      if (text(batch.addressStarts, batch.addressEnds) !== `key-${data}`) throw new Error(`${data} has another's key`);
      this.arrived.push(data);
    }
  }
}
