import { expect, it } from 'vitest';
import { BrokerConnection } from '../../../src/targets/kafka/broker-connection.ts';
import type { BrokerSocket, SocketReader } from '../../../src/targets/kafka/broker-socket.ts';
import type { SocketFailure } from '../../../src/targets/socket-failure.ts';

type Written = (error?: Error | null) => void;

/** A socket that does nothing by itself. */
class OpenedSocket {
  readonly did: string[] = [];
  readonly tell: Written[] = [];
  reader: SocketReader = { read: () => {}, closed: () => {} };
  readonly socket = {
    destroyed: false,
    writableLength: 12,
    cork: () => void this.did.push('cork'),
    uncork: () => void this.did.push('uncork'),
    write: (piece: Uint8Array, tell?: Written) => {
      this.did.push(`write ${Buffer.from(piece).toString('hex')}`);
      if (tell !== undefined) this.tell.push(tell);
    },
  };

  destroy(): void {
    this.socket.destroyed = true;
    this.did.push('destroy');
  }

  fail(failure: SocketFailure): void {
    this.socket.destroyed = true;
    this.reader.closed(failure);
  }
}

const broker = { id: 1, host: 'k1', port: 9092 };

function connection(answered: (frame: string) => void = () => {}) {
  const opened = new OpenedSocket();
  const heard: string[] = [];
  const made = new BrokerConnection(broker, opened as unknown as BrokerSocket, 42, {
    answered: (frame) => {
      const text = Buffer.from(frame).toString('hex');
      heard.push(text);
      answered(text);
    },
    closed: (reason) => heard.push(`closed: ${reason}`),
  });
  const read = (hex: string): void => {
    const bytes = Buffer.from(hex, 'hex');
    // Only a part of what is read into is what was read.
    opened.reader.read(Buffer.concat([bytes, Buffer.from('ffff', 'hex')]), bytes.length);
  };
  return { opened, heard, made, read };
}

it('says whose it is, how long it stays, and what is not sent yet', () => {
  const { made } = connection();
  expect([made.broker, made.replaceByUs, made.unsentBytes]).toEqual([broker, 42, 12]);
});

it('hands pieces over at once, and says when the last has been taken', () => {
  const { opened, made } = connection();
  let sent = 0;
  made.write([Uint8Array.of(1), Uint8Array.of(2, 3)], () => sent++);
  expect(opened.did).toEqual(['cork', 'write 01', 'write 0203', 'uncork']);
  expect([opened.tell.length, sent]).toEqual([1, 0]);
  opened.tell[0]?.(null);
  expect(sent).toBe(1);
  // One that was not written is not sent.
  opened.tell[0]?.(new Error('EPIPE'));
  expect(sent).toBe(1);
  made.write([Uint8Array.of(4)]);
  expect(opened.tell).toHaveLength(1);
});

it('writes nothing to a socket that is gone', () => {
  const { opened, made } = connection();
  made.destroy();
  made.write([Uint8Array.of(1)]);
  expect(opened.did).toEqual(['destroy']);
});

it('tells of frames without their length, however they come', () => {
  const { heard, read } = connection();
  read('000000040000000100000006');
  read('00000002aa');
  read('bb');
  expect(heard).toEqual(['00000001', '00000002aabb']);
});

it('tells of no more frames once whoever heard one has closed it', () => {
  const { heard, made, read } = connection(() => made.destroy());
  read('00000004000000010000000400000002');
  expect(heard).toEqual(['00000001']);
});

it('ends for what is not Kafka’s', () => {
  const { heard, read } = connection();
  read(Buffer.from('HTTP/1.1 400 Bad Request').toString('hex'));
  expect(heard).toEqual(['closed: answers that are not Kafka’s']);
});

it('ends with a reason that is the same each time', () => {
  const { heard, opened } = connection();
  opened.reader.closed({ code: 'target-refused', reason: 'TLS failed: 140735:error:0A000086' });
  expect(heard).toEqual(['closed: TLS failed']);
});

it('hides no defect of whoever hears it', () => {
  const { read } = connection(() => {
    throw new TypeError('a defect');
  });
  expect(() => read('0000000400000001')).toThrow('a defect');
});
