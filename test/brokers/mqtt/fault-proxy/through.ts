import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { parser as createParser, generate, type Packet } from 'mqtt-packet';
import { expect } from 'vitest';
import { chooserOf, type FaultPlan, type FaultRecord } from '../../../../src/brokers/mqtt/fault-proxy/fault-plan.ts';
import { LateDeliveries } from '../../../../src/brokers/mqtt/fault-proxy/late-deliveries.ts';
import { ProxyConnection } from '../../../../src/brokers/mqtt/fault-proxy/proxy-connection.ts';
import type { ProxyState } from '../../../../src/brokers/mqtt/fault-proxy/proxy-state.ts';
import { VirtualClock } from '../../../simulation/virtual-clock.ts';

/** One side of a connection, without a network. */
export class FakeSocket extends EventEmitter {
  written: Buffer[] = [];
  paused = false;
  destroyed = false;
  wasReset = false;
  writableEnded = false;
  get writable(): boolean {
    return !this.writableEnded && !this.destroyed;
  }

  writableNeedDrain = false;

  write(bytes: Uint8Array): boolean {
    expect(this.writableEnded, 'writes after the end').toBe(false);
    this.written.push(Buffer.from(bytes));
    return !this.writableNeedDrain;
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
  }

  end(): void {
    this.writableEnded = true;
  }

  destroy(): void {
    this.destroyed = true;
  }

  resetAndDestroy(): void {
    this.wasReset = true;
    this.destroyed = true;
  }

  /** What it was told since the last call: the payload of a PUBLISH, the name of any other packet. */
  get told(): string[] {
    const packets: string[] = [];
    const parser = createParser({ protocolVersion: 4 });
    parser.on('packet', (packet: Packet) => {
      if (packet.cmd === 'publish') packets.push(packet.payload.toString());
      else packets.push(packet.cmd === 'puback' ? `puback ${packet.messageId}` : packet.cmd);
    });
    parser.parse(Buffer.concat([...this.written.splice(0)]));
    return packets;
  }
}

export const publish = (payload: string, topic = 'a', messageId = 1): Buffer =>
  generate({ cmd: 'publish', topic, payload, messageId, qos: 1, dup: false, retain: false });
export const publish0 = (payload: string): Buffer =>
  generate({ cmd: 'publish', topic: 'a', payload, qos: 0, dup: false, retain: false });
export const puback = (messageId: number): Buffer => generate({ cmd: 'puback', messageId });
export const disconnect = generate({ cmd: 'disconnect' });

/** A connection through a proxy with these faults, by hand: `say` is the client’s, `answer` the broker’s side. */
export function through(plan: FaultPlan, { translates = false }: { translates?: boolean } = {}) {
  const clock = new VirtualClock();
  const log: FaultRecord[] = [];
  const answers: [payload: string, afterUs: number][] = [];
  const sideDoor = new FakeSocket();
  const state: ProxyState = {
    clock,
    plan,
    chooser: chooserOf(plan),
    translates,
    stalled: false,
    nextOrdinal: 0,
    passed: 0,
    foreign: 0,
    late: new LateDeliveries(
      clock,
      () => sideDoor as unknown as Socket,
      () => void state.passed++,
    ),
    mayRecord: () => true,
    record: (record) => {
      log.push(record);
      return record;
    },
    answered: ({ payload, cameUs, atUs }) => void answers.push([payload.toString(), atUs - cameUs]),
  };
  const [client, broker] = [new FakeSocket(), new FakeSocket()];
  const connection = new ProxyConnection(state, client as unknown as Socket, broker as unknown as Socket);
  return {
    clock,
    log,
    answers,
    sideDoor,
    state,
    client,
    broker,
    connection,
    say: (...frames: Buffer[]): void => void client.emit('data', Buffer.concat(frames)),
    answer: (...frames: Buffer[]): void => void broker.emit('data', Buffer.concat(frames)),
    pass: (ms: number): void => clock.advanceTo(clock.nowUs() + ms * 1000),
    stall: (on: boolean): void => {
      state.stalled = on;
      connection.stallChanged();
    },
  };
}
