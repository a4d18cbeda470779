import { IotloadError } from '../core/errors.ts';
import { planDrafted } from './drafted-scenario.ts';
import { type StarterAnswers, starterScenario } from './starter-scenario.ts';

/** What the loader has against a first scenario with these answers, on one line; null where it is valid. */
export async function starterProblem(answers: StarterAnswers): Promise<string | null> {
  try {
    await planDrafted(starterScenario(answers, 'scenario.yaml'), 'scenario.yaml');
    return null;
  } catch (error) {
    if (!(error instanceof IotloadError)) throw error;
    return error.hint === undefined ? error.message : `${error.message}: ${error.hint}`;
  }
}
