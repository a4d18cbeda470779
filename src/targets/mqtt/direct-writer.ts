import type { Socket } from 'node:net';
import { getSystemErrorName } from 'node:util';

/*
 * Node's streams cost more than a small MQTT frame: a request object, a callback in the next tick and a dozen checks for each write. A
 * TCP handle takes bytes without them. Handles are not part of Node's public interface, so what is needed of one is looked at first, and
 * without it everything goes through the stream.
 */

/** What is used of a socket's handle. */
interface Handle {
  /** Hands bytes to the kernel; what it does not take at once is kept until `oncomplete`. 0, or a negative error number. */
  writeBuffer(request: WriteRequest, bytes: Uint8Array): number;
  /** Bytes that the kernel has not taken yet. */
  readonly writeQueueSize: number;
}

/** A request object of Node's own making: only its class has the slots that the handle fills. */
interface WriteRequest {
  oncomplete: (status: number) => void;
  buffer: Uint8Array | null;
}

type RequestClass = new () => WriteRequest;

/** The class of requests, taken from the first one that Node itself makes; null once it is known that there is none. */
let requestClass: RequestClass | null | undefined;

/** Writes to a connected TCP socket past its stream, where nothing waits in it. */
export class DirectWriter {
  readonly #socket: Socket;
  readonly #completed: (error: Error | null) => void;
  #handle: Handle | null = null;
  #request: WriteRequest | null = null;
  #waiting = false;

  /** `completed` is called when what the kernel did not take at once is gone, or with what kept it from going. */
  constructor(socket: Socket, completed: (error: Error | null) => void) {
    this.#socket = socket;
    this.#completed = completed;
  }

  /** Bytes that still belong to a write of ours. */
  get waitingBytes(): number {
    return this.#waiting && this.#handle !== null ? this.#handle.writeQueueSize : 0;
  }

  /**
   * Writes, and says whether the bytes may be used again: `taken` by the kernel, or `kept` until they are. null: nothing was written, the
   * stream has to do it.
   */
  write(bytes: Uint8Array): 'taken' | 'kept' | null {
    const socket = this.#socket;
    const handle = this.#handle ?? this.#find();
    if (handle === null || this.#waiting || socket.destroyed || socket.writableLength > 0) return null;
    if (handle !== (socket as unknown as { _handle: Handle | null })._handle) return null;
    this.#request ??= this.#newRequest();
    const request = this.#request;
    // A connection that is broken says so again to the stream, which tells everybody.
    if (handle.writeBuffer(request, bytes) !== 0) return null;
    if (handle.writeQueueSize === 0) return 'taken';
    this.#waiting = true;
    this.#request = null;
    request.buffer = bytes;
    return 'kept';
  }

  /** Looks at the socket's handle; prepares to learn the class of requests from the stream's next write. */
  #find(): Handle | null {
    const { _handle: handle } = this.#socket as unknown as { _handle?: Handle | null };
    if (requestClass === null || handle == null || this.#socket.connecting) return null;
    if (typeof handle.writeBuffer !== 'function' || typeof handle.writeQueueSize !== 'number') {
      requestClass = null;
      return null;
    }
    if (requestClass === undefined) {
      learnFrom(handle);
      return null;
    }
    this.#handle = handle;
    return handle;
  }

  #newRequest(): WriteRequest {
    const request = new (requestClass as RequestClass)();
    request.oncomplete = (status) => {
      request.buffer = null;
      this.#waiting = false;
      this.#completed(status < 0 ? writeError(status) : null);
    };
    return request;
  }
}

function writeError(status: number): Error {
  const code = getSystemErrorName(status);
  return Object.assign(new Error(`write ${code}`), { code, syscall: 'write' });
}

/** Notes the class of the request that the handle gets next, and leaves the handle as it was. */
function learnFrom(handle: Handle): void {
  if (Object.hasOwn(handle, 'writeBuffer')) return;
  handle.writeBuffer = (request, bytes) => {
    delete (handle as Partial<Handle>).writeBuffer;
    const { constructor: made } = request as unknown as { constructor: RequestClass };
    requestClass ??= made.name === 'WriteWrap' ? made : null;
    return handle.writeBuffer(request, bytes);
  };
}
