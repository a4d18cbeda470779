import { startKinesisServer } from '../../../src/brokers/kinesis/server.ts';
import { systemClock } from '../../../src/core/clock.ts';
import { Outcome } from '../../../src/core/outcome.ts';
import { optionsSchema } from '../../../src/targets/kinesis/options.ts';
import { openSink } from '../../../src/targets/kinesis/sink.ts';
import { openSource } from '../../../src/targets/kinesis/source.ts';
import type { TargetOptions } from '../../../src/targets/target.ts';
import { targetContracts } from '../../contracts/target.ts';

const plan = (block: object): TargetOptions => optionsSchema.parse(block) as unknown as TargetOptions;

targetContracts('kinesis', {
  outcome: Outcome.acked,
  address: '<device>',
  complete: true,
  openSink,
  openSource,
  start: async () => {
    const server = await startKinesisServer({ port: 0, clock: systemClock(), limits: false });
    const block = {
      // Filled by the run: what is prepared, written and read is the same.
      stream: 'contract-<run>',
      create: { shards: 2 },
      linger: '2ms',
      max_in_flight: 1,
      reader: { poll: '50ms' },
    };
    return {
      live: plan({ ...block, endpoint: `http://127.0.0.1:${server.port}` }),
      // Nobody may listen on port 1.
      dead: plan({ ...block, endpoint: 'http://127.0.0.1:1', timeout: '2s' }),
      stop: () => server.close(),
    };
  },
});
