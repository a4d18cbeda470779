import type { DeliveredBatch, Source, SourceContext, SourceHealth } from '../../src/targets/target.ts';
import type { Message } from './broker.ts';
import type { SinkWorld } from './partition-sink.ts';
import type { PartitionedBroker } from './partitioned-broker.ts';

const FETCH = 48;
const POLL_MS = 120;

/** What is told about a delivery besides the bytes. */
export interface Delivery {
  partition: number;
  position: number;
}

/** Reads partitions from given positions on, in as many small fetches as it takes. */
export class PartitionSource implements Source {
  /** It has been read to its end, or given up. */
  done = false;
  readonly #world: SinkWorld<PartitionedBroker>;
  readonly #context: SourceContext;
  readonly #next: number[];
  #ended = false;
  /** What is given from here on comes when its reader has put its name to the record. */
  #over = false;
  #closed = false;

  constructor(world: SinkWorld<PartitionedBroker>, context: SourceContext) {
    this.#world = world;
    this.#context = context;
    const from = (context.resumeFrom ?? null) as number[] | null;
    this.#next = from === null ? world.broker.partitions.map(() => 0) : [...from];
    world.truth?.readFrom(this.#next);
    for (const partition of this.#next.keys()) this.#poll(partition);
  }

  health(): SourceHealth {
    return { gaps: 0, fullReads: 0, brokerDropped: null };
  }

  positions(): unknown {
    return [...this.#next];
  }

  async readToEnd(timeoutMs: number): Promise<{ complete: boolean }> {
    const { clock } = this.#context;
    const ends = this.#world.broker.partitions.map(({ length }) => length);
    this.#ended = true;
    if (this.#world.truth !== null) this.#world.truth.readToEndUs = clock.nowUs();
    const deadlineUs = clock.nowUs() + timeoutMs * 1000;
    while (this.#next.some((next, partition) => next < (ends[partition] as number))) {
      if (clock.nowUs() >= deadlineUs) {
        this.#over = true;
        this.done = true;
        return { complete: false };
      }
      await new Promise<void>((resolve) => void clock.after(POLL_MS / 12, resolve));
    }
    if (this.#world.truth !== null) this.#world.truth.complete = true;
    this.#over = true;
    this.done = true;
    return { complete: true };
  }

  close(): Promise<void> {
    this.#closed = true;
    return Promise.resolve();
  }

  #poll(partition: number): void {
    const { clock, process, broker, dice, setting } = this.#world;
    const again = (): void => void this.#context.clock.after(dice.whole(5, POLL_MS), () => this.#poll(partition));
    if (this.#closed) return;
    clock.at(clock.nowUs() + dice.delayUs(setting.latencyUs), () => {
      const from = this.#next[partition] as number;
      const messages = broker.stalled ? [] : (broker.partitions[partition] as Message[]).slice(from, from + FETCH);
      if (messages.length === 0) {
        process.run(again);
        return;
      }
      clock.at(clock.nowUs() + dice.delayUs(setting.latencyUs), () =>
        process.run(() => {
          if (this.#closed) return;
          this.#deliver(partition, from, messages);
          again();
        }),
      );
    });
  }

  #deliver(partition: number, from: number, messages: readonly Message[]): void {
    const { truth, trace } = this.#world;
    const atUs = this.#context.clock.nowUs();
    trace.note('read', partition, from, messages.length);
    for (const [i, message] of this.#over ? [] : messages.entries())
      truth?.arrived(message, atUs, this.#ended, partition, from + i);
    this.#next[partition] = from + messages.length;
    this.#context.events.delivered(batchOf(messages, atUs));
  }
}

/** Messages as a source delivers them. */
export function batchOf(messages: readonly Pick<Message, 'identity' | 'payload'>[], atUs: number): DeliveredBatch {
  const count = messages.length;
  const column = (): Uint32Array => new Uint32Array(count);
  const [identityStarts, identityEnds, payloadStarts, payloadEnds] = [column(), column(), column(), column()];
  let at = 0;
  messages.forEach(({ identity, payload }, i) => {
    identityStarts[i] = at;
    identityEnds[i] = payloadStarts[i] = at + identity.length;
    at = payloadEnds[i] = at + identity.length + payload.length;
  });
  return {
    count,
    bytes: Buffer.concat(messages.flatMap(({ identity, payload }) => [identity, payload])),
    addressStarts: column(),
    addressEnds: column(),
    identityStarts,
    identityEnds,
    payloadStarts,
    payloadEnds,
    atUs,
    redelivered: false,
  };
}
