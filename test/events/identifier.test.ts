import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createIdentified, Status } from '../../src/events/identified.ts';
import { createIdentifier } from '../../src/events/identifier.ts';
import { encodeProbe } from '../../src/events/probe.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { createSchedule } from '../../src/schedule/schedule.ts';
import { anchor, eventsOf, phones, planOf } from './plans.ts';

const encoder = new TextEncoder();

function payloadOf(plan: Plan, slot: number, at = anchor, fleet = 0): Uint8Array {
  return encoder.encode(eventsOf(plan, fleet, [slot], at)[0]?.payload);
}

/** The payload in the middle of other bytes, as a reader hands it over. */
function identify(plan: Plan, payload: Uint8Array, at: typeof anchor | null = anchor) {
  const bytes = new Uint8Array(payload.length + 20).fill(0x7b);
  bytes.set(payload, 11);
  const into = createIdentified();
  const status = createIdentifier(plan, at, anchor.runId).identify(bytes, 11, 11 + payload.length, into);
  return { status, ...into };
}

const profiles = ['seismograph', 'seismograph-traced', 'raw'];

describe.each(profiles)('identity of %s', (profile) => {
  const plan = planOf([phones(profile)]);
  const fleet = plan.fleets[0] as Plan['fleets'][number];
  const profileOf = createSchedule(fleet.schedule);

  it('finds every event of its own with slot, seat, sequence and intended time', () => {
    const identifier = createIdentifier(plan, anchor);
    const slots = [0, 1, 127, 128, 129, 4_567, 50_001, 99_999];
    eventsOf(plan, 0, slots).forEach(({ payload }, i) => {
      const bytes = encoder.encode(payload);
      const into = createIdentified();
      expect(identifier.identify(bytes, 0, bytes.length, into)).toBe(Status.own);
      const slot = slots[i] as number;
      expect(into).toEqual({
        fleet: 0,
        slot,
        seat: slot % 128,
        sequence: Math.floor(slot / 128),
        intendedWallUs: anchor.startWallUs + profileOf.timeOf(slot),
      });
    });
  });

  it('names the slot of an event of which any one byte was changed', () => {
    const payload = payloadOf(plan, 4_711);
    const identifier = createIdentifier(plan, anchor);
    for (const mask of [0x01, 0x04, 0x20, 0xff]) {
      for (let i = 0; i < payload.length; i++) {
        const altered = payload.slice();
        altered[i] = (altered[i] as number) ^ mask;
        const into = createIdentified();
        const status = identifier.identify(altered, 0, altered.length, into);
        expect([status, into.slot, i, mask]).toEqual([Status.corrupt, 4_711, i, mask]);
      }
    }
  });

  it('calls an event whose end was cut off corrupt', () => {
    const payload = payloadOf(plan, 4_711);
    for (const cut of profile === 'seismograph' ? [1, 2, 5, 9] : [1, 2, 5, 9, 20, 40, 58]) {
      expect(identify(plan, payload.subarray(0, payload.length - cut))).toMatchObject({
        status: Status.corrupt,
        slot: 4_711,
      });
    }
  });

  it('calls another run, another seed and other traffic foreign', () => {
    const later = { ...anchor, runId: 'run-b', startWallUs: anchor.startWallUs + 3_723_123_000 };
    expect(identify(plan, payloadOf(plan, 77, later)).status).toBe(Status.foreign);
    expect(identify(plan, payloadOf({ ...plan, seed: 43 }, 77, later)).status).toBe(Status.foreign);
    for (const text of ['', '{}', '{"a":1}', 'x'.repeat(300), '{"magnitude":7,"time":"nonsense"}', encodeLong()]) {
      expect(identify(plan, encoder.encode(text)).status).toBe(Status.foreign);
    }
  });

  it('tells the probe of this run from that of another', () => {
    expect(identify(plan, encodeProbe('run-a')).status).toBe(Status.probe);
    expect(identify(plan, encodeProbe('run-b')).status).toBe(Status.foreign);
  });

  it('never throws and never claims what it was not given', () => {
    const identifier = createIdentifier(plan, anchor);
    const into = createIdentified();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(identifier.identify(bytes, 0, bytes.length, into)).toBe(Status.foreign);
      }),
    );
  });
});

function encodeLong(): string {
  return JSON.stringify({ device: 'client-0123456789ab', time: '2026-03-01T12:00:00.250Z', values: Array(50).fill(1) });
}

describe('identity in fields', () => {
  const plan = planOf([phones('raw'), phones('seismograph-traced', { name: 'others', devices: 7 })]);

  it('tells fleets apart', () => {
    expect(identify(plan, payloadOf(plan, 300, anchor, 1))).toMatchObject({
      status: Status.own,
      fleet: 1,
      slot: 300,
      seat: 6,
    });
    expect(identify(plan, payloadOf(plan, 300, anchor, 0))).toMatchObject({
      status: Status.own,
      fleet: 0,
      slot: 300,
      seat: 44,
    });
  });

  it('needs no anchor', () => {
    const found = identify(plan, payloadOf(plan, 300), null);
    expect(found).toMatchObject({ status: Status.own, slot: 300 });
    expect(found.intendedWallUs).toBe(
      anchor.startWallUs + createSchedule(plan.fleets[0]?.schedule as never).timeOf(300),
    );
  });

  it('calls altered bytes corrupt without an anchor, with the slot where only content or run were hit', () => {
    const payload = payloadOf(plan, 300);
    const idAt = payload.length - 52;
    for (let i = 0; i < payload.length; i++) {
      const altered = payload.slice();
      altered[i] = (altered[i] as number) ^ 1;
      const found = identify(plan, altered, null);
      expect([i, found.status]).toEqual([i, Status.corrupt]);
      if (i < idAt + 9) expect([i, found.slot]).toEqual([i, 300]);
    }
  });

  it('does not take an earlier run of the same id for this one', () => {
    const earlier = { ...anchor, startWallUs: anchor.startWallUs - 60_000_000 };
    expect(identify(plan, payloadOf(plan, 300, earlier)).status).toBe(Status.foreign);
  });

  it('is found inside another document, as an object and as a string', () => {
    const text = new TextDecoder().decode(payloadOf(plan, 300));
    for (const outer of [
      `{"topic":"a{b","payload":${text},"qos":1}`,
      JSON.stringify({ topic: 'a', payload: text, at: 12 }),
      JSON.stringify({ payload: text }),
    ]) {
      expect(identify(plan, encoder.encode(outer))).toMatchObject({ status: Status.own, slot: 300 });
    }
    const altered = JSON.stringify({ payload: text.replace('"rest"', '"walk"') });
    expect(identify(plan, encoder.encode(altered)).status).toBe(Status.corrupt);
  });

  it('refuses a slot that the plan does not have', () => {
    const short = planOf([phones('raw', { slots: 300 })]);
    const long = planOf([phones('raw', { slots: 301 })]);
    expect(identify(short, payloadOf(long, 300)).status).toBe(Status.foreign);
  });
});

describe('derived identity', () => {
  it('finds sequential ids, times in milliseconds, and fields in any order', () => {
    const plan = planOf([
      phones('seismograph', {
        devices: 1_000,
        id: '<fleet>-<index>',
        schedule: { rate: { events: 5_000, perUs: 1_000_000 }, segments: [] },
        payload: {
          codec: 'json',
          profile: null,
          identity: 'derived',
          fields: [
            { name: 'x', value: '<x>' },
            { name: 'who', value: 'urn:<device>' },
            { name: 'at', value: '<time.ms>' },
            { name: 'y', value: '<y:1>' },
          ],
        },
      }),
    ]);
    const identifier = createIdentifier(plan, anchor);
    const slots = Array.from({ length: 2_000 }, (_, i) => i * 37);
    eventsOf(plan, 0, slots).forEach(({ payload }, i) => {
      const bytes = encoder.encode(payload);
      const into = createIdentified();
      expect([identifier.identify(bytes, 0, bytes.length, into), into.slot]).toEqual([Status.own, slots[i]]);
    });
    const payload = payloadOf(plan, 12_345);
    for (let i = 0; i < payload.length; i++) {
      const altered = payload.slice();
      altered[i] = (altered[i] as number) ^ 1;
      expect([i, identify(plan, altered)]).toMatchObject([i, { status: Status.corrupt, slot: 12_345 }]);
    }
  });

  it('is refused without an anchor and without device or time', () => {
    expect(() => createIdentifier(planOf([phones('seismograph')]), null, 'run-a')).toThrow(/start of the run/);
    const fields = [{ name: 'who', value: '<device>' }];
    const payload = { codec: 'json', profile: null, identity: 'derived', fields } as const;
    expect(() => createIdentifier(planOf([phones('raw', { payload: { ...payload, fields } })]), anchor)).toThrow(
      /device and time/,
    );
  });
});

describe('no identity', () => {
  it('counts what nothing else claims', () => {
    const payload = { codec: 'json', profile: null, identity: 'none', fields: [{ name: 'x', value: '<x>' }] } as const;
    const plan = planOf([
      phones('raw'),
      phones('raw', { name: 'bare', payload: { ...payload, fields: [...payload.fields] } }),
    ]);
    expect(identify(plan, payloadOf(plan, 5, anchor, 1))).toMatchObject({ status: Status.own, fleet: 1, slot: -1 });
    expect(identify(plan, payloadOf(plan, 5, anchor, 0))).toMatchObject({ status: Status.own, fleet: 0, slot: 5 });
  });
});
