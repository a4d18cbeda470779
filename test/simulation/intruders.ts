import type { Anchor } from '../../src/core/anchor.ts';
import { createEventBatch } from '../../src/core/event-batch.ts';
import { createFleetEvents } from '../../src/events/fleet-events.ts';
import type { Plan } from '../../src/plan/plan.ts';
import type { Message } from './broker.ts';
import type { Dice } from './dice.ts';
import type { Setting } from './setting.ts';
import type { World } from './world.ts';

/** An event that nobody of this run has sent: another program's, another run's, or another shard's once more. */
export function foreignMessage(setting: Setting, anchor: Anchor, dice: Dice): Message {
  const { plan, shard, seed } = setting;
  const nobodys = { fleet: -1, slot: -1, kind: 'foreign', identity: new Uint8Array(0) } as const;
  const [{ devices, slots } = { devices: 1, slots: 1 }] = plan.fleets;
  const made = (runId: string, slot: number): Message => ({
    ...nobodys,
    payload: payloadOf(plan, { ...anchor, runId }, 0, slot),
  });
  const what = dice.whole(0, 2);
  if (what === 0) return { ...nobodys, payload: new TextEncoder().encode(`{"other":${dice.whole(0, 9)}}`) };
  if (what === 1) return made('another-run', dice.whole(0, slots - 1));
  const seat = (shard.index + 1) % shard.count;
  if (seat === shard.index || seat >= devices) return made(`seed-${seed + 1}`, dice.whole(0, slots - 1));
  return { ...made(`seed-${seed}`, seat), fleet: 0, slot: seat, kind: 'own' };
}

/** A second process with this shard's number sends the same events for a while, by a clock that may be ahead. */
export function sendAsTwin({ setting, clock, broker, truth }: World, anchor: Anchor, dice: Dice): void {
  const { plan, shard, partitions } = setting;
  const fromUs = clock.nowUs() - anchor.startMonoUs;
  const toUs = fromUs + dice.whole(200_000, 2_000_000);
  const skewUs = dice.pick([-300_000, 0, 300_000]);
  plan.fleets.forEach(({ devices }, fleet) => {
    truth.slots[fleet]?.forEach(({ dueUs }, slot) => {
      const seat = slot % devices;
      if (dueUs < fromUs || dueUs >= toUs || seat % shard.count !== shard.index) return;
      clock.at(anchor.startMonoUs + Math.max(fromUs, dueUs + skewUs), () => {
        const payload = payloadOf(plan, anchor, fleet, slot);
        const message = { fleet, slot, kind: 'own', identity: new Uint8Array(0), payload } as const;
        broker.store((seat + 5 * fleet) % partitions, message);
      });
    });
  });
}

function payloadOf(plan: Plan, anchor: Anchor, fleet: number, slot: number): Uint8Array {
  const events = createFleetEvents(plan, fleet, anchor);
  const batch = createEventBatch(1, 4096);
  events.append(slot, events.profile.timeOf(slot), batch);
  return batch.bytes.slice(batch.payloads[0], batch.ends[0]);
}
