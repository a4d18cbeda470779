import {
  defaultName,
  type NameKind,
  nameInScenario,
  nameOfRun,
  type TextProblem,
  templateProblem,
} from '../name-template.ts';

/** Most characters of a stream's name. */
const LONGEST_NAME = 128;

/** Stream of a target that names none. */
export const defaultStream = defaultName;

const stream: NameKind = { target: 'a Kinesis target', noun: 'a stream', longestScenario: 80, problem: nameProblem };

/** What is wrong with the stream of a target, whose placeholders are not filled yet; null where nothing is. */
export function streamProblem(template: string): TextProblem | null {
  return templateProblem(stream, template);
}

/** The stream with the name of the scenario in its place, in characters that a stream may have. */
export function streamInScenario(template: string, scenario: string): string {
  return nameInScenario(stream, template, scenario);
}

/**
 * The stream of a run.
 * @throws IotloadError `bad-scenario` where Kinesis takes no such name
 */
export function streamOfRun(template: string, runId: string): string {
  return nameOfRun(stream, template, runId, 'target.stream');
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
