import { closestName } from '../core/closest-name.ts';
import type { Verb } from './command.ts';
import { exitOfError } from './exit-codes.ts';
import { shippedScenarios } from './find-scenario.ts';
import { printError } from './print-error.ts';
import { type VerbEntry, verbNamed, verbs } from './verbs.ts';

/** No verb that a user types more than once, so the overviews name it in passing only. */
const completion: VerbEntry = {
  name: 'completion',
  group: 'try',
  summary: 'print the completion of verbs, flags and scenarios for a shell',
  load: async () => (await import('./completion.ts')).completionCommand,
};

/** Runs the verb that the arguments name and leaves its exit code behind. Overviews load no parser. */
export async function main(args: readonly string[]): Promise<void> {
  const typed = args.find((arg) => !arg.startsWith('-'));
  const entry = typed === completion.name ? completion : verbNamed(typed);
  if (entry === undefined && (args.length === 0 || typed === undefined || typed === 'help')) {
    process.exitCode = await overview(args);
    return;
  }
  if (entry === undefined) {
    const names = verbs.map(({ name }) => name);
    const near = closestName(typed as string, names);
    complain(
      `there is no command "${typed}"`,
      near === undefined ? `the commands are ${names.join(', ')}` : `did you mean "iotload ${near}"?`,
    );
    return;
  }
  const verb = await entry.load();
  try {
    process.exitCode = await verb.execute(args, entry.summary);
  } catch (error) {
    const { UsageError } = await import('./command.ts');
    if (error instanceof UsageError) complain(...(await explain(error.message, verb, args)));
    else process.exitCode = printError(error);
  }
}

/** What there is to say without a verb. */
async function overview(args: readonly string[]): Promise<number> {
  const { topHelp, welcome } = await import('./welcome.ts');
  if (args.length === 0) process.stdout.write(welcome());
  else if (args.some((arg) => ['--help', '-h', 'help'].includes(arg))) process.stdout.write(topHelp());
  else if (args.includes('--version')) process.stdout.write(`${(await import('./version.ts')).version}\n`);
  else {
    complain('name a command', `the commands are ${verbs.map(({ name }) => name).join(', ')}`);
    return exitOfError['bad-arguments'];
  }
  return 0;
}

/** Says a usage error in our words, and what to type instead. */
async function explain(
  complaint: string,
  verb: Verb,
  args: readonly string[],
): Promise<[message: string, hint: string]> {
  const { name, choices } = verb;
  const help = `iotload ${name} --help lists what there is`;
  if (complaint.startsWith('Not enough non-option arguments')) {
    if (choices.length > 0) return [`${name} what?`, `there is ${choices.join(', ')}`];
    return ['name a scenario', `iotload ${name} FILE.yaml, or one that ships: ${shippedScenarios().join(', ')}`];
  }
  const unknown = /^Unknown arguments?: ([\w-]+)/.exec(complaint)?.[1];
  if (unknown === undefined) return [complaint.replace(/\s+/g, ' '), help];
  const near = closestName(unknown, await verb.flags());
  return [
    `${name} knows no "${args.includes(unknown) ? unknown : `--${unknown}`}"`,
    near === undefined ? help : `did you mean --${near}?`,
  ];
}

function complain(message: string, hint: string): void {
  process.stderr.write(`error: ${message}\n  hint: ${hint}\n`);
  process.exitCode = exitOfError['bad-arguments'];
}

// A closed pipe (`iotload sample … | head`) is the reader's decision, not an error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(process.exitCode ?? 0);
  throw error;
});

// Progress that nobody can read any more must not end a run.
process.stderr.on('error', () => {});
