import { PARTITIONS_PER_TOPIC } from '../../wire/placed-arrivals.ts';
import type { FleetTopics } from '../target.ts';
import type { KafkaOptions } from './options.ts';
import { topicInScenario, topicOfRun, topicProblem } from './topic-name.ts';

/** Options of a target whose fleets do not all send to its own topic. */
interface TopicsOptions {
  /** Templates of all that is sent to, in the order of their numbers. */
  topics: readonly string[];
  /** By name of a fleet, its place among them; a fleet that is not there has the first. */
  topicOfFleet: Readonly<Record<string, number>>;
}

/** Options as a plan holds them where fleets may have topics of their own. */
export type ManyTopics = Pick<KafkaOptions, 'topic'> & Partial<TopicsOptions>;

export const fleetTopics: FleetTopics = {
  problem: topicProblem,
  into(options, byFleet, { scenario, used: ownToo }) {
    const own = String(options['topic']);
    const named = new Map<string, string>();
    for (const [fleet, topic] of byFleet) named.set(fleet, topic === null ? own : topicInScenario(topic, scenario));
    // Its own goes first where anybody uses it, so that it keeps its partitions' numbers.
    const used = new Set([...(ownToo ? [own] : []), ...named.values()]);
    const topics = [...(used.has(own) ? [own] : []), ...[...used].filter((topic) => topic !== own)];
    if (topics.length === 0 || (topics.length === 1 && topics[0] === own)) return options;
    const topicOfFleet = Object.fromEntries([...named].map(([fleet, topic]) => [fleet, topics.indexOf(topic)]));
    return { ...options, topics, topicOfFleet };
  },
};

/** All topics of a target in a run, in the order of their numbers. Throws IotloadError `bad-scenario` where Kafka takes no such name. */
export function topicsOfRun({ topic, topics = [topic] }: ManyTopics, runId: string): string[] {
  return topics.map((template) => topicOfRun(template, runId));
}

/** Number of the topic that a fleet sends to. */
export function topicNumber({ topicOfFleet }: ManyTopics, fleet: string): number {
  const of = topicOfFleet ?? {};
  return Object.hasOwn(of, fleet) ? (of[fleet] as number) : 0;
}

/** The number of a topic's first partition. */
export function firstPartition(topic: number): number {
  return topic * PARTITIONS_PER_TOPIC;
}
