/** Digits of the place of a record in its shard. */
export const PLACE_DIGITS = 16;

/**
 * Numbers of a shard's records, 56 digits as in the service: "49", the creation of the shard in ms (13), its number in the stream (12),
 * zeros (13), the place in the shard (16). Those of a younger shard are larger than those of its parents. Place 0 is before the first record.
 */
export class SequenceNumbers {
  /** All but the place. */
  readonly prefix: string;

  constructor(createdMs: number, shardNumber: number) {
    this.prefix = `49${`${createdMs}`.padStart(13, '0')}${`${shardNumber}`.padStart(12, '0')}${'0'.repeat(13)}`;
  }

  at(place: number): string {
    return this.prefix + `${place}`.padStart(PLACE_DIGITS, '0');
  }

  /** Place of a number; null for one of another shard. */
  placeOf(text: string): number | null {
    if (!text.startsWith(this.prefix)) return null;
    const digits = text.slice(this.prefix.length);
    return digits.length === PLACE_DIGITS && /^\d+$/.test(digits) ? Number(digits) : null;
  }

  /** Writes the digits of a place, and returns where they end. */
  static write(to: Uint8Array, at: number, place: number): number {
    let left = place;
    for (let i = at + PLACE_DIGITS - 1; i >= at; i--) {
      const rest = Math.floor(left / 10);
      to[i] = 0x30 + left - rest * 10;
      left = rest;
    }
    return at + PLACE_DIGITS;
  }
}
