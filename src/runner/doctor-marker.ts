import type { Micros } from '../core/clock.ts';
import { IotloadError } from '../core/errors.ts';
import { formatMicros } from '../core/units.ts';
import { probeAddress } from '../engine/probe-address.ts';
import { encodeProbe } from '../events/probe.ts';
import { sameBytes } from '../events/same-bytes.ts';
import type { FleetPlan, TargetPlan } from '../plan/plan.ts';
import { targetOf } from '../targets/registry.ts';
import type { DeliveredBatch, Sink } from '../targets/target.ts';
import type { Party } from './target-parties.ts';

/** Markers of each fleet: one to see the way, the others for a round-trip time that is not the first one's. */
const MARKERS = 10;
const TIMEOUT_MS = 5_000;

interface Sent {
  fleet: string;
  payload: Uint8Array;
  atUs: Micros;
  seenUs: Micros | null;
}

/** Publishes markers where a fleet's events will go and waits until they come back. */
export class Marker {
  readonly #party: Party;
  readonly #sent: Sent[] = [];
  #sink: Sink | null = null;
  #onSeen: () => void = () => {};

  constructor(party: Party) {
    this.#party = party;
  }

  publishWith(sink: Sink): void {
    this.#sink = sink;
  }

  /** Publishes a fleet's markers, one after the other. Throws what the sink says. */
  async publish(fleet: FleetPlan): Promise<string> {
    const { clock, runId, plan, target } = this.#party;
    const address = probeAddress(fleet.address, runId, fleet.name);
    const fromUs = clock.nowUs();
    let firstUs = 0;
    for (let i = 0; i < MARKERS; i++) {
      const payload = encodeProbe(`${runId}-${this.#sent.length}`);
      this.#sent.push({ fleet: fleet.name, payload, atUs: clock.nowUs(), seenUs: null });
      await this.#sink?.publish(address, payload, plan.fleets.indexOf(fleet));
      if (i === 0) firstUs = clock.nowUs() - fromUs;
    }
    const { protocol, options } = plan.targets[target] as TargetPlan;
    const word = targetOf(protocol).traits(options).acknowledges ? 'acknowledged' : 'handed over';
    return `${address}, ${word} in ${formatMicros(firstUs)}`;
  }

  /** Takes what a reader delivers. */
  read({ bytes, payloadStarts, payloadEnds, count, atUs }: DeliveredBatch): void {
    for (let i = 0; i < count; i++) {
      const [start, end] = [payloadStarts[i] as number, payloadEnds[i] as number];
      const sent = this.#sent.find(
        ({ payload }) => payload.length === end - start && sameBytes(bytes, start, payload, 0, payload.length),
      );
      if (sent === undefined) continue;
      sent.seenUs ??= atUs;
      this.#onSeen();
    }
  }

  /** Waits for a fleet's markers. @throws IotloadError `verifier-not-ready` where one does not come */
  async seen(fleet: FleetPlan): Promise<string> {
    const { clock } = this.#party;
    const own = this.#sent.filter((sent) => sent.fleet === fleet.name);
    const missing = (): number => own.filter(({ seenUs }) => seenUs === null).length;
    await new Promise<void>((resolve) => {
      const giveUp = clock.after(TIMEOUT_MS, resolve);
      this.#onSeen = () => {
        if (missing() > 0) return;
        giveUp();
        resolve();
      };
      this.#onSeen();
    });
    if (missing() > 0) {
      throw new IotloadError('verifier-not-ready', `${missing()} of ${own.length} markers did not come back`, {
        where: 'verify',
        hint: 'may this login read the topic, or subscribe to it? Without reading back: --no-verify',
      });
    }
    const times = own.map(({ atUs, seenUs }) => (seenUs as number) - atUs).sort((a, b) => a - b);
    const median = times[Math.floor(times.length / 2)] as number;
    return `${own.length} markers; round trip ${formatMicros(median)} (median), ${formatMicros(times.at(-1) as number)} at most`;
  }
}
