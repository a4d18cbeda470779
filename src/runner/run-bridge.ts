import { join } from 'node:path';
import { type Bridge, startBridge } from '../brokers/bridge/start-bridge.ts';
import { IotloadError } from '../core/errors.ts';
import type { Plan, PlannedBridge, TargetPlan } from '../plan/plan.ts';
import { topicOfRun } from '../targets/kafka/topic-name.ts';
import { runFiles } from './run-directory.ts';
import type { RunOptions } from './run-options.ts';

/** Who hears of bridges. */
export interface BridgeHearer {
  note(text: string): void;
  /** One forwards nothing any more. */
  failed(error: IotloadError): void;
}

type RunOfBridges = Pick<RunOptions, 'plan' | 'shard'> & { runId: string };

/** Names of the logs of a plan's bridges, as the result's `files` has them. */
export function bridgeFiles(plan: Plan): Record<string, string> {
  const { bridges = [] } = plan;
  return Object.fromEntries(
    bridges.map((bridge) => [
      bridges.length === 1 ? 'bridge' : `bridge to ${endOf(plan, bridge.to).name}`,
      logOf(plan, bridge),
    ]),
  );
}

/**
 * Starts the bridges that a plan asks for, between brokers that are there and topics that are prepared; `real` has their addresses. Resolves
 * with what ends them in good order.
 * @throws IotloadError what keeps one from starting; `bad-arguments` for one of several shards
 */
export async function startRunBridges(
  real: Plan,
  run: RunOfBridges,
  dir: string,
  hearer: BridgeHearer,
): Promise<() => Promise<void>> {
  const { bridges = [] } = real;
  const running: { bridge: Bridge; to: string }[] = [];
  const end = async (): Promise<void> => {
    await Promise.all(
      running.map(async ({ bridge, to }) => {
        const open = (await bridge.stop())?.open ?? 0;
        if (open > 0) hearer.note(`the bridge has ended with ${open} messages that it could not bring to ${to}`);
      }),
    );
  };
  try {
    await Promise.all(
      bridges.map(async (planned, index) => {
        const bridge = await startOne(planned, index, real, run, dir, hearer);
        running.push({ bridge, to: endOf(real, planned.to).name });
      }),
    );
  } catch (error) {
    await end();
    throw error;
  }
  let ending: Promise<void> | null = null;
  return () => {
    ending ??= end();
    return ending;
  };
}

async function startOne(
  planned: PlannedBridge,
  index: number,
  real: Plan,
  { plan, shard, runId }: RunOfBridges,
  dir: string,
  { note, failed }: BridgeHearer,
): Promise<Bridge> {
  const [from, to] = [endOf(real, planned.from), endOf(real, planned.to)];
  const isEmbedded = (target: number): boolean => endOf(plan, target).options['endpoint'] === 'embedded';
  if (shard.count > 1 && !isEmbedded(planned.from)) {
    const hint = 'run it whole, or take a bridge of your own';
    const message = `each shard would bring a bridge along, and "${from.name}" would be read ${shard.count} times`;
    throw new IotloadError('bad-arguments', message, { where: '--shard', hint });
  }
  const bridge = await startBridge(
    {
      id: `iotload-bridge-${runId}-${to.name}`,
      from: String(from.options['endpoint']),
      to: String(to.options['endpoint']),
      routes: planned.routes.map(({ filter, topic }) => ({ filter, topic: topicOfRun(topic, runId) })),
      wrap: planned.wrap,
      key: planned.key,
      // Each its own choice.
      faults: { ...planned.faults, seed: real.seed + index },
      log: join(dir, logOf(real, planned)),
      createsTopics: isEmbedded(planned.to),
    },
    note,
  );
  void bridge.ended.then((error) => {
    if (error !== null) failed(error);
  });
  return bridge;
}

function endOf({ targets }: Plan, target: number): TargetPlan {
  return targets[target] as TargetPlan;
}

function logOf(plan: Plan, { to }: PlannedBridge): string {
  return plan.bridges?.length === 1 ? runFiles.bridge : `bridge-${endOf(plan, to).name}.ndjson`;
}
