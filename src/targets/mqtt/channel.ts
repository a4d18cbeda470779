import type { SecureContext } from 'node:tls';

/** A stream of bytes to a broker, whatever carries it. */
export interface Channel {
  /** Nobody has answered yet. */
  readonly connecting: boolean;
  /** Bytes written and not yet taken by the kernel. */
  readonly backlogBytes: number;
  /** False once nothing written can arrive any more. */
  readonly writable: boolean;
  readonly destroyed: boolean;
  /** Writes before the other side has answered are kept until then. True if the bytes may be used again at once. */
  write(bytes: Buffer): boolean;
  /** Closes our side after all that was written. */
  end(): void;
  /** Closes it at once. */
  destroy(): void;
}

/** The other side of a channel. */
export interface ChannelHandlers {
  /** `length` bytes have come, valid during the call; `full` when there was no room for more. */
  read(bytes: Uint8Array, length: number, full: boolean): void;
  /** All that was written has been handed on. */
  drained(): void;
  /** The channel is broken; it ends and closes next. */
  failed(error: Error): void;
  /** The other side says no more. */
  ended(): void;
  /** The last call. */
  closed(): void;
}

/** How one channel differs from the others to the same endpoint. */
export interface ChannelOrigin {
  /** Certificates; null without TLS. */
  secureContext: SecureContext | null;
  /** Address of this machine to connect from; null leaves the choice to the system. */
  localAddress: string | null;
}

/** Opens a channel. Says everything else, failures included, to the handlers, never before it has returned. */
export type Dial = (origin: ChannelOrigin, handlers: ChannelHandlers) => Channel;
