import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createEventBatch } from '../../src/core/event-batch.ts';
import { findAnyId } from '../../src/events/any-id.ts';
import { createFleetEvents } from '../../src/events/fleet-events.ts';
import { createIdentified, Status } from '../../src/events/identified.ts';
import { createIdentifier } from '../../src/events/identifier.ts';
import { anchor, eventsOf, phones, planOf } from './plans.ts';

const { payload: profile } = phones('raw');
const plain = phones('raw', { payload: { ...profile, identity: 'derived' } });
const fleet = phones('raw', { payload: { ...plain.payload, identity: 'headers' } });
const plan = planOf([fleet]);
const events = createFleetEvents(plan, 0, anchor);
const identifier = createIdentifier(plan, anchor);
const slots = fc.nat(fleet.slots - 1);

function eventOf(slot: number): { bytes: Uint8Array; identity: number; payload: number; end: number } {
  const batch = createEventBatch(1, 4096);
  expect(events.append(slot, events.profile.timeOf(slot), batch)).toBe(true);
  const end = batch.ends[0] as number;
  return {
    bytes: batch.bytes.slice(0, end),
    identity: batch.identities[0] as number,
    payload: batch.payloads[0] as number,
    end,
  };
}

it('leaves address and payload as they are without it', () => {
  fc.assert(
    fc.property(slots, (slot) => {
      const { bytes, identity, payload, end } = eventOf(slot);
      const text = (from: number, to: number): string => Buffer.from(bytes.subarray(from, to)).toString();
      const without = eventsOf(planOf([plain]), 0, [slot])[0];
      expect({ address: text(0, identity), payload: text(payload, end) }).toEqual(without);
      expect(text(identity, payload)).toMatch(/^[0-9a-f]{8}-0000-[0-9a-f]{12}-[0-9a-f]{14}-[0-9a-f]{8}$/);
    }),
  );
});

it('finds every event by its id, with its slot and intended time', () => {
  fc.assert(
    fc.property(slots, (slot) => {
      const { bytes, identity, payload, end } = eventOf(slot);
      const found = createIdentified();
      expect(identifier.identify(bytes, payload, end, found, identity, payload)).toBe(Status.own);
      const intendedWallUs = anchor.startWallUs + events.intendedOf(slot);
      expect(found).toMatchObject({ fleet: 0, slot, seat: slot % fleet.devices, intendedWallUs });
    }),
  );
});

it('never takes an altered payload or id for an unaltered event', () => {
  fc.assert(
    fc.property(slots, fc.nat(), fc.integer({ min: 1, max: 255 }), (slot, at, flip) => {
      const { bytes, identity, payload, end } = eventOf(slot);
      const place = identity + (at % (end - identity));
      bytes[place] = (bytes[place] as number) ^ flip;
      const found = createIdentified();
      const status = identifier.identify(bytes, payload, end, found, identity, payload);
      // An id whose run is altered is another run's, as far as anybody can tell.
      expect(status).toBe(place < identity + 8 ? Status.foreign : Status.corrupt);
      if (place >= payload) expect(found.slot).toBe(slot);
    }),
  );
});

it('is found without knowing the run, and seen to be altered', () => {
  const { bytes, identity, payload, end } = eventOf(7);
  expect(findAnyId(bytes, payload, end, identity, payload)).toMatchObject({ fleet: 0, slot: 7, intact: true });
  expect(findAnyId(bytes, payload, end)).toBeNull();
  bytes[payload] = (bytes[payload] as number) ^ 1;
  expect(findAnyId(bytes, payload, end, identity, payload)).toMatchObject({ fleet: 0, slot: 7, intact: false });
});
