import { systemClock } from '../src/core/clock.ts';
import { Ledger } from '../src/verify/ledger.ts';

/*
 * What does it cost to remember every event of a day? 51 000 000 slots of one fleet enter the verifier's ledger: in order; shuffled within
 * 4 096 neighbours, as many connections deliver them; and with one in a thousand missing, so that no block is ever complete. Slots per CPU
 * second, and the memory that stays. What is new is taken now and then, as for the `seen` file. The rival is a plain `Set`, of 5 000 000.
 *
 *   node --expose-gc --import tsx bench/ledger.ts
 */

const SLOTS = 51_000_000;
const DEVICES = 1_000;
const PER_FLUSH = 590;
const SET_SLOTS = 5_000_000;

const clock = systemClock();
const collect = (globalThis as { gc?: () => void }).gc ?? (() => {});

function measured(name: string, slots: number, fill: () => unknown): void {
  collect();
  const before = process.memoryUsage();
  const cpu = process.cpuUsage();
  const startUs = clock.nowUs();
  const kept = fill();
  const { user, system } = process.cpuUsage(cpu);
  collect();
  const after = process.memoryUsage();
  const bytes = after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers;
  const perSecond = slots / ((user + system) / 1e6) / 1e6;
  const wall = (clock.nowUs() - startUs) / 1e6;
  console.log(
    `${name.padEnd(34)} ${perSecond.toFixed(1).padStart(6)} M slots/CPU s  ${wall.toFixed(1).padStart(5)} s  ${(bytes / 2 ** 20).toFixed(1).padStart(7)} MiB`,
  );
  if (kept === undefined) throw new Error('nothing was kept');
}

function ledgerOf(slotAt: (i: number) => number, missingEvery = Number.POSITIVE_INFINITY): Ledger {
  const ledger = new Ledger([{ devices: DEVICES, slots: SLOTS }], { index: 0, count: 1 });
  for (let i = 0; i < SLOTS; i++) {
    const slot = slotAt(i);
    if (slot % missingEvery === 7) continue;
    const sequence = Math.floor(slot / DEVICES);
    ledger.own(0, slot, slot - sequence * DEVICES, sequence);
    if (i % (PER_FLUSH * 1_000) === 0) ledger.takeGain(() => {});
  }
  return ledger;
}

measured('ledger, in order', SLOTS, () => ledgerOf((i) => i));
// An odd factor permutes the 4 096 numbers of a stretch.
measured('ledger, shuffled', SLOTS, () => ledgerOf((i) => i - (i & 4095) + (((i & 4095) * 2_731) & 4095)));
measured('ledger, one in 1 000 missing', SLOTS, () => ledgerOf((i) => i, 1_000));
measured('a Set of slots (5 M)', SET_SLOTS, () => {
  const set = new Set<number>();
  for (let i = 0; i < SET_SLOTS; i++) set.add(i);
  return set;
});
