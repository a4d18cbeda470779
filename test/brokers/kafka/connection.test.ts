import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { expect, it } from 'vitest';
import { Connection } from '../../../src/brokers/kafka/connection.ts';
import { ProduceFaults } from '../../../src/brokers/kafka/faults/produce-faults.ts';
import type { BrokerState } from '../../../src/brokers/kafka/request.ts';
import { crc32cInJs } from '../../../src/wire/kafka/crc32c.ts';
import { ProtocolWriter } from '../../../src/wire/kafka/protocol-writer.ts';
import type { VirtualClock } from '../../simulation/virtual-clock.ts';
import { brokerState } from './api/api-world.ts';
import { batchOf, fetchBody, produceBody } from './raw-client.ts';

/** What a connection sees of a socket; the client does with it what a test says. */
class ClientSocket extends EventEmitter {
  readonly written: Buffer[] = [];
  readonly did: string[] = [];
  writableNeedDrain = false;
  #paused = false;

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
  }

  isPaused(): boolean {
    return this.#paused;
  }

  cork(): void {}

  uncork(): void {}

  write(piece: Uint8Array): void {
    this.written.push(Buffer.from(piece));
  }

  destroy(): void {
    this.did.push('destroy');
  }

  destroySoon(): void {
    this.did.push('destroySoon');
  }

  /** Correlation ids of the answers so far, each as long as it says. */
  get answers(): number[] {
    const ids: number[] = [];
    let rest = Buffer.concat(this.written);
    while (rest.length > 0) {
      ids.push(rest.readInt32BE(4));
      rest = rest.subarray(4 + rest.readInt32BE(0));
    }
    return ids;
  }
}

function connected(broker: BrokerState = brokerState()) {
  const socket = new ClientSocket();
  const connection = new Connection(socket as unknown as Socket, broker);
  const send = (...frames: Uint8Array[]) => void socket.emit('data', Buffer.concat(frames));
  return { socket, connection, send, broker, clock: broker.clock as VirtualClock };
}

function frame(api: number, version: number, id: number, body: Uint8Array = new Uint8Array()): Uint8Array {
  return new ProtocolWriter().int16(api).int16(version).int32(id).string('raw').raw(body).takeFrame();
}

/** A question that is answered at once. */
const versions = (id: number) => frame(18, 0, id);
const turns = async () => {
  for (let i = 0; i < 10; i++) await new Promise((resolve) => setImmediate(resolve));
};

it('answers requests in their order, however they come', () => {
  const { socket, send } = connected();
  const all = Buffer.concat([1, 2, 3].map(versions));
  send(all);
  expect(socket.answers).toEqual([1, 2, 3]);
  for (const byte of all) send(Buffer.of(byte));
  expect(socket.answers).toEqual([1, 2, 3, 1, 2, 3]);
});

it('takes no more while the client does not take its answers', () => {
  const { socket, send } = connected();
  socket.writableNeedDrain = true;
  send(versions(1), versions(2));
  expect([socket.answers, socket.isPaused()]).toEqual([[], true]);
  socket.writableNeedDrain = false;
  socket.emit('drain');
  expect([socket.answers, socket.isPaused()]).toEqual([[1, 2], false]);
});

it('lets nothing pass while everything stalls', () => {
  const { socket, connection, send, broker } = connected();
  const stall = (on: boolean) => {
    broker.stalled = on;
    connection.stallChanged();
  };
  stall(true);
  send(versions(1));
  expect([socket.answers, socket.isPaused()]).toEqual([[], true]);
  stall(false);
  expect([socket.answers, socket.isPaused()]).toEqual([[1], false]);
  broker.stalled = true;
  expect(connected(broker).socket.isPaused()).toBe(true);
});

it('takes the next request when the one before it has been answered', async () => {
  const { socket, send, broker, clock } = connected();
  broker.topics.create('t', 1, new Map());
  send(frame(1, 11, 1, fetchBody('t', 0, 0, { maxWaitMs: 500 })), versions(2));
  await turns();
  await clock.advance(clock.nowUs() + 499_999);
  expect([socket.answers, socket.isPaused()]).toEqual([[], true]);
  await clock.advance(clock.nowUs() + 1);
  await turns();
  expect([socket.answers, socket.isPaused()]).toEqual([[1, 2], false]);
});

/** A broker with a topic that does this harm. */
function harmful(plan: ConstructorParameters<typeof ProduceFaults>[0]['plan']): BrokerState {
  const broker = brokerState();
  broker.topics.create('t', 1, new Map());
  const { clock } = broker;
  return {
    ...broker,
    faults: new ProduceFaults({ plan, clock, crc32c: crc32cInJs, keep: () => null, remembers: true }),
  };
}

it('holds an answer, and all behind it, and takes requests meanwhile', async () => {
  const { socket, send, broker, clock } = connected(harmful({ holdAcks: { ms: 20 } }));
  send(frame(0, 7, 1, produceBody('t', 0, await batchOf([{ value: 'x' }]))), versions(2));
  await turns();
  // It is stored, and so what follows may be.
  expect([broker.topics.partition('t', 0)?.endOffset, socket.answers, socket.isPaused()]).toEqual([1, [], false]);
  await clock.advance(clock.nowUs() + 19_999);
  expect(socket.answers).toEqual([]);
  await clock.advance(clock.nowUs() + 1);
  expect([socket.answers, broker.faults?.answers.length]).toEqual([[1, 2], 1]);
});

it('hangs up behind what was answered before', async () => {
  const { socket, connection, send } = connected(harmful({ reset: { every: 1 } }));
  send(versions(1), frame(0, 7, 2, produceBody('t', 0, await batchOf([{ value: 'x' }]))), versions(3));
  await turns();
  expect([socket.answers, socket.did, connection.ended]).toEqual([[1], ['destroySoon'], true]);
});

it('is not answered any more once it has ended', async () => {
  const { socket, send, clock } = connected(harmful({ holdAcks: { ms: 20 } }));
  send(frame(0, 7, 1, produceBody('t', 0, await batchOf([{ value: 'x' }]))));
  await turns();
  socket.emit('close');
  const ran = clock.ran;
  await clock.advance(clock.nowUs() + 1_000_000);
  expect([socket.written, clock.ran - ran]).toEqual([[], 0]);
});

it.each([
  ['a length beyond all reason', Buffer.from([0x7f, 0, 0, 0])],
  ['less than a header', Buffer.from([0, 0, 0, 1, 0])],
  ['an API that nobody has', frame(99, 0, 2)],
  ['a version that this one does not have', frame(20, 4, 2)],
  ['a body that ends too soon', frame(20, 1, 2, Buffer.from([0, 0, 0, 1, 0, 9]))],
])('ends for %s, and takes nothing behind it', (_, bytes) => {
  const { socket, connection, send } = connected();
  const ends: string[] = [];
  connection.whenEnded(() => ends.push('told'));
  connection.whenEnded(() => ends.push('forgotten'))();
  send(versions(1), bytes, versions(3));
  socket.emit('close');
  connection.destroy();
  connection.whenEnded(() => ends.push('told at once'));
  expect([socket.answers, connection.ended, ends]).toEqual([[1], true, ['told', 'told at once']]);
  expect(socket.did).toContain('destroy');
});
