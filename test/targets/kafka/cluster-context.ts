import { systemClock } from '../../../src/core/clock.ts';
import type { ClusterContext } from '../../../src/targets/kafka/open-cluster.ts';
import { type KafkaOptions, optionsSchema } from '../../../src/targets/kafka/options.ts';

/** Options as a scenario's block gives them. */
export function clusterOptions(endpoint: string, block: object = {}): KafkaOptions {
  return optionsSchema.parse({ endpoint, ...block });
}

/** What a cluster is opened with in a test. */
export function clusterContext(more: Partial<ClusterContext> = {}): ClusterContext {
  const reveal = (text: string): string => text.replace('${SECRET}', 'hunter2');
  return { clock: systemClock(), runId: 'r1', clientId: 'test', random: () => 0, reveal, ...more };
}
