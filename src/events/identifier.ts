import type { Anchor } from '../core/anchor.ts';
import { IotloadError } from '../core/errors.ts';
import { isMadeAgain, type Plan } from '../plan/plan.ts';
import { canDerive, DerivedIdentity } from './derived-identity.ts';
import { EventMaker } from './event-maker.ts';
import { FieldsIdentity } from './fields-identity.ts';
import { carriesHeader, HeadersIdentity } from './headers-identity.ts';
import { type Identified, Status, setUnknownSlot } from './identified.ts';
import { NamedIdentity } from './named-identity.ts';
import { encodeProbe } from './probe.ts';
import { sameBytes } from './same-bytes.ts';

/** Payload bytes → event, without parsing JSON. */
export interface Identifier {
  /**
   * Says what the payload `bytes[start … end)` is and writes into `into` which event, for `own` and `corrupt`. What travelled beside it
   * as its id is `bytes[identity … identityEnd)`; nothing when left out.
   */
  identify(
    bytes: Uint8Array,
    start: number,
    end: number,
    into: Identified,
    identity?: number,
    identityEnd?: number,
  ): Status;
}

/**
 * Compiles the identification of a plan's events. Without an anchor (a run whose start nobody knows any more) only events that carry their
 * identity in fields are found, and cannot be made again for comparison.
 *
 * @throws IotloadError `bad-arguments` without an anchor where the plan derives identities from device and time.
 */
export function createIdentifier(plan: Plan, anchor: Anchor | null, runId = anchor?.runId): Identifier {
  if (runId === undefined) throw new IotloadError('defect', 'an identifier needs an anchor or a run id');
  if (anchor === null && plan.fleets.some((fleet) => isMadeAgain(fleet.payload.identity))) {
    throw new IotloadError('bad-arguments', 'events without an id of their own are found by the start of the run', {
      hint: 'verify the directory of the finished run, or use a payload with identity: fields',
    });
  }
  const makers = plan.fleets.map((_, fleet) => new EventMaker(plan, fleet, anchor ?? { runId, startWallUs: 0 }));
  const fields = makers.some(carriesFields) ? new FieldsIdentity(makers, runId, anchor !== null) : null;
  const derived: (DerivedIdentity | NamedIdentity)[] = [];
  const recognisers: (DerivedIdentity | NamedIdentity)[] = [];
  makers.forEach((maker, fleet) => {
    const { identity } = maker.fleet.payload;
    if (identity === 'derived') derived.push(new DerivedIdentity(maker, fleet));
    if (identity === 'named') derived.push(new NamedIdentity(maker, fleet));
    // An event that lost its id may still be known by device and time.
    if (identity === 'fields' && anchor !== null && canDerive(maker))
      recognisers.push(new DerivedIdentity(maker, fleet));
  });
  recognisers.push(...derived);
  const uncounted = makers.findIndex((maker) => maker.fleet.payload.identity === 'none');
  const probe = encodeProbe(runId);
  const probeStart = new TextEncoder().encode('{"iotload":"probe"');

  const headers = makers.some(carriesHeader) ? new HeadersIdentity(makers, runId, anchor !== null) : null;

  function identify(
    bytes: Uint8Array,
    start: number,
    end: number,
    into: Identified,
    identity = 0,
    identityEnd = identity,
  ): Status {
    if (headers !== null && identityEnd > identity) {
      return headers.identify(bytes, identity, identityEnd, start, end, into);
    }
    if (fields?.find(bytes, start, end, into)) return Status.own;
    for (const identity of derived) if (identity.find(bytes, start, end, into)) return Status.own;
    return explain(bytes, start, end, into);
  }

  /** What is not an event of ours as it was sent; rare, so it may take its time. */
  function explain(bytes: Uint8Array, start: number, end: number, into: Identified): Status {
    const length = end - start;
    if (length === probe.length && sameBytes(bytes, start, probe, 0, length)) return Status.probe;
    if (length >= probeStart.length && sameBytes(bytes, start, probeStart, 0, probeStart.length)) return Status.foreign;
    const status = fields === null ? null : fields.explain(bytes, start, end, into);
    if (status === Status.own || status === Status.foreign) return status;
    if (status === Status.corrupt && into.slot >= 0) return status;
    for (const identity of recognisers) if (identity.recognise(bytes, start, end, into)) return Status.corrupt;
    if (status === Status.corrupt) {
      setUnknownSlot(into, into.fleet);
      return status;
    }
    // No event is empty.
    if (uncounted < 0 || length === 0) return Status.foreign;
    setUnknownSlot(into, uncounted);
    return Status.own;
  }

  return { identify };
}

function carriesFields(maker: EventMaker): boolean {
  return maker.fleet.payload.identity === 'fields';
}
