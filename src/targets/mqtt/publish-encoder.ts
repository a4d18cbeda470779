import type { EventBatch } from '../../core/event-batch.ts';
import { publishBytes, publishFlags, type Qos, writePublish } from '../../wire/mqtt-frames.ts';
import { propertyBytes, writePublish5 } from '../../wire/mqtt5-publish.ts';

/** Protocol level, as CONNECT says it: 4 is MQTT 3.1.1. */
export type Version = 4 | 5;

/** Writes events as PUBLISH frames of one version, QoS and RETAIN. */
export class PublishEncoder {
  readonly qos: Qos;
  readonly #five: boolean;
  readonly #flags: number;
  readonly #repeatFlags: number;

  constructor(version: Version, qos: Qos, retain: boolean) {
    this.qos = qos;
    this.#five = version === 5;
    this.#flags = publishFlags(qos, retain);
    this.#repeatFlags = publishFlags(qos, retain, true);
  }

  /** Bytes of the frame of event `i`. */
  bytesOf({ starts, identities, payloads, ends }: EventBatch, i: number): number {
    const identity = identities[i] as number;
    const payload = payloads[i] as number;
    const properties = this.#five ? propertyBytes(payload - identity) : 0;
    return publishBytes(identity - (starts[i] as number), (ends[i] as number) - payload, this.qos, properties);
  }

  /** Writes the frame of event `i`; returns the position behind it. `repeat` says that it was sent before under this identifier. */
  write(batch: EventBatch, i: number, packetId: number, repeat: boolean, out: Uint8Array, at: number): number {
    const { bytes, starts, identities, payloads, ends } = batch;
    const start = starts[i] as number;
    const payload = payloads[i] as number;
    const end = ends[i] as number;
    const flags = repeat ? this.#repeatFlags : this.#flags;
    if (!this.#five) return writePublish(out, at, bytes, start, payload, end, flags, packetId);
    return writePublish5(out, at, bytes, start, identities[i] as number, payload, end, flags, packetId);
  }
}
