import { BlockStore } from '../../../../src/brokers/block-store.ts';
import type { Answer, Api, BrokerState } from '../../../../src/brokers/kafka/request.ts';
import { Topics } from '../../../../src/brokers/kafka/topics.ts';
import { crc32cInJs } from '../../../../src/wire/kafka/crc32c.ts';
import { ProtocolReader } from '../../../../src/wire/kafka/protocol-reader.ts';
import { ProtocolWriter } from '../../../../src/wire/kafka/protocol-writer.ts';
import { VirtualClock } from '../../../simulation/virtual-clock.ts';

/** What APIs share, without a socket: clients are told to connect to `broker.test:9092`. */
export function brokerState(): BrokerState {
  const store = new BlockStore();
  let producerId = 1000n;
  return {
    clock: new VirtualClock(),
    crc32c: crc32cInJs,
    store,
    topics: new Topics(store),
    host: 'broker.test',
    port: () => 9092,
    defaultPartitions: 6,
    nextProducerId: () => producerId++,
    faults: null,
    stalled: false,
  };
}

/** What an API answers to a body, from behind the correlation id on. */
export async function answerOf(api: Api, version: number, body: ProtocolWriter, broker: BrokerState) {
  const bytes = body.take();
  const reader = new ProtocolReader(bytes);
  const request = { apiKey: api.key, version, correlationId: 1, clientId: null, reader, bytes };
  const reply = await api.handle(request, broker, { ended: false, whenEnded: () => () => {} });
  return new ProtocolReader(Buffer.concat((reply as Answer).pieces));
}

/** The versions of an API, as rows of a test. */
export function versionsOf({ versions: [least, most] }: Api): number[] {
  return Array.from({ length: most - least + 1 }, (_, i) => least + i);
}

/** A body to begin with. */
export function body(): ProtocolWriter {
  return new ProtocolWriter();
}
