import { isSameHost } from '../core/host.ts';
import type { ShardSummary } from '../metrics/result.ts';
import type { SenderFigures } from '../runner/compose-result.ts';
import { settle } from '../verify/settle.ts';
import type { ShardFiles } from './shard-set.ts';

/** Each shard by itself: what it did, when it began, and how far its clock can be trusted beside the others'. */
export function shardSummaries(shards: readonly ShardFiles[], senders: readonly SenderFigures[]): ShardSummary[] {
  const hosts = shards.map(({ document }) => document.host);
  const oneHost = hosts.every((host) => isSameHost(host, hosts[0]));
  return shards.map(({ document, sent }, i): ShardSummary => {
    const { run, generator } = senders[i] as SenderFigures;
    const { events } = settle({ plan: { ...document.plan, verify: null }, sent, seen: null });
    return {
      shard: run.shard,
      host: document.host?.name ?? null,
      attempts: Math.max(1, sent.attempts.length),
      ended: run.ended,
      startedAt: run.startedAt,
      startSkewUs: sent.begunLateUs ?? null,
      clockBoundUs: shards.length === 1 || oneHost ? 0 : (document.clockBoundUs ?? null),
      events,
      generator: generator.status,
    };
  });
}
