import { IotloadError } from '../../core/errors.ts';
import { parseTemplate } from '../../core/template.ts';
import type { TextProblem } from './endpoint.ts';

/** Most characters of a topic's name. */
const LONGEST_NAME = 249;
/** Most characters of a scenario's name within one: the default name then has room for the longest run id. */
const LONGEST_SCENARIO = 160;

/** Partitions of a topic that the run creates, where nobody says. */
export const PARTITIONS = 6;
/** Topic of a target that names none. */
export const defaultTopic = 'iotload-<scenario>-<run>';

/** What is wrong with the topic of a target, whose placeholders are not filled yet; null where nothing is. */
export function topicProblem(template: string): TextProblem | null {
  try {
    for (const part of parseTemplate(template)) {
      if (part.kind === 'text') continue;
      if (part.name === 'device' || part.name === 'fleet' || part.name === 'index') {
        const hint = 'what belongs to a device goes into the key: write key: <device>';
        return { error: `"<${part.name}>": all events of a Kafka target go to one topic`, hint };
      }
      if (part.name !== 'scenario' && part.name !== 'run')
        return { error: `a topic has no "<${part.name}>"`, hint: 'it may hold <scenario> and <run>' };
      if (part.format !== null) return { error: `"<${part.name}>" takes no format here`, hint: `write <${part.name}>` };
    }
  } catch (error) {
    if (!(error instanceof IotloadError)) throw error;
    return { error: error.message, hint: 'a topic may hold <scenario> and <run>' };
  }
  return nameProblem(fill(template, { scenario: 's', run: 'r' }));
}

/** The topic with the name of the scenario in its place, in characters that a topic may have. */
export function topicInScenario(template: string, scenario: string): string {
  const word = scenario.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^[-.]+|-+$/g, '');
  return fill(template, { scenario: word.slice(0, LONGEST_SCENARIO) || 'scenario' });
}

/**
 * The topic of a run.
 * @throws IotloadError `bad-scenario` where Kafka takes no such name
 */
export function topicOfRun(template: string, runId: string): string {
  const name = fill(template, { scenario: 'scenario', run: runId });
  const problem = nameProblem(name);
  if (problem === null) return name;
  throw new IotloadError('bad-scenario', problem.error, { where: 'target.topic', value: name, hint: problem.hint });
}

function fill(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(/<(scenario|run)>/g, (whole, key: string) => values[key] ?? whole);
}

/** Kafka's own rules (`Topic.validate`). */
function nameProblem(name: string): TextProblem | null {
  if (name === '') return { error: 'a topic is not empty', hint: `leave it out for ${defaultTopic}` };
  if (name === '.' || name === '..')
    return { error: `a topic cannot be called "${name}"`, hint: 'write topic: meters' };
  if (name.length > LONGEST_NAME)
    return { error: `a topic has at most ${LONGEST_NAME} characters`, hint: 'shorten it' };
  const wrong = /[^A-Za-z0-9._-]/u.exec(name)?.[0];
  if (wrong === undefined) return null;
  const hint = wrong === '/' ? 'write meters.readings for meters/readings' : 'letters, digits, ".", "_" and "-"';
  return { error: `a Kafka topic has no "${wrong}"`, hint };
}
