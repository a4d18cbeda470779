import type { DeliveredBatch } from './target.ts';

/** An empty batch with room for so many events, to be filled again and again. */
export function createDeliveredBatch(events: number, bytes: Uint8Array = new Uint8Array(0)): DeliveredBatch {
  return {
    count: 0,
    bytes,
    addressStarts: new Uint32Array(events),
    addressEnds: new Uint32Array(events),
    identityStarts: new Uint32Array(events),
    identityEnds: new Uint32Array(events),
    payloadStarts: new Uint32Array(events),
    payloadEnds: new Uint32Array(events),
    atUs: 0,
    redelivered: false,
  };
}
