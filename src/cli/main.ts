import yargs, { type Argv } from 'yargs';
import { hideBin } from 'yargs/helpers';
import { closestName } from '../core/closest-name.ts';
import { exitCodes, exitOfError } from './exit-codes.ts';
import { shippedScenarios } from './find-scenario.ts';
import { printError } from './print-error.ts';
import { runCommand } from './run.ts';
import { sampleCommand } from './sample.ts';
import { validateCommand } from './validate.ts';
import { verifyCommand } from './verify.ts';
import { version } from './version.ts';
import { welcome } from './welcome.ts';

const verbs = [runCommand, verifyCommand, validateCommand, sampleCommand];

/** A mistake on the command line, in yargs' words. */
class UsageError extends Error {}

/** Parses the arguments, runs the command and leaves its exit code behind. */
async function main(args: readonly string[]): Promise<void> {
  if (args.length === 0) {
    process.stdout.write(welcome());
    return;
  }
  try {
    await createParser(args).parseAsync();
  } catch (error) {
    if (error instanceof UsageError) {
      const [message, hint] = await explain(error.message, args);
      process.stderr.write(`error: ${message}\n  hint: ${hint}\n`);
      process.exitCode = exitOfError['bad-arguments'];
    } else {
      process.exitCode = printError(error);
    }
  }
}

function createParser(args: readonly string[]): Argv {
  const parser = yargs([...args])
    .scriptName('iotload')
    .usage('$0 COMMAND [options]\n\nOpen-loop load for IoT pipelines, with proof of what was delivered.')
    .version(version)
    .help()
    .alias('h', 'help')
    .strict()
    .demandCommand(1)
    .wrap(Math.min(110, process.stdout.columns ?? 110))
    .epilogue(exitCodes)
    .exitProcess(false)
    .fail((message: string | null, error: Error | undefined) => {
      if (error !== undefined && error.name !== 'YError') throw error;
      throw new UsageError(message ?? error?.message ?? 'bad arguments');
    });
  for (const verb of verbs) verb.addTo(parser);
  return parser;
}

/** Says a usage error in our words, and what to type instead. */
async function explain(complaint: string, args: readonly string[]): Promise<[message: string, hint: string]> {
  const names = verbs.map(({ name }) => name);
  const typed = args.find((arg) => !arg.startsWith('-'));
  const verb = verbs.find(({ name }) => name === typed);
  if (verb === undefined) {
    const near = closestName(typed ?? '', names);
    return [
      typed === undefined ? 'name a command' : `there is no command "${typed}"`,
      near === undefined ? `the commands are ${names.join(', ')}` : `did you mean "iotload ${near}"?`,
    ];
  }
  if (complaint.startsWith('Not enough non-option arguments')) {
    return ['name a scenario', `iotload ${typed} FILE.yaml, or one that ships: ${shippedScenarios().join(', ')}`];
  }
  const help = `iotload ${typed} --help lists what there is`;
  const unknown = /^Unknown arguments?: ([\w-]+)/.exec(complaint)?.[1];
  if (unknown === undefined) return [complaint.replace(/\s+/g, ' '), help];
  const near = closestName(unknown, await verb.flags());
  return [
    `${typed} knows no "${args.includes(unknown) ? unknown : `--${unknown}`}"`,
    near === undefined ? help : `did you mean --${near}?`,
  ];
}

// A closed pipe (`iotload sample … | head`) is the reader's decision, not an error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(process.exitCode ?? 0);
  throw error;
});

// Progress that nobody can read any more must not end a run.
process.stderr.on('error', () => {});

await main(hideBin(process.argv));
