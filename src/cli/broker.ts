import { IotloadError } from '../core/errors.ts';
import { defineCommand } from './command.ts';
import { wholeNumber } from './scenario-flags.ts';
import { onInterrupt } from './signals.ts';

/** Protocols of which there is a broker to play with. */
const kinds = ['kafka', 'kinesis', 'mqtt'] as const;
type Kind = (typeof kinds)[number];

/** Where such a broker mostly listens, and a scenario to begin with. */
const about: Readonly<Record<Kind, { port: number; broker: string; scenario: string }>> = {
  kafka: { port: 9092, broker: 'A Kafka broker', scenario: 'seismograph-kafka' },
  kinesis: { port: 4567, broker: 'A Kinesis endpoint', scenario: 'seismograph' },
  mqtt: { port: 1883, broker: 'An MQTT broker', scenario: 'quickstart' },
};

/** `iotload broker`: the embedded broker by itself, for first steps in several windows. */
export const brokerCommand = defineCommand({
  command: 'broker <kind>',
  choices: kinds,
  exits: ['2', '4', '130/143'],
  builder: (parser) =>
    parser
      .positional('kind', { choices: kinds, demandOption: true, describe: 'its protocol' })
      .option('port', {
        type: 'string',
        describe:
          'where it listens on 127.0.0.1 (default 1883 for mqtt, 9092 for kafka, 4567 for kinesis); 0: a free one',
      })
      .option('unlimited', {
        type: 'boolean',
        default: false,
        describe: 'kinesis: shards take and give whatever comes, not 1 MiB and 1000 records a second',
      })
      .option('quiet', { alias: 'q', type: 'boolean', default: false, describe: 'print the endpoint only' })
      .example('$0 broker mqtt', 'on port 1883; Ctrl-C ends it')
      .example('$0 broker kinesis', 'an endpoint for any AWS SDK, whose shards throttle as the service does')
      .example('$0 broker kafka --port 0', 'a log that speaks Kafka’s protocol, on a free port'),
  async handler({ kind, port: text, quiet, unlimited }) {
    if (unlimited && kind !== 'kinesis')
      throw new IotloadError('bad-arguments', `${kind} has no limits to do without`, { where: '--unlimited' });
    const port = wholeNumber('port', text, 0, 65_535) ?? about[kind].port;
    const { brokers } = await import('../brokers/registry.ts');
    const start = brokers[kind];
    if (start === undefined) throw new IotloadError('defect', `no broker for ${kind}`);
    let end: () => void = () => {};
    const over = new Promise<void>((resolve) => {
      end = resolve;
    });
    const interruption = onInterrupt(end);
    try {
      const broker = await start({ port, unlimited });
      process.stdout.write(`${broker.endpoint}\n`);
      if (!quiet) process.stderr.write(hints(kind, broker.endpoint));
      await Promise.race([over, broker.ended]);
      await broker.stop();
      return interruption.exitCode() ?? 5;
    } finally {
      interruption.release();
    }
  },
});

function hints(kind: Kind, endpoint: string): string {
  const { broker, scenario } = about[kind];
  // An address of HTTP does not say whose protocol is spoken there.
  const quick = kind === 'kinesis' ? '' : `\n  iotload quick ${endpoint}`;
  return `${broker} for first steps: anyone on this machine may connect, nothing is kept.

in other windows${quick}
  iotload run ${scenario} --set target.endpoint=${endpoint}
  iotload tail ${scenario} --set target.endpoint=${endpoint}

Ctrl-C ends it.
`;
}
