import { readFileSync, writeFileSync } from 'node:fs';
import { IotloadError } from '../core/errors.ts';
import { planDrafted } from '../plan/drafted-scenario.ts';
import type { Plan } from '../plan/plan.ts';
import { type StarterAnswers, starterScenario } from '../plan/starter-scenario.ts';

/**
 * Writes a first scenario into a new file, reads it back through the loader and returns what it comes to.
 * @throws IotloadError `bad-arguments` for an answer that is no good, `file-unwritable` also for a file that exists
 */
export async function initScenario(answers: StarterAnswers, file: string): Promise<Plan> {
  const draft = starterScenario(answers, file);
  // Nothing wrong is ever written.
  await planDrafted(draft, file);
  try {
    writeFileSync(file, draft.text, { flag: 'wx' });
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
    const exists = code === 'EEXIST';
    throw new IotloadError('file-unwritable', exists ? 'the file exists' : `it cannot be written (${code})`, {
      where: '--file',
      value: file,
      hint: exists ? 'nothing is overwritten: name another, with --file' : 'name a place that you may write to',
      cause,
    });
  }
  return planDrafted({ ...draft, text: readFileSync(file, 'utf8') }, file);
}
