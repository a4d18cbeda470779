import { IotloadError } from '../core/errors.ts';
import { parseTemplate } from '../core/template.ts';

/** What is wrong with a text, and how it would be right. */
export interface TextProblem {
  error: string;
  hint: string;
}

/** How one kind of place for events is named: a topic, a stream. */
export interface NameKind {
  /** Of which target: "a Kafka target". */
  readonly target: string;
  /** With its article, as errors name it: "a topic". */
  readonly noun: string;
  /** Most characters of a scenario's name within one: the default name then has room for the longest run id. */
  readonly longestScenario: number;
  /** The system's own rule for a name that is filled. */
  problem(name: string): TextProblem | null;
}

/** Name of a place that a scenario does not name. */
export const defaultName = 'iotload-<scenario>-<run>';

/** What is wrong with a name whose placeholders are not filled yet; null where nothing is. */
export function templateProblem({ target, noun, problem }: NameKind, template: string): TextProblem | null {
  try {
    for (const part of parseTemplate(template)) {
      if (part.kind === 'text') continue;
      if (part.name === 'device' || part.name === 'fleet' || part.name === 'index') {
        const hint = 'what belongs to a device goes into the key: write key: <device>';
        return { error: `"<${part.name}>": all events of ${target} go to one ${noun.replace(/^an? /, '')}`, hint };
      }
      if (part.name !== 'scenario' && part.name !== 'run')
        return { error: `${noun} has no "<${part.name}>"`, hint: 'it may hold <scenario> and <run>' };
      if (part.format !== null) return { error: `"<${part.name}>" takes no format here`, hint: `write <${part.name}>` };
    }
  } catch (error) {
    if (!(error instanceof IotloadError)) throw error;
    return { error: error.message, hint: `${noun} may hold <scenario> and <run>` };
  }
  return problem(fill(template, { scenario: 's', run: 'r' }));
}

/** The name with that of the scenario in its place, in characters that it may have. */
export function nameInScenario({ longestScenario }: NameKind, template: string, scenario: string): string {
  const word = scenario.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^[-.]+|-+$/g, '');
  return fill(template, { scenario: word.slice(0, longestScenario) || 'scenario' });
}

/**
 * The name in a run; `where` is the option.
 * @throws IotloadError `bad-scenario` where the system takes no such name
 */
export function nameOfRun({ problem }: NameKind, template: string, runId: string, where: string): string {
  const name = fill(template, { scenario: 'scenario', run: runId });
  const found = problem(name);
  if (found === null) return name;
  throw new IotloadError('bad-scenario', found.error, { where, value: name, hint: found.hint });
}

function fill(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(/<(scenario|run)>/g, (whole, key: string) => values[key] ?? whole);
}
