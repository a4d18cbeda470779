import { expect, it } from 'vitest';
import { Arrival, Ledger, MAX_NAMED } from '../../src/verify/ledger.ts';
import { emptyArrivals } from '../../src/wire/seen-file.ts';

it("counts a damaged event of another shard's slot as foreign, as it does an unaltered one", () => {
  const fleets = [{ devices: 4, slots: 8 }];
  const shards = [0, 1].map((index) => new Ledger(fleets, { index, count: 2 }));
  for (const ledger of shards) for (let slot = 0; slot < 8; slot++) ledger.corrupt(0, slot);
  for (const ledger of shards) {
    expect(ledger.totals).toMatchObject({ received: 8, corrupt: 4, foreign: 4 });
    ledger.takeGain(({ received, foreign, corrupt }, [fleet]) => {
      expect({ received, foreign, corrupt }).toEqual({ received: 8, foreign: 4, corrupt: 0 });
      expect(fleet).toMatchObject({ corrupt: 4 });
    });
  }
  const [even, odd] = shards.map((ledger) => {
    let named: number[] = [];
    for (let slot = 0; slot < 4; slot++) ledger.corrupt(0, slot);
    ledger.takeGain((_, [fleet]) => {
      named = fleet?.corruptSlots ?? [];
    });
    return named;
  });
  expect(even).toEqual([0, 2]);
  expect(odd).toEqual([1, 3]);
});

it('counts what is damaged beyond its slot, or its fleet, as corrupt wherever it is read', () => {
  const ledger = new Ledger([{ devices: 4, slots: 8 }], { index: 1, count: 2 });
  ledger.corrupt(0, -1);
  ledger.corrupt(-1, -1);
  expect(ledger.totals).toMatchObject({ received: 2, corrupt: 2, foreign: 0 });
});

it('tells what it gained once, times of arrivals too', () => {
  const ledger = new Ledger([{ devices: 1, slots: 8 }], { index: 0, count: 1 });
  ledger.own(0, 0, 0, 0);
  ledger.takeGain((_, [fleet]) => {
    expect(fleet?.fresh.count).toBe(1);
    fleet?.endToEnd.cells.set(5, 1);
  });
  ledger.takeGain((_, [fleet]) => {
    expect(fleet?.fresh.count).toBe(0);
    expect(fleet?.endToEnd.cells.size).toBe(0);
  });
});

it("knows a device's order beyond its 2^32nd event", () => {
  const ledger = new Ledger([{ devices: 1, slots: 2 ** 33 }], { index: 0, count: 1 });
  const enter = (slot: number): Arrival => ledger.own(0, slot, 0, slot);
  expect([2 ** 32 - 1, 2 ** 32, 7, 2 ** 32 + 1, 2 ** 32 + 1].map(enter)).toEqual([
    Arrival.first,
    Arrival.first,
    Arrival.reordered,
    Arrival.first,
    Arrival.duplicate,
  ]);
  expect(ledger.totals).toMatchObject({ reordered: 1 });
});

it('goes on where an earlier reader stopped: its copies by design are none of the duplicates, and it names no more than a thousand', () => {
  const earlier = emptyArrivals();
  earlier.fresh.addInterval(0, 6);
  earlier.doubled.addInterval(2, 5);
  Object.assign(earlier, { copies: 4, reordered: 7, corrupt: 2, late: 1, corruptSlots: [0, 1] });
  earlier.reorderedSlots = Array.from({ length: MAX_NAMED }, (_, slot) => slot);
  const copiesOf = (slot: number): number => (slot % 2 === 0 ? 2 : 1);
  const ledger = new Ledger([{ devices: 2, slots: 20 }], { index: 0, count: 1 }, [copiesOf]);
  const unattributed = { received: 13, foreign: 1, unidentified: 0, corrupt: 0 };
  ledger.restore({ unattributed, fleets: [earlier] });
  // Slots 2 and 4 were sent twice, and are among those that came twice.
  expect(ledger.totals).toMatchObject({ received: 13, seen: 6, duplicates: 2, reordered: 7, corrupt: 2, late: 1 });
  const enter = (slot: number): Arrival => ledger.own(0, slot, slot % 2, Math.floor(slot / 2));
  expect([5, 8, 6, 8].map(enter)).toEqual([Arrival.duplicate, Arrival.first, Arrival.reordered, Arrival.duplicate]);
  expect(ledger.totals).toMatchObject({ seen: 8, duplicates: 3, reordered: 8 });
  ledger.takeGain((_, [gained]) => {
    expect(gained).toMatchObject({ copies: 2, reordered: 1, reorderedSlots: [] });
  });
});

it('keeps the places of what is at fault, a thousand of each kind, and of second copies only where they were not sent on purpose', () => {
  const ledger = new Ledger([{ devices: 1, slots: 5_000 }], { index: 0, count: 1 }, [(slot) => (slot === 1 ? 2 : 1)]);
  for (const slot of [0, 1, 0, 1]) {
    if (ledger.own(0, slot, 0, slot) === Arrival.duplicate) ledger.place('duplicate', 0, slot, 2, 10 + slot);
  }
  for (let i = 0; i < MAX_NAMED + 5; i++) ledger.place('corrupt', 0, 7, 2, i);
  ledger.place('corrupt', 0, -1, 2, 0);
  ledger.takeGain((_, [fleet]) => {
    expect(fleet?.placed[0]).toEqual({ kind: 'duplicate', slot: 0, partition: 2, offset: 10 });
    expect(fleet?.placed.filter(({ kind }) => kind === 'duplicate')).toHaveLength(1);
    expect(fleet?.placed.filter(({ kind }) => kind === 'corrupt')).toHaveLength(MAX_NAMED);
  });
  ledger.own(0, 1, 0, 1);
  ledger.place('duplicate', 0, 1, 2, 99);
  ledger.takeGain((_, [fleet]) => expect(fleet?.placed.map(({ offset }) => offset)).toEqual([99]));
});
