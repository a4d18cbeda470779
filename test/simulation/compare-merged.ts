import { mergeShards } from '../../src/cluster/merge-shards.ts';
import type { ShardFiles } from '../../src/cluster/shard-set.ts';
import type { Verdict } from '../../src/metrics/result.ts';
import { type Compared, compareCounts, compareSummary, type Differ, responseTimesOf } from './compare-run.ts';
import { type Circumstances, countsOf, type Recorded, verdictOf } from './oracle.ts';
import { Truth } from './truth.ts';
import type { Twist } from './twist.ts';

/** The gravest of these is how the whole run ended. */
const endings = ['completed', 'interrupted', 'aborted', null, 'worker-died'];

/** Compares what iotload says about all shards together with what their worlds know; null where one of them left too little. */
export function compareMerged(shards: readonly Compared[], twist: Twist, wrong: string[]): Verdict | null {
  const files = shards.flatMap((shard) => shard.files ?? []);
  const [first] = shards as [Compared, ...Compared[]];
  if (files.length < shards.length) return null;
  const { setting } = first.world;
  const differ: Differ = (what, said, is) => {
    if (said !== is) wrong.push(`merged: ${what}: said ${said}, is ${is}`);
  };
  const merged = mergeShards(turned(twist.shards?.([...files]) ?? files, setting.seed));
  twist.merged?.(merged, files);

  const circumstances = together(shards);
  const expected = countsOf(setting, truthOf(shards), circumstances);
  compareCounts(merged, expected, differ);
  if (shards.every(({ world }) => world.losses === 0)) {
    const times = setting.plan.fleets.flatMap((_, fleet) =>
      shards.flatMap(({ world }) => responseTimesOf(world, fleet)),
    );
    compareSummary(
      'response time',
      merged.latency.responseTime,
      times.sort((a, b) => a - b),
      differ,
    );
  }
  differ('verdict', merged.verdict, verdictOf(setting, expected, circumstances));
  return merged.verdict;
}

/** Shards come in any order. */
function turned(files: readonly ShardFiles[], by: number): ShardFiles[] {
  return files.map((_, i) => files[(i + by) % files.length] as ShardFiles);
}

function together(shards: readonly Compared[]): Circumstances {
  const all = shards.map(({ circumstances }) => circumstances);
  const [{ outcomes }] = all as [Circumstances, ...Circumstances[]];
  const of = (fleet: number, slot: number): Circumstances =>
    all.find((shard) => shard.outcomes[fleet]?.[slot] !== null) as Circumstances;
  return {
    outcomes: outcomes.map((slots, fleet) =>
      slots.map((_, slot) => of(fleet, slot).outcomes[fleet]?.[slot] as Recorded),
    ),
    mayDouble: (fleet, slot) => of(fleet, slot).mayDouble(fleet, slot),
    ended: endings[Math.max(...all.map(({ ended }) => endings.indexOf(ended)))] ?? null,
    sentTold: all.every(({ sentTold }) => sentTold),
    finished: all.every(({ finished }) => finished),
    complete: all.every(({ complete }) => complete),
    doubts: all.every(({ finished }) => finished) && all.some(({ doubts }) => doubts),
    gaps: all.reduce((sum, { gaps }) => sum + gaps, 0),
  };
}

/**
 * What all readers met, each event once: of the one whose shard it is. Who has read more than the others' own readers has met that much
 * that is foreign, as far as anybody can tell.
 */
function truthOf(shards: readonly Compared[]): Truth {
  const [{ world }] = shards as [Compared, ...Compared[]];
  const truth = new Truth([], () => true);
  const foreign = shards.map(({ world: { truth: of } }) => of.arrivals.filter(({ kind }) => kind === 'foreign').length);
  const own = shards.map(({ world: { truth: of } }) => of.arrivals.filter(({ kind }) => kind !== 'foreign'));
  truth.arrivals = own.flat();
  const all = truth.arrivals.length;
  const strange = Math.max(0, ...foreign.map((met, i) => met - (all - (own[i] as unknown[]).length)));
  for (let i = 0; i < strange; i++) truth.arrived({ fleet: -1, slot: -1, kind: 'foreign' }, 0, false, 0, 0);
  truth.complete = shards.every(({ world: { truth: of } }) => of.complete);
  truth.readToEndUs = world.truth.readToEndUs;
  return truth;
}
