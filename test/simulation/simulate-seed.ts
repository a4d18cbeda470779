import type { Verdict } from '../../src/metrics/result.ts';
import { compareMerged } from './compare-merged.ts';
import { type Compared, compareRun } from './compare-run.ts';
import { settingOf, shardSetting } from './setting.ts';
import { none, type Twist } from './twist.ts';
import { live, surroundingsOf, World } from './world.ts';

/** What became of one seed. */
export interface SeedResult {
  seed: number;
  /** Everything in which the program and the truth differ; empty when it was right. */
  wrong: string[];
  verdict: Verdict | null;
  hash: string;
  events: number;
  simulatedUs: number;
  faults: ReadonlyMap<string, number>;
  /** With `verbose`, every event of the world. */
  text: string;
}

/** Runs the world of a seed to its end, all shards of it, and compares what iotload says about it with what the world knows. */
export async function simulateSeed(seed: number, twist: Twist = none, verbose = false): Promise<SeedResult> {
  const setting = settingOf(seed);
  const surroundings = surroundingsOf(setting, verbose);
  const { clock, trace } = surroundings;
  const wrong: string[] = [];
  let verdict: Verdict | null = null;
  try {
    const worlds = Array.from(
      { length: setting.shard.count },
      (_, index) => new World(shardSetting(setting, index), twist, surroundings),
    );
    await live(worlds, surroundings);
    const compared: Compared[] = [];
    for (const world of worlds) compared.push(await compareRun(world, twist, wrong));
    verdict = worlds.length === 1 ? (compared[0] as Compared).verdict : compareMerged(compared, twist, wrong);
  } catch (error) {
    wrong.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
  trace.note(`verdict ${verdict}`, wrong.length);
  return {
    seed,
    wrong,
    verdict,
    hash: trace.hash,
    events: trace.count,
    simulatedUs: clock.nowUs(),
    faults: trace.faults,
    text: trace.text,
  };
}
