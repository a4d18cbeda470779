import type { TargetDefinition, TargetOptions, TargetTraits } from '../target.ts';
import { endpointHost } from './endpoint.ts';
import type { KinesisOptions } from './options.ts';
import { streamInScenario } from './stream-name.ts';

/** Kinesis Data Streams: one stream, its shards as lanes. */
export const kinesis: TargetDefinition = {
  name: 'kinesis',
  doc: 'Amazon Kinesis Data Streams: one stream, keyed events, every record read back',
  partitions: 'shard',
  traits(options: TargetOptions): TargetTraits {
    const { endpoint, region, maxInFlight, retries } = options as unknown as KinesisOptions;
    return {
      acknowledges: true,
      address: 'key',
      // Requests overtake each other, and what a shard refused comes after what it took.
      ordered: maxInFlight === 1 && retries === 0,
      hosts: endpoint === 'embedded' ? [] : [endpointHost(endpoint, region)],
      readable: true,
      connected: false,
      secure: endpoint === 'aws' || endpoint.startsWith('https:'),
      unpaced: false,
    };
  },
  inScenario: (options, scenario) => ({ ...options, stream: streamInScenario(String(options['stream']), scenario) }),
  outline: (options) => outlineOf(options as unknown as KinesisOptions),
  options: () => import('./options.ts'),
  effort: (options) => ({
    sendNs: (options as unknown as KinesisOptions).aggregateBytes === null ? 1250 : 900,
    readNs: 2500,
  }),
  sizing: () => import('./sizing.ts'),
  prepare: () => import('./prepare.ts'),
  sink: () => import('./sink.ts'),
  source: () => import('./source.ts'),
};

function outlineOf({ stream, region, create, aggregateBytes }: KinesisOptions): string {
  const shards = create?.shards;
  const made =
    shards === undefined
      ? 'which has to exist'
      : `made ${shards === 'on-demand' ? 'on demand' : `with ${shards} ${shards === 1 ? 'shard' : 'shards'}`} if it is not there`;
  const records = aggregateBytes === null ? 'an event is a record' : 'many events in a record';
  return `stream ${stream} in ${region}, ${made}; ${records}`;
}
