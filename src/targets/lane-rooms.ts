/** Why a lane takes nothing for now; several may hold at once. */
export const Shut = { full: 1, down: 2 } as const;

/**
 * The room of every lane. It is conserved:
 *
 * window = room[lane] + withheld + taken by the engine and not settled yet
 *
 * While a lane is shut its room is withheld, and so are all while the sink is full.
 */
export class LaneRooms {
  readonly room: Int32Array;
  readonly #withheld: Int32Array;
  readonly #shut: Uint8Array;
  readonly #drained: (lane: number) => void;
  #full = false;

  /** All lanes are down. `room` has a place for each. */
  constructor(
    lanes: number,
    window: number,
    drained: (lane: number) => void,
    room: Int32Array = new Int32Array(lanes),
  ) {
    this.room = room;
    this.#withheld = new Int32Array(lanes).fill(window);
    this.#shut = new Uint8Array(lanes).fill(Shut.down);
    this.#drained = drained;
  }

  /** `count` events of a lane are settled. */
  giveBack(lane: number, count: number): void {
    this.#withheld[lane] = (this.#withheld[lane] as number) + count;
    this.#release(lane);
  }

  /** A reason to be shut holds, or does not hold any more. */
  set(lane: number, reason: number, holds: boolean): void {
    const before = this.#shut[lane] as number;
    const shut = holds ? before | reason : before & ~reason;
    if (shut === before) return;
    this.#shut[lane] = shut;
    if (shut === 0) this.#release(lane);
    else this.#withhold(lane);
  }

  /** The sink as a whole is full, or is not any more. */
  setFull(full: boolean): void {
    if (full === this.#full) return;
    this.#full = full;
    for (let lane = 0; lane < this.room.length; lane++) {
      if (full) this.#withhold(lane);
      else this.#release(lane);
    }
  }

  #release(lane: number): void {
    const withheld = this.#withheld[lane] as number;
    if (withheld === 0 || this.#full || this.#shut[lane] !== 0) return;
    const before = this.room[lane] as number;
    this.room[lane] = before + withheld;
    this.#withheld[lane] = 0;
    if (before === 0) this.#drained(lane);
  }

  #withhold(lane: number): void {
    this.#withheld[lane] = (this.#withheld[lane] as number) + (this.room[lane] as number);
    this.room[lane] = 0;
  }
}
