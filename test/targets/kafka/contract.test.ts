import { systemClock } from '../../../src/core/clock.ts';
import { Outcome } from '../../../src/core/outcome.ts';
import { sinkContract } from '../../contracts/sink.ts';
import { ModelCluster } from './model-cluster.ts';
import { openOnModel, plainOptions } from './produce-sink-fixture.ts';

const ways = [
  ['idempotent', Outcome.acked, {}],
  ['acks all, without linger', Outcome.acked, { idempotent: false, lingerUs: 0 }],
  [
    'acks 1, one request in flight, small batches',
    Outcome.acked,
    { acks: 1, idempotent: false, maxInFlight: 1, batchBytes: 16_384 },
  ],
  ['acks 0', Outcome.noAck, { acks: 0, idempotent: false }],
] as const;

for (const [name, outcome, options] of ways) {
  sinkContract(`kafka, ${name}`, {
    outcome,
    address: '<device>',
    async start() {
      const cluster = new ModelCluster(systemClock(), 6, 3);
      return {
        open: (context) => openOnModel(cluster, { ...plainOptions, ...options }, context),
        openDead: (context) => {
          cluster.down.add(1);
          cluster.brokers[1] = { id: 1, host: 'nowhere', port: 1 };
          return openOnModel(Object.assign(cluster, { metadata: deadMetadata(cluster) }), options, context);
        },
        deadCode: 'target-unreachable',
        async stop() {},
      };
    },
  });
}

/** Metadata that names a broker which cannot be reached. */
function deadMetadata(cluster: ModelCluster): ModelCluster['metadata'] {
  const states = [{ partition: 0, leader: 1, replicas: 1, inSync: 1 }];
  return async () => ({ brokers: cluster.brokers, topics: new Map([[cluster.topic, states]]) });
}
