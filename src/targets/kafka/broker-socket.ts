import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls, type SecureContext } from 'node:tls';
import type { Clock } from '../../core/clock.ts';
import { type SocketFailure, socketFailure } from '../socket-failure.ts';
import type { BrokerHost } from './endpoint.ts';

/** Who takes what comes from a socket. */
export interface SocketReader {
  /** The next `length` bytes; valid only during the call. */
  read(chunk: Uint8Array, length: number): void;
  /** Nothing more will come; told once, and not after `destroy`. */
  closed(failure: SocketFailure): void;
}

/** How sockets of a cluster are opened. */
export interface SocketSettings {
  clock: Clock;
  /** null: plain text. */
  tls: { context: SecureContext; alpn: readonly string[] } | null;
  /** Longest time until it is open, TLS included. */
  timeoutMs: number;
  /** What plain sockets read into, all of them. */
  readBuffer: Uint8Array;
}

const nobody: SocketReader = { read: () => {}, closed: () => {} };
const closedByBroker: SocketFailure = { code: 'target-unreachable', reason: 'connection closed by the broker' };

/** An open socket to a broker, whose reader may change: first who logs in, then who sends and fetches. */
export class BrokerSocket {
  readonly socket: Socket;
  reader: SocketReader = nobody;
  #over = false;

  /** For `openSocket`. */
  constructor(settings: SocketSettings, { host, port }: BrokerHost) {
    const { tls, readBuffer } = settings;
    if (tls === null) {
      const callback = (length: number): boolean => {
        this.#read(readBuffer, length);
        return true;
      };
      this.socket = connectTcp({
        host,
        port,
        noDelay: true,
        keepAlive: true,
        onread: { buffer: readBuffer, callback },
      });
    } else {
      this.socket = connectTls({
        host,
        port,
        secureContext: tls.context,
        ...(isIP(host) === 0 ? { servername: host } : {}),
        ...(tls.alpn.length === 0 ? {} : { ALPNProtocols: [...tls.alpn] }),
      });
      this.socket.setNoDelay(true);
      this.socket.setKeepAlive(true);
      this.socket.on('data', (chunk: Buffer) => this.#read(chunk, chunk.length));
    }
    this.socket.on('error', (error) => this.#end(socketFailure(error)));
    this.socket.on('end', () => this.#end(closedByBroker));
    this.socket.on('close', () => this.#end(closedByBroker));
  }

  /** Closes it at once; the reader hears nothing any more. */
  destroy(): void {
    this.#over = true;
    this.reader = nobody;
    this.socket.destroy();
  }

  /** What came is of no use: closes it, and says why. */
  fail(failure: SocketFailure): void {
    this.#end(failure);
  }

  #read(chunk: Uint8Array, length: number): void {
    if (!this.#over) this.reader.read(chunk, length);
  }

  #end(failure: SocketFailure): void {
    if (this.#over) return;
    this.#over = true;
    this.socket.destroy();
    this.reader.closed(failure);
  }
}

/** Opens a socket. Rejects with the failure, where there is one, or with that of no answer in time. */
export function openSocket(settings: SocketSettings, address: BrokerHost): Promise<BrokerSocket> {
  const { clock, tls, timeoutMs } = settings;
  return new Promise((resolve, reject: (failure: SocketFailure) => void) => {
    const opened = new BrokerSocket(settings, address);
    const cancel = clock.after(timeoutMs, () => {
      opened.destroy();
      const reason = `no answer within ${timeoutMs / 1000} s`;
      reject({ code: 'target-unreachable', reason, hint: 'Check host, port and firewall.' });
    });
    let connected = false;
    opened.socket.once('connect', () => {
      connected = true;
    });
    opened.reader = {
      ...nobody,
      closed(failure) {
        cancel();
        reject(tls !== null && connected && failure.code === 'target-unreachable' ? noHandshake : failure);
      },
    };
    opened.socket.once(tls === null ? 'connect' : 'secureConnect', () => {
      cancel();
      opened.reader = nobody;
      resolve(opened);
    });
  });
}

/** How a listener for plain text ends a TLS handshake: it takes the first bytes for the length of a very long request. */
const noHandshake: SocketFailure = {
  code: 'target-refused',
  reason: 'connection closed during the TLS handshake',
  hint: 'Does this port speak TLS? For plain text leave tls out.',
};

/** Whether these are the first bytes of a TLS alert (RFC 8446 §5.1: type 21, version 3.x), the answer of TLS to plain text. */
export function isTlsAlert(chunk: Uint8Array, length: number): boolean {
  return length >= 2 && chunk[0] === 21 && chunk[1] === 3;
}

/** What it means that a TLS alert came in plain text. */
export const speaksTls: SocketFailure = {
  code: 'target-refused',
  reason: 'this port speaks TLS',
  hint: 'Write tls: true, or tls: { ca: FILE } for an authority of your own.',
};
