import { IotloadError } from '../core/errors.ts';
import { type StarterKind, starterDefaults, starterKinds } from '../plan/starter-scenario.ts';
import { defineCommand } from './command.ts';
import { exitOfSignal } from './exit-codes.ts';
import { type Ask, Interrupted, questions } from './questions.ts';

/** File that init writes when nobody says otherwise. */
const DEFAULT_FILE = 'scenario.yaml';

const exampleOf = { mqtt: 'mqtt://127.0.0.1:1883', kafka: '127.0.0.1:9092', kinesis: 'http://127.0.0.1:4566' } as const;

interface InitFlags {
  kind: StarterKind | undefined;
  endpoint: string | undefined;
  devices: string | undefined;
  rate: string | undefined;
  file: string | undefined;
  yes: boolean;
}

/** `iotload init`: a first scenario of one's own. */
export const initCommand = defineCommand({
  command: 'init [kind]',
  choices: starterKinds,
  exits: ['0', '2', '130/143'],
  builder: (parser) =>
    parser
      .positional('kind', {
        choices: starterKinds,
        describe: 'what to send to: an MQTT broker, Kafka, Kinesis, or a file',
      })
      .option('endpoint', { type: 'string', describe: 'of the broker (default embedded: one of iotload’s own)' })
      .option('devices', { type: 'string', describe: 'how many (default 100)' })
      .option('rate', { type: 'string', describe: 'of all together (default 100/s)' })
      .option('file', { type: 'string', describe: `what to write (default ${DEFAULT_FILE}); never overwritten` })
      .option('yes', { alias: 'y', type: 'boolean', default: false, describe: 'ask nothing, take the defaults' })
      .example('$0 init', 'asks four questions on a terminal, else takes defaults')
      .example('$0 init kafka --endpoint localhost:9092', 'for Kafka on this machine')
      .example('$0 init mqtt --endpoint mqtt://127.0.0.1:1883 --file load.yaml', 'for a broker on this machine'),
  async handler(flags) {
    const asks = process.stdin.isTTY === true && process.stderr.isTTY === true && !flags.yes;
    // On stderr, so that stdout holds results only.
    const terminal = asks ? questions(process.stdin, process.stderr) : null;
    try {
      return await init(flags, terminal?.ask ?? null);
    } catch (error) {
      if (!(error instanceof Interrupted)) throw error;
      process.stderr.write('\nnothing was written\n');
      return exitOfSignal.SIGINT;
    } finally {
      terminal?.close();
    }
  },
});

async function init(flags: InitFlags, ask: Ask | null): Promise<number> {
  const { existsSync } = await import('node:fs');
  const { initScenario } = await import('../runner/init-scenario.ts');
  const { starterProblem } = await import('../plan/starter-problem.ts');
  const answer = async (
    given: string | undefined,
    question: string,
    initial: string,
    check: (text: string) => Promise<string | null>,
  ): Promise<string> => given ?? (ask === null ? initial : await ask(question, initial, check));

  const kind = (await answer(flags.kind, 'Send to mqtt, to kafka, to kinesis, or into a file?', 'mqtt', async (text) =>
    starterKinds.includes(text as StarterKind) ? null : 'write mqtt, kafka, kinesis or file',
  )) as StarterKind;
  if (kind === 'file' && flags.endpoint !== undefined) {
    throw new IotloadError('bad-arguments', 'only a broker has one', {
      where: '--endpoint',
      hint: 'or init mqtt, init kafka, or init kinesis',
    });
  }
  const answers = { kind, ...starterDefaults };
  const fits = (key: 'endpoint' | 'devices' | 'rate') => (text: string) => starterProblem({ ...answers, [key]: text });
  if (kind !== 'file') {
    const question = `Broker, such as ${exampleOf[kind]}; embedded is one of iotload’s own`;
    answers.endpoint = await answer(flags.endpoint, question, answers.endpoint, fits('endpoint'));
  }
  answers.devices = await answer(flags.devices, 'How many devices', answers.devices, fits('devices'));
  answers.rate = await answer(flags.rate, 'Events of all together, such as 50/s or 2M/day', answers.rate, fits('rate'));
  const file = await answer(flags.file, 'File to write', DEFAULT_FILE, async (text) =>
    existsSync(text) ? 'it exists, and nothing is overwritten' : null,
  );
  const plan = await initScenario(answers, file);
  process.stdout.write(written(file, plan.description));
  return 0;
}

function written(file: string, description: string): string {
  const commands = [
    ['validate', 'after you changed it: is it right?'],
    ['plan', 'what will it send?'],
    ['run', 'send it, measure, prove what arrived'],
  ] as const;
  const width = `iotload validate ${file}`.length + 2;
  const lines = commands.map(([verb, what]) => `  ${`iotload ${verb} ${file}`.padEnd(width)}${what}`);
  return `wrote ${file}, and it is valid: ${description}\n\nnext\n${lines.join('\n')}\n`;
}
