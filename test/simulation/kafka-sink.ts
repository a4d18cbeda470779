import type {
  BrokerAddress,
  ClusterMetadata,
  ConnectionEvents,
  KafkaCluster,
  KafkaConnection,
  ProducerIdentity,
} from '../../src/targets/kafka/cluster.ts';
import { openProduceSink } from '../../src/targets/kafka/produce-sink.ts';
import type { Sink, SinkContext, SinkEvents } from '../../src/targets/target.ts';
import { crc32cInJs } from '../../src/wire/kafka/crc32c.ts';
import { BatchField } from '../../src/wire/kafka/record-batch.ts';
import { type ModelBatch, parseProduce, produceAnswer } from '../targets/kafka/model-cluster.ts';
import { recordsOf } from '../targets/kafka/model-log.ts';
import type { KafkaBroker } from './kafka-broker.ts';
import type { SinkWorld } from './partition-sink.ts';
import { Wire } from './wire.ts';

const TOPIC = 'simulated';

type KafkaWorld = SinkWorld<KafkaBroker>;

/** The sink of Kafka as it is, on a simulated cluster; what it tells is told to the world first. */
export async function openKafkaSink(world: KafkaWorld, context: SinkContext): Promise<[Sink, SimulatedCluster]> {
  const { setting, broker, dice } = world;
  const { idempotent, maxInFlight, batchBytes, lingerUs } = setting.kafka;
  const cluster = new SimulatedCluster(world);
  const sink = await openProduceSink(
    { cluster, topic: TOPIC, clientId: 'simulated', codec: null, crc: crc32cInJs },
    {
      endpoint: 'embedded',
      acks: setting.answers ? -1 : 0,
      idempotent,
      maxInFlight,
      batchBytes,
      lingerUs,
      timeoutUs: setting.timeoutUs,
    },
    { ...context, random: () => dice.next(), events: watched(world, context.events) },
  );
  const decoder = new TextDecoder();
  const watching: Sink = {
    lanes: sink.lanes,
    room: sink.room,
    laneOf: (fleet, seat) => sink.laneOf(fleet, seat),
    send(batch, atUs) {
      for (let i = 0; i < batch.count; i++) {
        const payload = decoder.decode(batch.bytes.subarray(batch.payloads[i], batch.ends[i]));
        broker.know(payload, batch.fleet, batch.slots[i] as number);
      }
      sink.send(batch, atUs);
    },
    flush: (timeoutMs) => sink.flush(timeoutMs),
    close: () => sink.close(),
    publish: (address, payload) => sink.publish(address, payload),
  };
  return [watching, cluster];
}

function watched({ trace, truth }: KafkaWorld, events: SinkEvents): SinkEvents {
  return {
    settled(fleet, slots, sentAtUs, count, outcome, reason, atUs) {
      for (const slot of slots.subarray(0, count)) {
        trace.note('settled', fleet, slot, outcome);
        const known = truth?.of(fleet, slot);
        if (known !== undefined) Object.assign(known, { outcome, toldUs: atUs, times: known.times + 1 });
      }
      events.settled(fleet, slots, sentAtUs, count, outcome, reason, atUs);
    },
    resent(fleet, slots, count, mayDouble) {
      for (const slot of slots.subarray(0, count)) {
        const known = truth?.of(fleet, slot);
        if (known === undefined) continue;
        known.attempts++;
        known.mayDouble ||= mayDouble;
      }
      events.resent(fleet, slots, count, mayDouble);
    },
    drained: (lane) => events.drained(lane),
    notice: (kind, detail, count) => events.notice(kind, detail, count),
  };
}

/** What one worker has of the cluster: connections of its own, on which requests and answers keep their order. */
export class SimulatedCluster implements KafkaCluster {
  readonly #world: KafkaWorld;
  readonly #connections = new Set<SimulatedConnection>();

  constructor(world: KafkaWorld) {
    this.#world = world;
  }

  async metadata(): Promise<ClusterMetadata> {
    await this.#trip();
    const { leaders, setting } = this.#world.broker as KafkaBroker & { setting: KafkaWorld['setting'] };
    const brokers = Array.from({ length: setting.kafka.brokers }, (_, id) => ({ id, host: 'broker', port: id }));
    const states = leaders.map((leader, partition) => ({ partition, leader, replicas: 1, inSync: 1 }));
    return { brokers, topics: new Map([[TOPIC, states]]) };
  }

  async connect(broker: BrokerAddress, events: ConnectionEvents): Promise<KafkaConnection> {
    await this.#trip();
    const connection = new SimulatedConnection(this.#world, broker, events);
    this.#connections.add(connection);
    return connection;
  }

  async producerIdentity(): Promise<ProducerIdentity> {
    await this.#trip();
    return { id: BigInt(this.#world.broker.identities++), epoch: 0 };
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** The connections to one of the brokers break. */
  reset(number: number): void {
    const { setting, process, trace } = this.#world;
    if (!process.alive) return;
    trace.fault('reset', number);
    for (const connection of this.#connections) {
      if (connection.broker.id === number % setting.kafka.brokers) connection.reset();
    }
  }

  /** There and back; a broker that stands still answers nothing. */
  #trip(): Promise<void> {
    const { clock, dice, setting, broker, process } = this.#world;
    const later = (task: () => void): unknown => clock.at(clock.nowUs() + dice.delayUs(setting.latencyUs), task);
    return new Promise((resolve) => {
      later(() => broker.whenAwake(() => later(() => process.run(resolve))));
    });
  }
}

class SimulatedConnection implements KafkaConnection {
  readonly broker: BrokerAddress;
  readonly replaceByUs = null;
  readonly unsentBytes = 0;
  readonly #world: KafkaWorld;
  readonly #events: ConnectionEvents;
  readonly #there: Wire;
  readonly #back: Wire;
  #ended = false;
  /** A request that is never answered keeps all answers behind it. */
  #mute = false;

  constructor(world: KafkaWorld, broker: BrokerAddress, events: ConnectionEvents) {
    const { clock, dice, setting, process } = world;
    this.broker = broker;
    this.#world = world;
    this.#events = events;
    this.#there = new Wire(clock, dice, setting.latencyUs);
    this.#back = new Wire(clock, dice, setting.latencyUs);
    process.onDeath(() => this.#there.cut());
  }

  write(pieces: readonly Uint8Array[], sent?: () => void): void {
    const { broker, process, clock } = this.#world;
    const frame = Buffer.concat(pieces);
    const { correlationId, request } = parseProduce(frame, this.broker.id, TOPIC);
    const batches = request.batches.map((batch) => ({ ...batch, records: recordsIn(batch) }));
    for (const { records } of batches) for (const record of records) this.#left(broker.slotOf(record));
    this.#there.send(() =>
      broker.whenAwake(() => {
        const codes = batches.map(({ partition, bytes, records }) => ({
          partition,
          code: broker.produce(this.broker.id, partition, bytes, records),
          offset: -1,
        }));
        if (codes.some(({ code }) => code === null)) this.#mute = true;
        if (this.#mute || sent !== undefined) return;
        const answer = produceAnswer(
          correlationId,
          TOPIC,
          codes as { partition: number; code: number; offset: number }[],
          0,
        );
        this.#back.send(() =>
          process.run(() => {
            if (!this.#ended) this.#events.answered(answer);
          }),
        );
      }),
    );
    if (sent !== undefined) clock.soon(() => process.run(() => !this.#ended && sent()));
  }

  destroy(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#there.cut();
  }

  /** Both sides notice, and of what is on the way a beginning may arrive. */
  reset(): void {
    if (this.#ended) return;
    this.#there.cut();
    this.#back.cut();
    this.#world.process.run(() => {
      if (this.#ended) return;
      this.#ended = true;
      this.#events.closed('reset');
    });
  }

  #left({ fleet, slot }: { fleet: number; slot: number }): void {
    const { trace, truth } = this.#world;
    trace.note('left', fleet, slot);
    if (truth !== null) truth.of(fleet, slot).left++;
  }
}

function recordsIn({ bytes }: ModelBatch) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return recordsOf(bytes, view.getInt32(BatchField.count), Number(view.getBigInt64(BatchField.baseTimestamp)));
}
