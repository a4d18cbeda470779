import yargs from 'yargs';
import { hideBin } from 'yargs/helpers';
import { closestName } from '../metrics/closest-name.ts';
import { exitTable } from './exit-codes.ts';
import { printError } from './print-error.ts';
import { runCommand } from './run.ts';
import { sampleCommand } from './sample.ts';
import { validateCommand } from './validate.ts';
import { verifyCommand } from './verify.ts';
import { version } from './version.ts';
import { welcome } from './welcome.ts';

const verbs = [runCommand, verifyCommand, validateCommand, sampleCommand];

const exits = exitTable.map(([code, meaning]) => `  ${code.padEnd(8)} ${meaning}`).join('\n');

/** Parses the arguments, runs the command and leaves its exit code behind. */
async function main(args: readonly string[]): Promise<void> {
  if (args.length === 0) {
    process.stdout.write(welcome());
    return;
  }
  const parser = yargs([...args])
    .scriptName('iotload')
    .usage('$0 COMMAND [options]\n\nOpen-loop load for IoT pipelines, with proof of what was delivered.')
    .version(version)
    .help()
    .alias('h', 'help')
    .strict()
    .demandCommand(1, 'name a command')
    .wrap(Math.min(110, process.stdout.columns ?? 110))
    .epilogue(`Exit codes:\n${exits}`)
    .exitProcess(false)
    .fail((message: string | null, error: Error | undefined) => {
      if (error !== undefined) throw error;
      throw new UsageError(message ?? 'bad arguments');
    });
  for (const verb of verbs) verb.addTo(parser);
  try {
    await parser.parseAsync();
  } catch (error) {
    process.exitCode = error instanceof UsageError ? printUsageError(error, args) : printError(error);
  }
}

/** A mistake on the command line that yargs found. */
class UsageError extends Error {}

function printUsageError(error: UsageError, args: readonly string[]): number {
  process.stderr.write(`error: ${error.message}\n`);
  const wanted = args.find((arg) => !arg.startsWith('-')) ?? '';
  const names = verbs.map(({ name }) => name);
  const near = names.includes(wanted) ? undefined : closestName(wanted, names);
  if (near !== undefined) process.stderr.write(`  hint: did you mean "iotload ${near}"?\n`);
  else process.stderr.write(`  hint: iotload ${names.includes(wanted) ? `${wanted} ` : ''}--help lists what there is\n`);
  return 2;
}

// A closed pipe (`iotload sample … | head`) is the reader's decision, not an error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(process.exitCode ?? 0);
  throw error;
});

await main(hideBin(process.argv));
