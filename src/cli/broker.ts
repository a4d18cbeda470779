import { IotloadError } from '../core/errors.ts';
import { printable } from '../core/printable-text.ts';
import { type BridgeFlags, bridgeFlags, bridgeOfFlags } from './bridge-flags.ts';
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
  choices: [...kinds, 'bridge'],
  exits: ['2', '4', '6', '130/143'],
  builder: (parser) =>
    parser
      .positional('kind', {
        choices: [...kinds, 'bridge'] as const,
        demandOption: true,
        describe: 'its protocol; bridge: one from MQTT to Kafka',
      })
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
      .option('from', { type: 'string', describe: 'bridge: the MQTT broker (default mqtt://127.0.0.1:1883)' })
      .option('to', { type: 'string', describe: 'bridge: Kafka (default 127.0.0.1:9092)' })
      .option('route', {
        type: 'string',
        array: true,
        describe: 'bridge: FILTER=TOPIC, which messages go to which topic of Kafka (default "#=bridged"; repeatable)',
      })
      .option('wrap', {
        choices: ['none', 'rule'] as const,
        describe: 'bridge: the payload as it came, or as a string in the result of a rule, as EMQX writes it',
      })
      .option('loss', { type: 'string', describe: 'bridge: share that it drops on purpose, such as 100ppm' })
      .option('duplicates', { type: 'string', describe: 'bridge: share that it doubles on purpose' })
      .option('log', { type: 'string', describe: 'bridge: file that says what it did to which message' })
      .option('quiet', { alias: 'q', type: 'boolean', default: false, describe: 'print the endpoint only' })
      .example('$0 broker mqtt', 'on port 1883; Ctrl-C ends it')
      .example('$0 broker kinesis', 'an endpoint for any AWS SDK, whose shards throttle as the service does')
      .example('$0 broker kafka --port 0', 'a log that speaks Kafka’s protocol, on a free port')
      .example(
        '$0 broker bridge --loss 100ppm --log bridge.ndjson',
        'from the one to the other, and it drops 1 in 10 000',
      ),
  async handler({ kind, port: text, quiet, unlimited, ...rest }) {
    if (kind === 'bridge') {
      if (text !== undefined) throw new IotloadError('bad-arguments', 'a bridge has no port', { where: '--port' });
      return playBridge(rest, quiet);
    }
    const foreign = bridgeFlags.find((flag) => rest[flag] !== undefined);
    if (foreign !== undefined)
      throw new IotloadError('bad-arguments', `${kind} is no bridge`, { where: `--${foreign}` });
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

/** The example bridge by itself. */
async function playBridge(flags: BridgeFlags, quiet: boolean): Promise<number> {
  const plan = bridgeOfFlags(flags);
  const { startBridge } = await import('../brokers/bridge/start-bridge.ts');
  let end: () => void = () => {};
  const over = new Promise<null>((resolve) => {
    end = () => resolve(null);
  });
  const interruption = onInterrupt(end);
  try {
    const bridge = await startBridge(plan, (text) => void process.stderr.write(`${printable(text)}\n`));
    process.stdout.write(`${plan.from} ${plan.to}\n`);
    if (!quiet) process.stderr.write('It forwards. Ctrl-C ends it.\n');
    const failure = await Promise.race([over, bridge.ended]);
    if (failure !== null) throw failure;
    const counts = await bridge.stop();
    if (counts !== null && !quiet) process.stderr.write(`${JSON.stringify(counts)}\n`);
    return interruption.exitCode() ?? 5;
  } finally {
    interruption.release();
  }
}

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
