/**
 * A run of events of one fleet as bytes. Event i occupies `bytes[starts[i] … ends[i])`: first its address (the topic for MQTT,
 * the key for a partitioned log, nothing for a file), from `identities[i]` on the id that travels beside the payload (nothing where
 * there is none), then from `payloads[i]` on its payload. Reused: whoever receives a batch copies what it keeps before it returns.
 */
export interface EventBatch {
  /** Index of the fleet in the plan. */
  fleet: number;
  count: number;
  /** Bytes used so far; the next event starts here. */
  end: number;
  readonly capacity: number;
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly starts: Uint32Array;
  readonly identities: Uint32Array;
  readonly payloads: Uint32Array;
  readonly ends: Uint32Array;
  readonly slots: Float64Array;
  readonly seats: Int32Array;
}

export function createEventBatch(maxEvents: number, maxBytes: number): EventBatch {
  const buffer = new ArrayBuffer(maxBytes);
  return {
    fleet: 0,
    count: 0,
    end: 0,
    capacity: maxEvents,
    bytes: new Uint8Array(buffer),
    view: new DataView(buffer),
    starts: new Uint32Array(maxEvents),
    identities: new Uint32Array(maxEvents),
    payloads: new Uint32Array(maxEvents),
    ends: new Uint32Array(maxEvents),
    slots: new Float64Array(maxEvents),
    seats: new Int32Array(maxEvents),
  };
}

export function clearBatch(batch: EventBatch, fleet: number): void {
  batch.fleet = fleet;
  batch.count = 0;
  batch.end = 0;
}
