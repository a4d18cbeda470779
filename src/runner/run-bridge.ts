import { join } from 'node:path';
import { type Bridge, startBridge } from '../brokers/bridge/start-bridge.ts';
import { IotloadError } from '../core/errors.ts';
import type { Plan, TargetPlan } from '../plan/plan.ts';
import { topicOfRun } from '../targets/kafka/topic-name.ts';
import { runFiles } from './run-directory.ts';
import type { RunOptions } from './run-options.ts';

/** Who hears of a bridge. */
export interface BridgeHearer {
  note(text: string): void;
  /** It forwards nothing any more; what it leaves open is told so too. */
  failed(error: IotloadError): void;
}

/**
 * Starts the bridge that a plan asks for, between brokers that are there and topics that are prepared; `real` has their addresses. Resolves with
 * what ends it in good order.
 * @throws IotloadError what keeps it from starting; `bad-arguments` for one of several shards
 */
export async function startRunBridge(
  real: Plan,
  { plan, shard, runId }: Pick<RunOptions, 'plan' | 'shard'> & { runId: string },
  dir: string,
  { note, failed }: BridgeHearer,
): Promise<() => Promise<void>> {
  const { bridge } = real;
  if (bridge === undefined) return async () => {};
  const [from, to] = [real.targets[bridge.from] as TargetPlan, real.targets[bridge.to] as TargetPlan];
  const isEmbedded = (target: number): boolean => plan.targets[target]?.options['endpoint'] === 'embedded';
  if (shard.count > 1 && !isEmbedded(bridge.from)) {
    const hint = 'run it whole, or take a bridge of your own';
    const message = `each shard would bring a bridge along, and "${from.name}" would be read ${shard.count} times`;
    throw new IotloadError('bad-arguments', message, { where: '--shard', hint });
  }
  const running: Bridge = await startBridge(
    {
      id: `iotload-bridge-${runId}`,
      from: String(from.options['endpoint']),
      to: String(to.options['endpoint']),
      routes: bridge.routes.map(({ filter, topic }) => ({ filter, topic: topicOfRun(topic, runId) })),
      wrap: bridge.wrap,
      key: bridge.key,
      faults: { ...bridge.faults, seed: real.seed },
      log: join(dir, runFiles.bridge),
      createsTopics: isEmbedded(bridge.to),
    },
    note,
  );
  void running.ended.then((error) => {
    if (error !== null) failed(error);
  });
  let ending: Promise<void> | null = null;
  const end = async (): Promise<void> => {
    const counts = await running.stop();
    const open = counts?.open ?? 0;
    if (open > 0) note(`the bridge has ended with ${open} messages that it could not bring to ${to.name}`);
  };
  return () => {
    ending ??= end();
    return ending;
  };
}
