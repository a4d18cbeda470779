import { join } from 'node:path';
import type { Anchor } from '../core/anchor.ts';
import type { Micros } from '../core/clock.ts';
import { IotloadError } from '../core/errors.ts';
import { growthOf, steepest, type TimedValue } from '../metrics/growth.ts';
import type { GrowthSummary } from '../metrics/result.ts';
import type { Plan } from '../plan/plan.ts';
import { readingsOf } from '../plan/readings.ts';
import { eachSeenMoment, eachSentMoment } from '../wire/moments.ts';
import type { PackedSamples } from '../wire/samples.ts';
import { sentIntervals } from '../wire/sent-record.ts';
import { runFiles } from './run-directory.ts';

/** What the processes of a run took more of while it measured. */
export interface ProcessGrowth {
  generator: GrowthSummary;
  /** Of several verifiers the steepest of each; null where nothing was read back. */
  verifier: GrowthSummary | null;
}

const LAG = sentIntervals.indexOf('scheduleLag');

/**
 * The growth of generator and verifiers, from what their files say about once a second: within the measurement, and since the run was
 * last resumed, which is when its processes were new. Throws IotloadError `file-unreadable`, `file-corrupt`.
 */
export async function processGrowth(
  dir: string,
  plan: Plan,
  { startWallUs }: Anchor,
  seenDir = dir,
): Promise<ProcessGrowth> {
  const sent = new Series(plan);
  await eachSentMoment(join(dir, runFiles.sent), ({ atUs, rssBytes, descriptors }, fleets, resumptions) => {
    sent.add(atUs, resumptions, rssBytes, descriptors, meanLag(fleets));
  });
  const verifiers: GrowthSummary[] = [];
  for (const { file } of readingsOf(plan)) {
    const seen = new Series(plan);
    try {
      await eachSeenMoment(join(seenDir, file), ({ wallUs, rssBytes, descriptors = null }, _, resumptions) => {
        seen.add(wallUs - startWallUs, resumptions, rssBytes, descriptors, null);
      });
      verifiers.push(seen.summary());
    } catch (error) {
      // A verifier that had not begun.
      if (!(error instanceof IotloadError && error.code === 'file-unreadable')) throw error;
    }
  }
  return { generator: sent.summary(), verifier: verifiers.length === 0 ? null : steepestOf(verifiers) };
}

/** Of several processes the steepest growth of each kind: one that leaks is enough. */
export function steepestOf(all: readonly GrowthSummary[]): GrowthSummary {
  return {
    rss: steepest(all.map(({ rss }) => rss)),
    descriptors: steepest(all.map(({ descriptors }) => descriptors)),
    scheduleLag: steepest(all.map(({ scheduleLag }) => scheduleLag)),
  };
}

/** What one process said over time. */
class Series {
  readonly #fromUs: Micros;
  readonly #toUs: Micros;
  #resumptions = 0;
  #rss: TimedValue[] = [];
  #descriptors: TimedValue[] = [];
  #lag: TimedValue[] = [];

  constructor({ run: { warmUpUs, durationUs }, clock }: Plan) {
    const paced = clock.speed !== 'max';
    this.#fromUs = paced ? warmUpUs : 0;
    this.#toUs = paced ? warmUpUs + durationUs : Number.POSITIVE_INFINITY;
  }

  add(atUs: Micros, resumptions: number, rss: number, descriptors: number | null, lag: number | null): void {
    if (resumptions !== this.#resumptions) {
      this.#resumptions = resumptions;
      [this.#rss, this.#descriptors, this.#lag] = [[], [], []];
    }
    if (atUs < this.#fromUs || atUs > this.#toUs) return;
    this.#rss.push({ atUs, value: rss });
    if (descriptors !== null) this.#descriptors.push({ atUs, value: descriptors });
    if (lag !== null) this.#lag.push({ atUs, value: lag });
  }

  summary(): GrowthSummary {
    return {
      rss: growthOf(this.#rss),
      descriptors: growthOf(this.#descriptors),
      scheduleLag: growthOf(this.#lag),
    };
  }
}

/** Over all fleets, µs; null where nothing was picked up. */
function meanLag(fleets: readonly (readonly PackedSamples[])[]): number | null {
  let [sum, count] = [0, 0];
  for (const intervals of fleets) {
    const lag = intervals[LAG] as PackedSamples;
    sum += lag.sum;
    count += lag.count;
  }
  return count === 0 ? null : sum / count;
}
