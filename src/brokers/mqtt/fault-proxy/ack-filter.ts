import type { Micros } from '../../../core/clock.ts';

/** An acknowledgement that may not go before its time; `cameUs` is when its PUBLISH came. */
export interface AckHold {
  cameUs: Micros;
  untilUs: Micros;
  payload: Buffer;
}

/** What becomes of an acknowledgement. */
export type AckFate = 'pass' | 'swallow' | AckHold;

/**
 * Which acknowledgements of one connection reach the client, and when. Each PUBLISH that went to the broker leaves an entry, in order,
 * under its packet identifier; each PUBACK or PUBREC takes the oldest of its identifier. Identifiers that are not listed pass.
 */
export class AckFilter {
  readonly #expected = new Map<number, AckFate[]>();

  /** A PUBLISH with this identifier went to the broker. */
  expect(packetId: number, fate: AckFate): void {
    const queue = this.#expected.get(packetId);
    if (queue !== undefined) queue.push(fate);
    else if (fate !== 'pass') this.#expected.set(packetId, [fate]);
  }

  /** As `expect`, for one that goes out twice: the client sees one of the two. */
  expectTwo(packetId: number): void {
    const queue = this.#expected.get(packetId);
    if (queue !== undefined) queue.push('pass', 'swallow');
    else this.#expected.set(packetId, ['pass', 'swallow']);
  }

  /** An acknowledgement came. */
  take(packetId: number): AckFate {
    const queue = this.#expected.get(packetId);
    if (queue === undefined) return 'pass';
    const fate = queue.shift() ?? 'pass';
    if (queue.length === 0) this.#expected.delete(packetId);
    return fate;
  }
}
