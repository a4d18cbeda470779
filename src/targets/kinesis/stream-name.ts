import { IotloadError } from '../../core/errors.ts';
import { parseTemplate } from '../../core/template.ts';
import type { TextProblem } from './endpoint.ts';

/** Most characters of a stream's name, and of a scenario's name within one: the default name then has room for a run id. */
const LONGEST_NAME = 128;
const LONGEST_SCENARIO = 80;

/** Stream of a target that names none. */
export const defaultStream = 'iotload-<scenario>-<run>';

/** What is wrong with the stream of a target, whose placeholders are not filled yet; null where nothing is. */
export function streamProblem(template: string): TextProblem | null {
  const hint = 'it may hold <scenario> and <run>';
  try {
    for (const part of parseTemplate(template)) {
      if (part.kind === 'text') continue;
      if (part.name !== 'scenario' && part.name !== 'run') return { error: `a stream has no "<${part.name}>"`, hint };
      if (part.format !== null) return { error: `"<${part.name}>" takes no format here`, hint: `write <${part.name}>` };
    }
  } catch (error) {
    if (!(error instanceof IotloadError)) throw error;
    return { error: error.message, hint };
  }
  return nameProblem(fill(template, { scenario: 's', run: 'r' }));
}

/** The stream with the name of the scenario in its place, in characters that a stream may have. */
export function streamInScenario(template: string, scenario: string): string {
  const word = scenario.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^[-.]+|-+$/g, '');
  return fill(template, { scenario: word.slice(0, LONGEST_SCENARIO) || 'scenario' });
}

/**
 * The stream of a run.
 * @throws IotloadError `bad-scenario` where Kinesis takes no such name
 */
export function streamOfRun(template: string, runId: string): string {
  const name = fill(template, { scenario: 'scenario', run: runId });
  const problem = nameProblem(name);
  if (problem === null) return name;
  throw new IotloadError('bad-scenario', problem.error, { where: 'target.stream', value: name, hint: problem.hint });
}

function fill(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(/<(scenario|run)>/g, (whole, key: string) => values[key] ?? whole);
}

/** The service's own rule: `[a-zA-Z0-9_.-]{1,128}`. */
function nameProblem(name: string): TextProblem | null {
  if (name === '') return { error: 'a stream has a name', hint: `leave it out for ${defaultStream}` };
  if (name.length > LONGEST_NAME) {
    return { error: `a stream's name has at most ${LONGEST_NAME} characters`, hint: 'shorten it' };
  }
  const wrong = /[^A-Za-z0-9._-]/u.exec(name)?.[0];
  if (wrong === undefined) return null;
  const hint = name.startsWith('arn:') ? 'write the name behind "stream/"' : 'letters, digits, ".", "_" and "-"';
  return { error: `a stream's name has no "${wrong}"`, hint };
}
