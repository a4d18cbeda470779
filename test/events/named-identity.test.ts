import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { clearBatch, createEventBatch } from '../../src/core/event-batch.ts';
import { createFleetEvents } from '../../src/events/fleet-events.ts';
import { createIdentified, Status } from '../../src/events/identified.ts';
import { createIdentifier } from '../../src/events/identifier.ts';
import { loadPlan } from '../../src/plan/load-plan.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { anchor } from './plans.ts';

const folder = fileURLToPath(new URL('../fixtures/schemas', import.meta.url));
const names = 'identity: { device: meter, sequence: n, run: r, intended: at }';
const first = 'meter: <device>, r: <run>, n: <sequence>';
const rest = 'at: <time.iso>, m: <magnitude>';
const payloads = {
  json: `{ fields: { meter: <device>, ${rest} }, ${names}, pad_to: 150B }`,
  csv: `{ codec: csv, fields: { ${first}, ${rest} }, ${names} }`,
  cbor: `{ codec: cbor, fields: { ${first}, ${rest} }, ${names} }`,
  avro: `{ codec: avro, schema: named.avsc, fields: { meter: <device>, ${rest} }, ${names} }`,
  protobuf: `{ codec: protobuf, schema: named.proto, fields: { ${first}, ${rest} }, ${names} }`,
};

async function planWith(payload: string): Promise<Plan> {
  const text = `iotload: 1
run: { duration: 100s }
fleets:
  meters: { model: phone-motion, devices: 100, id: m-<index:06>, rate: 200/s, arrivals: poisson, payload: ${payload} }
target: { protocol: mqtt, endpoint: embedded }
`;
  const outcome = await loadPlan({ text, file: 'named.yaml', folder, env: {}, set: [], allow: [] });
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.diagnostics));
  return outcome.plan;
}

function payloadOf(plan: Plan, slot: number, at = anchor): Uint8Array {
  const events = createFleetEvents(plan, 0, at);
  const batch = createEventBatch(1, events.maxEventBytes);
  clearBatch(batch, 0);
  events.append(slot, events.profile.timeOf(slot), batch);
  return batch.bytes.slice(batch.payloads[0], batch.ends[0]);
}

describe.each(Object.entries(payloads))('identity in fields of one’s own, %s', (_, payload) => {
  it('finds every event of its own with slot, seat, sequence and intended time', async () => {
    const plan = await planWith(payload);
    const identifier = createIdentifier(plan, anchor);
    const { intendedOf } = createFleetEvents(plan, 0, anchor);
    const into = createIdentified();
    for (const slot of [0, 1, 99, 100, 6_399, 6_400, 12_345, 19_999]) {
      const bytes = payloadOf(plan, slot);
      expect(identifier.identify(bytes, 0, bytes.length, into)).toBe(Status.own);
      expect(into).toEqual({
        fleet: 0,
        slot,
        seat: slot % 100,
        sequence: Math.floor(slot / 100),
        intendedWallUs: anchor.startWallUs + intendedOf(slot),
      });
    }
  });

  it('calls no altered event its own, and names most of them', async () => {
    const plan = await planWith(payload);
    const identifier = createIdentifier(plan, anchor);
    const whole = payloadOf(plan, 4_711);
    let named = 0;
    for (let i = 0; i < whole.length; i++) {
      const altered = whole.slice();
      altered[i] = (altered[i] as number) ^ 0x04;
      const into = createIdentified();
      const status = identifier.identify(altered, 0, altered.length, into);
      expect(status).not.toBe(Status.own);
      if (status === Status.corrupt && into.slot === 4_711) named++;
      else expect([status, into.slot]).toEqual([Status.foreign, -1]);
    }
    expect(named / whole.length).toBeGreaterThan(0.9);
  });

  it('accuses nobody of another run’s events', async () => {
    const plan = await planWith(payload);
    const identifier = createIdentifier(plan, anchor);
    for (const runId of ['run-b', 'x']) {
      for (const slot of [0, 4_711]) {
        const bytes = payloadOf(plan, slot, { ...anchor, runId: `another-${runId}` });
        expect(identifier.identify(bytes, 0, bytes.length, createIdentified())).toBe(Status.foreign);
      }
    }
  });
});
