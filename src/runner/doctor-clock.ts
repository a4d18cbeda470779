import { existsSync } from 'node:fs';
import type { Clock, Micros } from '../core/clock.ts';
import { IotloadError } from '../core/errors.ts';
import { formatMicros } from '../core/units.ts';

/** The wall clock may be slewed by this much while we look; more is a step. */
const STEADY_US = 5_000;
/** Left behind by systemd-timesyncd once it has set the clock. */
const SYNCHRONISED = '/run/systemd/timesync/synchronized';

/** Watches the wall clock against the monotonic one for as long as an examination takes. */
export class ClockCheck {
  readonly #clock: Clock;
  readonly #startedUs: Micros;
  readonly #offsetUs: Micros;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#startedUs = clock.nowUs();
    this.#offsetUs = this.#offset();
  }

  /** @throws IotloadError `bad-arguments` where somebody set the wall clock in the meantime */
  steady(): string {
    const drift = this.#offset() - this.#offsetUs;
    const during = formatMicros(this.#clock.nowUs() - this.#startedUs);
    if (Math.abs(drift) <= STEADY_US) return `wall clock and monotonic clock agree over ${during}`;
    throw new IotloadError('bad-arguments', `the wall clock jumped by ${formatMicros(drift)} within ${during}`, {
      hint: 'wait until its synchronisation has settled: intended times are wall-clock times',
    });
  }

  /** Whether the wall clock follows others, as far as that can be known cheaply. */
  synchronised(): ['good' | 'unknown', string] {
    return existsSync(SYNCHRONISED)
      ? ['good', 'set by systemd-timesyncd']
      : ['unknown', 'not known; it matters where run and verify are on different hosts'];
  }

  #offset(): Micros {
    return this.#clock.wallUs() - this.#clock.nowUs();
  }
}
