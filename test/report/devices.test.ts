import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Outcome } from '../../src/core/outcome.ts';
import { DeviceCounter } from '../../src/report/devices/device-counts.ts';
import { SeatCounts } from '../../src/report/devices/seat-counts.ts';
import { PartOrdinals } from '../../src/wire/part-ordinals.ts';
import { emptyArrivals } from '../../src/wire/seen-file.ts';
import { planned } from '../plan/request.ts';

const whole = { index: 0, count: 1 };

describe('events by seat', () => {
  it('are those that one would count one by one, whatever the parts', () => {
    const interval = fc.tuple(fc.nat(3), fc.nat(40), fc.nat(60));
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 13 }),
        fc.integer({ min: 1, max: 4 }),
        fc.array(interval),
        (devices, count, all) => {
          const counts = new SeatCounts(devices);
          const expected = new Float64Array(devices);
          for (const [at, from, length] of all) {
            const part = { index: at % count, count };
            if (part.index >= devices) continue;
            counts.add(part, from, from + length);
            const ordinals = new PartOrdinals(part, devices);
            for (let ordinal = from; ordinal < from + length; ordinal++) {
              const seat = ordinals.slot(ordinal) % devices;
              expected[seat] = (expected[seat] as number) + 1;
            }
          }
          expect(counts.all).toEqual(expected);
        },
      ),
    );
  });
});

describe('devices of a run', () => {
  it('are told by what they sent, and the worst by what was not seen, or twice', async () => {
    const text = `iotload: 1
name: devices
run: { duration: 100s }
fleets: { phones: { model: phone-motion, devices: 4, rate: 4/s, payload: raw } }
target: { protocol: mqtt, endpoint: embedded }
`;
    const { plan } = await planned({ text });
    const counter = new DeviceCounter(plan, 'r1');
    counter.settled(0, { index: 0, count: 2 }, Outcome.acked, 0, 200);
    counter.settled(0, { index: 1, count: 2 }, Outcome.acked, 0, 100);
    counter.settled(0, { index: 1, count: 2 }, Outcome.unknown, 100, 150);
    counter.settled(0, { index: 1, count: 2 }, Outcome.rejected, 150, 180);
    counter.settled(0, { index: 1, count: 2 }, Outcome.notSent, 180, 200);
    const arrivals = emptyArrivals();
    for (let slot = 0; slot < 300; slot++) if (slot % 4 !== 2 || slot > 100) arrivals.fresh.add(slot);
    arrivals.doubled.add(3);
    counter.seen(0, arrivals);
    const [phones, ...others] = counter.finish();
    expect(others).toEqual([]);
    expect(phones).toMatchObject({ fleet: 'phones', devices: 4, least: 75, median: 100, most: 100 });
    expect(phones?.edges[0]).toBe(75);
    expect(phones?.counts.reduce((sum, count) => sum + count, 0)).toBe(4);
    expect(phones?.counts[0]).toBe(2);
    // Seats 0 and 2 sent 100 each; of seat 2 the first 25 were not seen, and of both those behind slot 300.
    expect(phones?.worst).toEqual([
      { device: 'phones-2', sent: 100, unseen: 50, twice: 0 },
      { device: 'phones-0', sent: 100, unseen: 25, twice: 0 },
      { device: 'phones-3', sent: 75, unseen: 0, twice: 1 },
    ]);
  });

  it('are a million in a moment, and as many as are shown', async () => {
    const counts = new SeatCounts(1_000_000);
    for (let second = 0; second < 10_000; second++) counts.add(whole, second * 10_007, second * 10_007 + 10_007);
    expect(counts.all.reduce((sum, count) => sum + count, 0)).toBe(10_000 * 10_007);
  });
});
