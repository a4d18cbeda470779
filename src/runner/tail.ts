import { runTag } from '../codecs/identity.ts';
import type { Clock, Micros } from '../core/clock.ts';
import { IotloadError } from '../core/errors.ts';
import { type FoundId, findAnyId } from '../events/any-id.ts';
import { createFleetEvents, type FleetEvents } from '../events/fleet-events.ts';
import { createIdentified, Status } from '../events/identified.ts';
import { createIdentifier, type Identifier } from '../events/identifier.ts';
import { isMadeAgain, type Plan } from '../plan/plan.ts';
import { readingsOf } from '../plan/readings.ts';
import { targetOf } from '../targets/registry.ts';
import type { DeliveredBatch, Source } from '../targets/target.ts';
import { HopUnwrapper } from '../verify/hop-unwrapper.ts';
import { openReader } from './target-parties.ts';

/** What an arrival is: an intact event, a damaged one, somebody else's, or one that carries nothing by which it could be told. */
export type TailVerdict = 'own' | 'corrupt' | 'foreign' | 'untold';

/** One message as it arrived. */
export interface TailEvent {
  /** Topic or key; empty where the protocol has none. */
  address: string;
  payload: Uint8Array;
  verdict: TailVerdict;
  /** null where it cannot be told, as everything below. */
  fleet: string | null;
  device: string | null;
  sequence: number | null;
  slot: number | null;
  /** µs since 1970 UTC. */
  intendedWallUs: Micros | null;
  /** From the intended send time until it was here, by the wall clock: other hosts' clocks go into it. */
  latencyUs: Micros | null;
}

export interface TailOptions {
  plan: Plan;
  /** Only this run's events are `own`; null: those of every run. */
  runId: string | null;
  /** Start of that run, which finds events without an id of their own; null: not known. */
  startWallUs: Micros | null;
  clock: Clock;
  env: Readonly<Record<string, string | undefined>>;
  event(event: TailEvent): void;
  note(text: string): void;
}

/**
 * Reads back live what arrives at the target that a plan reads, and tells each message. Resolves when everything published from now on
 * will be told; the source ends it with `close`.
 * @throws IotloadError what the target throws; `bad-arguments` for an embedded broker, which lives inside its run
 */
export async function startTail(options: TailOptions): Promise<Source> {
  const { clock, env, note } = options;
  const [reading] = readingsOf(options.plan);
  const plan = reading?.plan ?? options.plan;
  const target = reading?.target ?? plan.fleets[0]?.target ?? 0;
  const { protocol, options: ofTarget } = plan.targets[target] as Plan['targets'][number];
  if (ofTarget['endpoint'] === 'embedded') {
    throw new IotloadError('bad-arguments', 'an embedded broker lives inside its run: nobody else can read it', {
      where: 'target.endpoint',
      value: 'embedded',
      hint: `start one with iotload broker ${protocol}, and give run and tail --set target.endpoint=…`,
    });
  }
  if (protocol === 'file' && typeof ofTarget['path'] !== 'string') {
    throw new IotloadError('bad-arguments', 'a run keeps its events in its own results directory', {
      where: 'target.path',
      hint: 'name the file: --set target.path=results/…/events.jsonl',
    });
  }
  const { address, perRun = false } = targetOf(protocol).traits(ofTarget);
  if (perRun && options.runId === null) {
    throw new IotloadError('bad-arguments', 'each run has files of its own', {
      where: '--run-id',
      hint: 'name the run, as it was told when it began',
    });
  }
  const keyed = address === 'key';
  for (const place of ['topic', 'stream'] as const) {
    const names = place === 'topic' && Array.isArray(ofTarget['topics']) ? ofTarget['topics'] : [ofTarget[place]];
    const name = names.find((each) => typeof each === 'string' && each.includes('<run>'));
    if (!keyed || options.runId !== null || name === undefined) continue;
    throw new IotloadError('bad-arguments', `each run has a ${place} of its own, ${name}`, {
      where: '--run-id',
      hint: `name the run, as it was told when it began, or give run and tail --set target.${place}=…`,
    });
  }
  const teller = new Teller({ ...options, plan });
  const hop = plan.verify?.hop;
  const unwrapper = hop === undefined ? null : new HopUnwrapper(hop);
  return openReader(
    { plan, target, runId: options.runId ?? '+', clock, env },
    {
      delivered: (batch) => teller.read(unwrapper === null ? batch : unwrapper.unwrap(batch)),
      notice: (kind, detail) => {
        if (kind !== 'connecting' && kind !== 'connected') note(`${kind}: ${detail}`);
      },
    },
  );
}

class Teller {
  readonly #options: TailOptions;
  readonly #events: readonly FleetEvents[];
  readonly #identifier: Identifier | null;
  readonly #run: number | null;
  readonly #found = createIdentified();
  readonly #text = new TextDecoder();

  constructor(options: TailOptions) {
    const { plan, runId, startWallUs } = options;
    this.#options = options;
    const anchor = { runId: runId ?? '', startWallUs: startWallUs ?? 0, startMonoUs: 0 };
    this.#events = plan.fleets.map((_, fleet) => createFleetEvents(plan, fleet, anchor));
    this.#identifier = runId === null || startWallUs === null ? null : createIdentifier(plan, anchor);
    this.#run = runId === null ? null : runTag(runId);
  }

  read(batch: DeliveredBatch): void {
    const { clock, event } = this.#options;
    const { bytes, addressStarts, addressEnds, payloadStarts, payloadEnds, count } = batch;
    const atWallUs = clock.wallUs() - clock.nowUs() + batch.atUs;
    for (let i = 0; i < count; i++) {
      const verdict = this.#tell(batch, i);
      if (verdict === null) continue;
      const { fleet, seat, sequence, slot, intendedWallUs } = this.#found;
      const known = slot >= 0 && verdict !== 'foreign' && verdict !== 'untold';
      event({
        address: this.#text.decode(bytes.subarray(addressStarts[i], addressEnds[i])),
        payload: bytes.slice(payloadStarts[i], payloadEnds[i]),
        verdict,
        fleet: known ? (this.#options.plan.fleets[fleet]?.name ?? null) : null,
        device: known ? (this.#events[fleet]?.deviceId(seat) ?? null) : null,
        sequence: known ? sequence : null,
        slot: known ? slot : null,
        intendedWallUs: known ? intendedWallUs : null,
        latencyUs: known ? atWallUs - intendedWallUs : null,
      });
    }
  }

  /** What event i is, into `#found`; null for a readiness marker. */
  #tell(batch: DeliveredBatch, i: number): TailVerdict | null {
    const { bytes } = batch;
    const [identity, identityEnd] = [batch.identityStarts[i] as number, batch.identityEnds[i] as number];
    const [start, end] = [batch.payloadStarts[i] as number, batch.payloadEnds[i] as number];
    if (isProbe(bytes, start, end)) return null;
    if (this.#identifier !== null) {
      const status = this.#identifier.identify(bytes, start, end, this.#found, identity, identityEnd);
      if (status === Status.probe) return null;
      return status === Status.own ? 'own' : status === Status.corrupt ? 'corrupt' : 'foreign';
    }
    return this.#tellById(findAnyId(bytes, start, end, identity, identityEnd));
  }

  #tellById(id: FoundId | null): TailVerdict {
    const found = this.#found;
    found.slot = -1;
    const { fleets } = this.#options.plan;
    if (id === null) return fleets.some(({ payload }) => isMadeAgain(payload.identity)) ? 'untold' : 'foreign';
    const index = fleets.findIndex(({ number }, place) => (number ?? place) === id.fleet);
    const fleet = fleets[index];
    if (fleet === undefined || (this.#run !== null && id.run !== this.#run)) return 'foreign';
    found.fleet = index;
    found.slot = id.slot;
    found.sequence = Math.floor(id.slot / fleet.devices);
    found.seat = id.slot - found.sequence * fleet.devices;
    found.intendedWallUs = id.intendedWallUs;
    return id.intact ? 'own' : 'corrupt';
  }
}

const probeStart = new TextEncoder().encode('{"iotload":"probe"');

function isProbe(bytes: Uint8Array, start: number, end: number): boolean {
  return end - start >= probeStart.length && probeStart.every((byte, i) => bytes[start + i] === byte);
}
