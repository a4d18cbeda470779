import { carryOut, sendingFlags } from './carry-out.ts';
import { defineCommand } from './command.ts';

/** `iotload quick`: a run without a file, and the file that it stands for. */
export const quickCommand = defineCommand({
  command: 'quick <target>',
  choices: ['embedded', 'mqtt://host:1883', 'kafka://host:9092', 'kinesis://host:4566', 'file:events.jsonl', 'discard'],
  builder: (parser) =>
    sendingFlags(
      parser
        .positional('target', {
          type: 'string',
          demandOption: true,
          describe:
            'embedded, mqtt://host:1883, kafka://host:9092, kafka:embedded, kinesis://host:4566, kinesis:embedded, file:PATH or discard',
        })
        .option('devices', { type: 'string', describe: 'how many devices (default 100)' })
        .option('rate', { type: 'string', describe: 'of all devices together (default 100/s)' })
        .option('duration', { type: 'string', describe: 'measured time, after a second of warm-up (default 10s)' })
        .option('model', {
          type: 'string',
          describe: 'kind of device (default phone-motion); iotload models lists all',
        })
        .option('payload', { type: 'string', describe: 'payload profile of the model (default raw)' })
        .option('topic', { type: 'string', describe: 'default iotload/<run>/<device>; of Kafka iotload-quick-<run>' })
        .option('stream', { type: 'string', describe: 'of Kinesis (default iotload-quick-<run>)' })
        .option('qos', { type: 'string', describe: 'MQTT quality of service (default 1)' })
        .option('connections', { type: 'string', describe: 'a pool of so many (default 8), or per_device' })
        .option('username', {
          type: 'string',
          describe: 'login; the password comes from MQTT_PASSWORD or KAFKA_PASSWORD',
        })
        .option('seed', { type: 'string', describe: 'same seed, same bytes (default 1)' })
        .option('verify', { type: 'boolean', default: true, describe: 'read back and prove delivery' })
        .option('print', { type: 'boolean', default: false, describe: 'only print the scenario; sends nothing' }),
    )
      .example('$0 quick mqtt://127.0.0.1:1883 --rate 1k/s', 'does my broker carry a thousand events a second?')
      .example('$0 quick kafka://127.0.0.1:9092 --rate 100k/s', 'and my Kafka a hundred thousand?')
      .example('$0 quick embedded --print > my.yaml', 'a small scenario to go on from'),
  async handler(flags) {
    const { quickScenario } = await import('../plan/quick-scenario.ts');
    const { planDrafted } = await import('../plan/drafted-scenario.ts');
    const given = Object.entries(flags).filter(([, value]) => value !== undefined);
    const draft = quickScenario({ target: flags.target, ...Object.fromEntries(given) });
    const env = flags.print ? { MQTT_PASSWORD: '-', KAFKA_PASSWORD: '-', ...process.env } : process.env;
    const plan = await planDrafted(draft, 'quick.yaml', { env, noVerify: !flags.verify });
    if (flags.print) {
      process.stdout.write(draft.text);
      return 0;
    }
    if (!flags.quiet) process.stderr.write(`# iotload quick ${flags.target} stands for:\n${draft.text}\n`);
    return carryOut(plan, flags);
  },
});
