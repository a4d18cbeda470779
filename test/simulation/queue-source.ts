import { Arrivals } from '../../src/targets/mqtt/arrivals.ts';
import type { Source, SourceContext, SourceHealth } from '../../src/targets/target.ts';
import {
  ANSWER_BYTES,
  Answer,
  lengthBytes,
  publishBytes,
  publishFlags,
  writeAnswer,
  writePublish,
} from '../../src/wire/mqtt-frames.ts';
import type { SinkWorld } from './partition-sink.ts';
import type { QueueBroker, Queued, ReaderLink, ReaderSession } from './queue-broker.ts';
import { Wire } from './wire.ts';

/** How often the broker says how many events it has dropped. */
const TELL_MS = 2_000;
const TOPIC = new TextEncoder().encode('t');

interface Frame {
  bytes: Uint8Array;
  /** Where its body begins. */
  body: number;
  /** null: a PUBREL. */
  queued: Queued | null;
}

/** A reader of a queue: MQTT's own account of what has arrived, over a connection that may break and a session that may be lost. */
export class QueueSource implements Source {
  /** It has been read to its end, or given up. */
  done = false;
  /** What was told of its health when it was closed; null before. */
  last: SourceHealth | null = null;
  readonly #world: SinkWorld<QueueBroker>;
  readonly #arrivals: Arrivals;
  readonly #cancels: (() => void)[] = [];
  #session: ReaderSession;
  /** Events that this session has delivered: at QoS 2, sent again, they are no news. */
  #known = new WeakSet<Queued>();
  #wires: readonly [Wire, Wire] | null = null;
  #gaps = 0;
  #told: number | null = null;
  #toldAtOpen = 0;
  #ended = false;
  #closed = false;

  constructor(world: SinkWorld<QueueBroker>, context: SourceContext) {
    this.#world = world;
    this.#arrivals = new Arrivals(4, (batch) => {
      if (!this.#closed) context.events.delivered(batch);
    });
    this.#session = world.broker.subscribe();
    this.#attach();
    if (world.setting.tellsDropped) this.#cancels.push(context.clock.every(TELL_MS, () => this.#tell()));
    world.process.onDeath(() => this.#leave());
  }

  health(): SourceHealth {
    const brokerDropped = this.#told === null ? null : this.#told - this.#toldAtOpen;
    return { gaps: this.#gaps + (this.#wires === null ? 1 : 0), fullReads: 0, brokerDropped };
  }

  readToEnd(): Promise<{ complete: boolean }> {
    this.#ended = true;
    const { truth, clock } = this.#world;
    if (truth !== null) truth.readToEndUs = clock.nowUs();
    this.done = true;
    return Promise.resolve({ complete: false });
  }

  close(): Promise<void> {
    this.last ??= this.health();
    this.#closed = true;
    for (const cancel of this.#cancels) cancel();
    this.#leave();
    return Promise.resolve();
  }

  /** The connection breaks; both sides notice. */
  reset(): void {
    const { process, clock, dice, trace, setting, broker } = this.#world;
    if (this.#wires === null || this.#closed || !process.alive) return;
    trace.fault('reader reset');
    this.#leave();
    clock.at(clock.nowUs() + dice.whole(20_000, 900_000), () =>
      process.run(() => {
        if (this.#closed) return;
        if (!setting.keepsSession || dice.chance(0.2)) {
          trace.note('session lost');
          broker.forget(this.#session);
          this.#session = broker.subscribe();
          this.#arrivals.newSession();
          this.#known = new WeakSet();
          this.#gaps++;
        }
        this.#attach();
      }),
    );
  }

  #leave(): void {
    const { broker, setting } = this.#world;
    for (const wire of this.#wires ?? []) wire.cut();
    this.#wires = null;
    this.#session.detach();
    if (!setting.keepsSession) broker.forget(this.#session);
  }

  #attach(): void {
    const { clock, dice, setting, process } = this.#world;
    const wires = [new Wire(clock, dice, setting.latencyUs), new Wire(clock, dice, setting.latencyUs)] as const;
    const [inbound] = wires;
    this.#wires = wires;
    const send = (frames: readonly Frame[]): void =>
      inbound.send(() =>
        process.run(() => {
          if (this.#wires === wires) this.#read(frames);
        }),
      );
    const link: ReaderLink = {
      pending: () => inbound.pending,
      publish: (queued, again) => send(queued.map((entry) => publishFrame(entry, again, setting.qos))),
      release: (packetId) => {
        const bytes = new Uint8Array(ANSWER_BYTES);
        writeAnswer(bytes, 0, Answer.pubrel, packetId);
        send([{ bytes, body: 2, queued: null }]);
      },
    };
    this.#session.attach(link);
  }

  #read(frames: readonly Frame[]): void {
    const { truth, trace, setting, clock } = this.#world;
    const atUs = clock.nowUs();
    trace.note('read', frames.length);
    const bytes = Buffer.concat(frames.map((frame) => frame.bytes));
    this.#arrivals.begin(atUs);
    let at = 0;
    for (const { bytes: frame, body, queued } of frames) {
      const [start, end] = [at, at + frame.length];
      at = end;
      if (queued === null) {
        this.#arrivals.release(((frame[body] as number) << 8) | (frame[body + 1] as number));
        continue;
      }
      const repeated = setting.qos === 2 && this.#known.has(queued);
      this.#known.add(queued);
      if (!repeated && !this.#ended) truth?.arrived(queued.message, atUs, false, 0, 0);
      this.#arrivals.add(bytes, start, start + body, end, () => {});
    }
    const answers = Uint8Array.from(this.#arrivals.finish());
    const [session, wires] = [this.#session, this.#wires];
    if (answers.length === 0 || wires === null) return;
    wires[1].send(() => {
      for (let i = 0; i < answers.length; i += ANSWER_BYTES) {
        const packetId = ((answers[i + 2] as number) << 8) | (answers[i + 3] as number);
        session.answered(answers[i] as Answer, packetId);
      }
    });
  }

  #tell(): void {
    if (this.#wires === null) return;
    const { dropped } = this.#world.broker;
    if (this.#told === null) this.#toldAtOpen = dropped;
    this.#told = dropped;
  }
}

function publishFrame(queued: Queued, again: boolean, qos: 0 | 1 | 2): Frame {
  const { message, packetId } = queued;
  const event = Buffer.concat([TOPIC, message.payload]);
  const bytes = new Uint8Array(publishBytes(TOPIC.length, message.payload.length, qos));
  writePublish(bytes, 0, event, 0, TOPIC.length, event.length, publishFlags(qos, false, again && qos > 0), packetId);
  const remaining = 2 + TOPIC.length + (qos === 0 ? 0 : 2) + message.payload.length;
  return { bytes, body: 1 + lengthBytes(remaining), queued };
}
