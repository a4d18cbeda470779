import { expect, it } from 'vitest';
import type { AppendFile, Disk } from '../../src/core/disk.ts';
import type { IotloadError } from '../../src/core/errors.ts';
import { Outcome } from '../../src/core/outcome.ts';
import { pacedPromises } from '../../src/runner/promises.ts';
import { SentKeeper } from '../../src/runner/sent-keeper.ts';
import { OutcomeJournal } from '../../src/wire/outcome-journal.ts';
import { emptySamples, type Samples } from '../../src/wire/samples.ts';
import { readSent, SentWriter } from '../../src/wire/sent-file.ts';
import { sentIntervals } from '../../src/wire/sent-record.ts';
import { VirtualClock } from '../simulation/virtual-clock.ts';
import { testPlan } from '../verify/test-plan.ts';

const whole = { index: 0, count: 1 };
const plan = testPlan([{ devices: 2, slots: 60_000 }]);

/** One file whose syncs can be held up or refused; only what was synced is read. */
class SlowDisk implements Disk {
  synced = Buffer.alloc(0);
  held: (() => void)[] | null = null;
  full = false;
  #written = Buffer.alloc(0);

  async create(): Promise<AppendFile> {
    return {
      append: async (bytes) => {
        if (this.full) throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
        this.#written = Buffer.concat([this.#written, bytes]);
      },
      sync: async () => {
        const upTo = this.#written;
        if (this.held !== null) await new Promise<void>((resolve) => this.held?.push(resolve));
        this.synced = upTo;
      },
      close: async () => {},
    };
  }

  reopen(): Promise<AppendFile> {
    return this.create();
  }

  async open() {
    const { synced } = this;
    return {
      size: synced.length,
      read: async (into: Uint8Array, position: number) => synced.copy(into, 0, position),
      close: async () => {},
    };
  }

  async syncNames(): Promise<void> {}
}

async function kept(disk: SlowDisk) {
  const clock = new VirtualClock(0);
  const header = { runId: 'r', shard: whole, fleets: [{ name: 'fleet0', devices: 2, slots: 60_000 }] };
  const granted: number[] = [];
  const failures: IotloadError[] = [];
  let samples = 0;
  const keeper = new SentKeeper({
    writer: await SentWriter.open('sent', header, disk),
    clock,
    promises: pacedPromises(plan, clock, 0),
    grant: (us) => granted.push(us),
    takeSamples: (): Samples[][] => [
      sentIntervals.map(() => ({ ...emptySamples(), cells: new Map([[5, ++samples]]), min: 5, max: 5, sum: 5 })),
    ],
    samplesEveryUs: 1_000_000,
    failed: (error) => failures.push(error),
  });
  return { clock, keeper, granted, failures };
}

/** Lets everything happen that needs no time. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function passUntil(clock: VirtualClock, us: number): Promise<void> {
  while (clock.nowUs() < us) {
    clock.advanceTo(clock.nowUs() + 100_000);
    await settle();
  }
}

it('grants nothing before the promise is on the disk', async () => {
  const disk = new SlowDisk();
  const { keeper, granted } = await kept(disk);
  disk.held = [];
  const begun = keeper.begin();
  await settle();
  expect(granted).toEqual([]);
  for (const release of disk.held) release();
  await begun;
  expect(granted).toEqual([1_500_000]);
  expect((await readSent('sent', disk)).fleets[0]?.promised).toBe(1_500);
});

it('renews the promise each half second, and grants no more while the disk stands still', async () => {
  const disk = new SlowDisk();
  const { clock, keeper, granted } = await kept(disk);
  await keeper.begin();
  await passUntil(clock, 1_000_000);
  expect(granted).toEqual([1_500_000, 2_000_000, 2_500_000]);
  disk.held = [];
  await passUntil(clock, 4_000_000);
  expect(granted).toHaveLength(3);
  expect(disk.held).toHaveLength(1);
  disk.held[0]?.();
  disk.held = null;
  await passUntil(clock, 4_500_000);
  expect(granted.slice(3)).toEqual([3_000_000, 6_000_000]);
  expect((await readSent('sent', disk)).fleets[0]).toMatchObject({ promised: 6_000 });
});

it('keeps outcomes, latencies and the end', async () => {
  const disk = new SlowDisk();
  const { clock, keeper } = await kept(disk);
  await keeper.begin();
  const journal = new OutcomeJournal(plan.fleets, whole);
  for (let slot = 0; slot < 10; slot++) journal.settle(0, slot, Outcome.acked);
  journal.horizon(0, 10);
  keeper.append(journal.takeFrame());
  await passUntil(clock, 2_500_000);
  await keeper.end({ ended: 'completed' });
  const { end, fleets } = await readSent('sent', disk);
  expect(end).toEqual({ ended: 'completed' });
  expect(fleets[0]).toMatchObject({ orphaned: 0, conflicts: 0 });
  expect(fleets[0]?.acked.count).toBe(10);
  // At 1 s and 2 s, and at the end.
  const counts = fleets[0]?.samples.map(({ cells }) => cells.get(5)) ?? [];
  expect(counts.reduce((sum: number, count) => sum + (count ?? 0), 0)).toBe((12 * 13) / 2);
});

it('says once that the record cannot be kept', async () => {
  const disk = new SlowDisk();
  const { clock, keeper, granted, failures } = await kept(disk);
  await keeper.begin();
  disk.full = true;
  await passUntil(clock, 3_000_000);
  keeper.append(Uint8Array.of(2, 0, 1, 0));
  await keeper.end({ ended: 'aborted' });
  expect(granted).toHaveLength(1);
  expect(failures.map(({ code, where }) => [code, where])).toEqual([['file-unwritable', 'sent']]);
});
