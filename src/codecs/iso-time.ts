/**
 * The last two distinct seconds seen, as `2023-05-24T18:56:56.` in three doubles of eight ASCII bytes each (the last one half full).
 * Events arrive nearly in order of time, so formatting a date is a matter of once a second; two places, because the sensor clocks of
 * neighbouring events straddle a full second.
 */
export class IsoSeconds {
  /** Chunks of the even second, then of the odd one. */
  readonly chunks = new Float64Array(6);
  readonly #seconds = new Float64Array([-1, -1]);
  readonly #bytes = new DataView(new ArrayBuffer(24));

  /** Index in `chunks` of a second since 1970, in [0, 253402300800). */
  at(second: number): number {
    const place = second - 2 * Math.floor(second / 2);
    if (this.#seconds[place] !== second) this.#format(second, place);
    return place * 3;
  }

  #format(second: number, place: number): void {
    const text = new Date(second * 1000).toISOString();
    for (let i = 0; i < 20; i++) this.#bytes.setUint8(i, text.charCodeAt(i));
    for (let i = 0; i < 3; i++) this.chunks[place * 3 + i] = this.#bytes.getFloat64(i * 8, true);
    this.#seconds[place] = second;
  }
}
