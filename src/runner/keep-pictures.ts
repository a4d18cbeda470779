import { join } from 'node:path';
import { hasPicture } from '../answers/device-picture.ts';
import { writePictures } from '../answers/picture-files.ts';
import type { TruthQuestion } from '../answers/truth.ts';
import type { IotloadError } from '../core/errors.ts';
import type { RunResult } from '../metrics/result.ts';
import type { TruthKeeper } from './keep-truth.ts';
import { runFiles } from './run-directory.ts';

/**
 * Writes `devices.csv` and `heatmap.csv` beside the results of a run with fleets whose models have a picture. Resolves with what to add to the
 * result's files. Pictures that cannot be kept cost nothing else. Runs that send nowhere have none.
 */
export async function keepPictures(
  question: TruthQuestion,
  { dir, clock, failed }: TruthKeeper,
): Promise<RunResult['files']> {
  const { plan } = question;
  if (!hasPicture(plan) || plan.targets.every(({ protocol }) => protocol === 'discard')) return {};
  try {
    await writePictures(
      { devices: join(dir, runFiles.devices), heatMap: join(dir, runFiles.heatMap) },
      question,
      () => new Promise((resolve) => clock.soon(resolve)),
    );
    return { devices: runFiles.devices, heatMap: runFiles.heatMap };
  } catch (error) {
    failed(error as IotloadError);
    return {};
  }
}
