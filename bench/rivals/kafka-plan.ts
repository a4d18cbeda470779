import type { Plan } from '../../src/plan/plan.ts';
import { type PhoneEvents, phonesPlan } from './phones.ts';

/** Partitions of the topic of each bench. */
export const PARTITIONS = 6;

/** What is asked of the events of a Kafka bench. */
export interface KafkaEvents extends Omit<PhoneEvents, 'target'> {
  /** `host:port` of the broker. */
  endpoint: string;
  /** A topic that exists. */
  topic: string;
}

/** The plan that makes them. */
export function kafkaPlan({ endpoint, topic, ...events }: KafkaEvents): Promise<Plan> {
  return phonesPlan({ ...events, target: `{ protocol: kafka, endpoint: "${endpoint}", topic: ${topic}, acks: all }` });
}
