/**
 * Which PUBACKs of one connection reach the client. Each PUBLISH that went to the broker leaves an entry, in order, under its packet
 * identifier; each PUBACK takes the oldest of its identifier. Identifiers that are not listed pass.
 */
export class AckFilter {
  readonly #expected = new Map<number, boolean[]>();

  /** A PUBLISH with this identifier went to the broker; `passes` says whether its PUBACK is let through. */
  expect(packetId: number, passes: boolean): void {
    const queue = this.#expected.get(packetId);
    if (queue !== undefined) queue.push(passes);
    else if (!passes) this.#expected.set(packetId, [passes]);
  }

  /** As `expect`, for one that goes out twice: the client sees one of the two. */
  expectTwo(packetId: number): void {
    const queue = this.#expected.get(packetId);
    if (queue !== undefined) queue.push(true, false);
    else this.#expected.set(packetId, [true, false]);
  }

  /** A PUBACK came; true lets it through. */
  take(packetId: number): boolean {
    const queue = this.#expected.get(packetId);
    if (queue === undefined) return true;
    const passes = queue.shift() ?? true;
    if (queue.length === 0) this.#expected.delete(packetId);
    return passes;
  }
}
