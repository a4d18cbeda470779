import { afterEach, beforeEach, expect, it } from 'vitest';
import { iotload, scratch, summaryOf } from '../e2e/iotload.ts';
import { type Mosquitto, startMosquitto } from './mosquitto.ts';

let space: ReturnType<typeof scratch>;
let mosquitto: Mosquitto;
beforeEach(() => {
  space = scratch();
});
afterEach(async () => {
  await mosquitto.stop();
  space.remove();
});

it('a reconnect storm of 5 000 devices: every outcome accounted for, nothing acknowledged missing', async () => {
  mosquitto = await startMosquitto({ config: ['max_queued_messages 0'], log: 'errors' });
  const out = space.path('out');
  const changes = [`target.endpoint=${mosquitto.endpoint}`, 'fleets.meters.devices=5k', 'fleets.meters.every=10s'];
  const sets = [...changes, 'target.connect.rate=2k/s', 'run.drain=60s'].flatMap((change) => ['--set', change]);
  await iotload(['run', 'reconnect-storm', ...sets, '--out', out, '--progress', 'none']);
  const { events, delivery, errors } = summaryOf(out);
  expect(events.intended).toBe(16_000);
  expect(events.notSent + events.acked + events.rejected + events.unknown + events.noAck).toBe(16_000);
  expect(events.rejected).toBe(0);
  expect(delivery).toMatchObject({ lost: 0, missing: 0, corrupt: 0, phantom: 0, reordered: 0 });
  // What was in flight is unknown: either it was seen, or it is counted as unseen.
  expect(delivery.recovered + delivery.unseenUnknown).toBe(events.unknown);
  const cut = errors
    .filter(({ message }) => message.includes('cut on purpose'))
    .reduce((sum, { count }) => sum + count, 0);
  // Four of five, by a hash of each device.
  expect(cut).toBeGreaterThan(3_900);
  expect(cut).toBeLessThan(4_100);
}, 240_000);
