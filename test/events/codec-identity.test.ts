import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codecs } from '../../src/codecs/registry.ts';
import { createEventBatch } from '../../src/core/event-batch.ts';
import { createFleetEvents } from '../../src/events/fleet-events.ts';
import { createIdentified, Status } from '../../src/events/identified.ts';
import { createIdentifier } from '../../src/events/identifier.ts';
import { loadPlan } from '../../src/plan/load-plan.ts';
import type { Identity, Plan } from '../../src/plan/plan.ts';
import { propertyRuns } from '../property-runs.ts';
import { anchor } from './plans.ts';

const folder = fileURLToPath(new URL('../fixtures/schemas', import.meta.url));
const DEVICES = 100;
const readings = 'x: <x>, y: <y>, magnitude: <magnitude>, activity: <activity>';
/** Device and time at the front, where `derived` finds them. */
const timed = `meter: <device>, at: <time.iso>, ${readings}`;
/** What `named` finds at the front, and time. */
const named = 'meter: <device>, r: <run>, n: <sequence>, at: <time.iso>, m: <x>';

const identities: Record<Exclude<Identity, 'none'>, { fields: string; identity: string; schema: string }> = {
  fields: { fields: timed, identity: 'fields', schema: 'traced' },
  headers: { fields: timed, identity: 'headers', schema: 'traced' },
  derived: { fields: timed, identity: 'derived', schema: 'traced' },
  named: { fields: named, identity: '{ device: meter, sequence: n, run: r, intended: at }', schema: 'named' },
};
/** How the file of a codec's schema ends; a codec that is not here needs none. */
const endings: Readonly<Record<string, string>> = { avro: 'avsc', protobuf: 'proto' };

async function planWith(codec: string, identity: keyof typeof identities): Promise<Plan> {
  const { fields, identity: said, schema } = identities[identity];
  const ending = endings[codec];
  const file = ending === undefined ? '' : `schema: ${schema}.${ending}, `;
  const payload = `{ codec: ${codec}, ${file}fields: { ${fields} }, identity: ${said} }`;
  const text = `iotload: 1
run: { duration: 100s }
fleets:
  meters: { model: phone-motion, devices: ${DEVICES}, id: m-<index:06>, rate: 200/s, payload: ${payload} }
target: { protocol: kafka, endpoint: embedded }
`;
  const outcome = await loadPlan({ text, file: 'codec.yaml', folder, env: {}, set: [], allow: [] });
  if (!outcome.ok) throw new Error(`${codec} with ${identity}: ${JSON.stringify(outcome.diagnostics)}`);
  return outcome.plan;
}

/** More fields behind the others, where no schema says what there is. */
const more = fc.uniqueArray(
  fc.record({
    name: fc.stringMatching(/^[a-z]{1,8}$/).map((name) => `more-${name}`),
    value: fc.oneof(
      fc.constantFrom(
        '<x>',
        '<y:1>',
        '<z:6>',
        '<z:08>',
        '<magnitude>',
        '<activity>',
        '<device>',
        '<time.s:6>',
        '<uuid>',
      ),
      fc.string({ maxLength: 20 }).map((text) => text.replaceAll('<', '<<')),
      fc.constantFrom(0, -1.5, true, null),
    ),
  }),
  { maxLength: 4, selector: ({ name }) => name },
);

const pairs = Object.keys(codecs).flatMap((codec) =>
  (Object.keys(identities) as (keyof typeof identities)[]).map((identity) => [codec, identity] as const),
);

describe.each(pairs)('an event in %s with identity: %s', (codec, identity) => {
  it('is found again among all, whatever was read', async () => {
    const plan = await planWith(codec, identity);
    const [fleet] = plan.fleets as [Plan['fleets'][0]];
    expect([fleet.payload.codec, fleet.payload.identity]).toEqual([codec, identity]);
    const slots = fc.array(fc.nat(fleet.slots - 1), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(fc.nat(), codec in endings ? fc.constant([]) : more, slots, (seed, fields, wanted) => {
        const payload = { ...fleet.payload, fields: [...fleet.payload.fields, ...fields] };
        const changed = { ...plan, seed, fleets: [{ ...fleet, payload }] };
        const events = createFleetEvents(changed, 0, anchor);
        const identifier = createIdentifier(changed, anchor);
        const into = createIdentified();
        const batch = createEventBatch(wanted.length, wanted.length * events.maxEventBytes);
        for (const slot of wanted) expect(events.append(slot, events.profile.timeOf(slot), batch)).toBe(true);
        for (const [i, slot] of wanted.entries()) {
          const [id, start, end] = [batch.identities[i], batch.payloads[i], batch.ends[i]] as [number, number, number];
          expect(identifier.identify(batch.bytes, start, end, into, id, start)).toBe(Status.own);
          expect(into).toEqual({
            fleet: 0,
            slot,
            seat: slot % DEVICES,
            sequence: Math.floor(slot / DEVICES),
            intendedWallUs: anchor.startWallUs + events.intendedOf(slot),
          });
        }
        // And with any one bit of its payload changed it is no event of ours as it was sent.
        const [id, start, end] = [batch.identities[0], batch.payloads[0], batch.ends[0]] as [number, number, number];
        const place = start + (seed % (end - start));
        batch.bytes[place] = (batch.bytes[place] as number) ^ (1 << (seed % 8));
        expect(identifier.identify(batch.bytes, start, end, into, id, start)).not.toBe(Status.own);
      }),
      propertyRuns(15),
    );
  });
});
