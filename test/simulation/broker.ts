import { Outcome } from '../../src/core/outcome.ts';
import type { Dice } from './dice.ts';
import type { EventFault, Setting } from './setting.ts';
import type { Trace } from './trace.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** An event on its way, or stored. `slot` is what the world knows it to be; −1 for nobody's. */
export interface Message {
  fleet: number;
  slot: number;
  kind: 'own' | 'corrupt' | 'foreign';
  identity: Uint8Array;
  payload: Uint8Array;
}

/** What the broker says about one event of a request; null: nothing, ever. */
export type Answer = 'stored' | 'refused' | 'throttled' | null;

/** Outcome of an answer that is final. */
export const outcomeOf = { stored: Outcome.acked, refused: Outcome.rejected } as const;

/** A broker that does with each event what its seed wants. What it does with one that it takes is its kind's business. */
export abstract class Broker {
  protected readonly setting: Setting;
  protected readonly clock: VirtualClock;
  protected readonly dice: Dice;
  protected readonly trace: Trace;
  #stalledUntilUs = 0;

  constructor(setting: Setting, clock: VirtualClock, dice: Dice, trace: Trace) {
    this.setting = setting;
    this.clock = clock;
    this.dice = dice;
    this.trace = trace;
  }

  /** Puts an event where readers find it. `partition` is the lane it came by. */
  abstract store(partition: number, message: Message): void;

  /** Takes a request and says what became of each event, when it comes to it. */
  take(partition: number, messages: readonly Message[], reply: (answers: Answer[]) => void): void {
    this.whenAwake(() => reply(messages.map((message) => this.accept(partition, message))));
  }

  /** Nothing is looked at for so long. */
  stall(us: number): void {
    this.#stalledUntilUs = Math.max(this.#stalledUntilUs, this.clock.nowUs() + us);
    this.trace.fault('broker stall', us);
  }

  get stalled(): boolean {
    return this.clock.nowUs() < this.#stalledUntilUs;
  }

  /** Runs `task` now, or when a stall is over. */
  whenAwake(task: () => void): void {
    if (this.stalled) this.clock.at(this.#stalledUntilUs, () => this.whenAwake(task));
    else task();
  }

  /** What becomes of one event. */
  protected accept(partition: number, message: Message): Answer {
    if (this.throttles(message)) return 'throttled';
    if (this.happens('refuse', message)) return 'refused';
    if (this.happens('lost request', message)) return null;
    if (!this.keep(partition, message)) return 'stored';
    if (this.happens('phantom', message)) return 'refused';
    return this.happens('lost answer', message) ? null : 'stored';
  }

  protected throttles({ fleet, slot }: Message): boolean {
    const { throttled } = this.setting;
    if (throttled === 0 || !this.dice.chance(throttled)) return false;
    this.trace.fault('throttle', fleet, slot);
    return true;
  }

  protected happens(fault: EventFault, { fleet, slot }: Message): boolean {
    const { share } = this.setting;
    if (share[fault] === 0 || !this.dice.chance(share[fault])) return false;
    this.trace.fault(fault, fleet, slot);
    return true;
  }

  /** Stores an event that is taken, as the seed wants; whether it stands there now. */
  protected keep(partition: number, message: Message): boolean {
    return this.keepBy(
      message,
      () => this.store(partition, message),
      () => this.store(partition, altered(message, this.dice)),
    );
  }

  /** The same for whatever is stored as one, of which `message` is the first: as it is by `store`, with one bit changed by `storeAltered`. */
  protected keepBy(message: Message, store: () => void, storeAltered: () => void): boolean {
    const later = (us: number): void => void this.clock.at(this.clock.nowUs() + us, store);
    if (this.happens('swallow', message)) return false;
    if (this.happens('hold', message)) {
      later(this.dice.whole(1, 300_000));
      return false;
    }
    if (this.happens('late', message)) {
      later(this.dice.whole(0, 4 * this.setting.graceUs));
      return false;
    }
    if (this.happens('alter', message)) storeAltered();
    else store();
    if (this.happens('duplicate', message)) {
      for (let copies = this.dice.whole(1, 2); copies > 0; copies--)
        later(this.dice.chance(0.5) ? 0 : this.dice.whole(1, 2_000_000));
    }
    return true;
  }
}

/** The message with one bit changed. */
export function altered(message: Message, dice: Dice): Message {
  const payload = Uint8Array.from(message.payload);
  const at = dice.whole(0, payload.length - 1);
  payload[at] = (payload[at] as number) ^ (1 << dice.whole(0, 7));
  return { ...message, kind: 'corrupt', payload };
}
