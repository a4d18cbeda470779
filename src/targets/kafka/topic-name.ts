import {
  defaultName,
  type NameKind,
  nameInScenario,
  nameOfRun,
  type TextProblem,
  templateProblem,
} from '../name-template.ts';

/** Most characters of a topic's name. */
const LONGEST_NAME = 249;

/** Partitions of a topic that the run creates, where nobody says. */
export const PARTITIONS = 6;
/** Topic of a target that names none. */
export const defaultTopic = defaultName;

const topic: NameKind = { target: 'a Kafka target', noun: 'a topic', longestScenario: 160, problem: nameProblem };

/** What is wrong with the topic of a target, whose placeholders are not filled yet; null where nothing is. */
export function topicProblem(template: string): TextProblem | null {
  return templateProblem(topic, template);
}

/** The topic with the name of the scenario in its place, in characters that a topic may have. */
export function topicInScenario(template: string, scenario: string): string {
  return nameInScenario(topic, template, scenario);
}

/**
 * The topic of a run.
 * @throws IotloadError `bad-scenario` where Kafka takes no such name
 */
export function topicOfRun(template: string, runId: string): string {
  return nameOfRun(topic, template, runId, 'target.topic');
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
