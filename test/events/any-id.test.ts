import { describe, expect, it } from 'vitest';
import { runTag } from '../../src/codecs/identity.ts';
import { createEventBatch } from '../../src/core/event-batch.ts';
import { findAnyId } from '../../src/events/any-id.ts';
import { createFleetEvents } from '../../src/events/fleet-events.ts';
import { loadPlan } from '../../src/plan/load-plan.ts';

const START = Date.UTC(2026, 0, 1) * 1000;

async function event(slot: number): Promise<Uint8Array> {
  const text = `iotload: 1
run: { duration: 10s }
fleets: { phones: { model: phone-motion, devices: 3, rate: 10/s, payload: raw } }
target: { protocol: discard }`;
  const outcome = await loadPlan({ text, file: 'x.yaml', env: {}, set: [], allow: [] });
  if (!outcome.ok) throw new Error('bad scenario');
  const events = createFleetEvents(outcome.plan, 0, { runId: 'r', startWallUs: START, startMonoUs: 0 });
  const batch = createEventBatch(1, events.maxEventBytes);
  events.append(slot, events.profile.timeOf(slot), batch);
  return batch.bytes.slice(batch.payloads[0], batch.ends[0]);
}

describe('findAnyId', () => {
  it('finds the id of an event without knowing its run', async () => {
    const bytes = await event(7);
    expect(findAnyId(bytes, 0, bytes.length)).toEqual({
      run: runTag('r'),
      fleet: 0,
      slot: 7,
      intendedWallUs: START + 700_000,
      intact: true,
    });
  });

  it('sees that a byte was altered, in the payload or in the id', async () => {
    const bytes = await event(7);
    for (const at of [3, bytes.length - 5]) {
      const altered = bytes.slice();
      altered[at] = altered[at] === 0x61 ? 0x62 : 0x61;
      expect(findAnyId(altered, 0, altered.length)).toMatchObject({ slot: 7, intact: false });
    }
  });

  it('finds none in other text, nor beyond the end', async () => {
    const bytes = await event(7);
    const other = new TextEncoder().encode('{"id":"6bd15b98-0000-000000000007-0654c24453dfc0"}');
    expect(findAnyId(other, 0, other.length)).toBeNull();
    expect(findAnyId(bytes, 0, bytes.length - 10)).toBeNull();
    expect(findAnyId(bytes, 0, 0)).toBeNull();
  });
});
