import type { Dice } from './dice.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** One direction of a connection: what is sent arrives in its order, until the connection is cut. */
export class Wire {
  /** Sent and not yet there. */
  pending = 0;
  readonly #clock: VirtualClock;
  readonly #dice: Dice;
  readonly #latencyUs: number;
  #arrivesUs = 0;
  #cutAtUs = Number.POSITIVE_INFINITY;

  constructor(clock: VirtualClock, dice: Dice, latencyUs: number) {
    this.#clock = clock;
    this.#dice = dice;
    this.#latencyUs = latencyUs;
  }

  send(arrived: () => void): void {
    const clock = this.#clock;
    this.pending++;
    this.#arrivesUs = Math.max(this.#arrivesUs, clock.nowUs() + this.#dice.delayUs(this.#latencyUs));
    clock.at(this.#arrivesUs, () => {
      this.pending--;
      if (clock.nowUs() < this.#cutAtUs) arrived();
    });
  }

  /** The connection breaks: of what is on the way, a beginning may still arrive. */
  cut(): void {
    const soonUs = this.#dice.chance(0.5) ? 0 : this.#dice.whole(0, 2 * this.#latencyUs);
    this.#cutAtUs = Math.min(this.#cutAtUs, this.#clock.nowUs() + soonUs);
  }
}
