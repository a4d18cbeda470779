import { expect, it } from 'vitest';
import { Arrival, Ledger } from '../../src/verify/ledger.ts';

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
