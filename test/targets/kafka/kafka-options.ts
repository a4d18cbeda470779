import { optionsSchema } from '../../../src/targets/kafka/options.ts';
import type { TargetOptions } from '../../../src/targets/target.ts';

/** Options as the plan has them, for a topic that whoever opens it creates; `overrides` as a scenario writes them. */
export function kafkaOptions(endpoint: string, overrides: Readonly<Record<string, unknown>> = {}): TargetOptions {
  return optionsSchema.parse({ endpoint, topic: 'test-<run>', create: { partitions: 4 }, ...overrides });
}
