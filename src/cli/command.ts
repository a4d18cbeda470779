import yargs, { type ArgumentsCamelCase, type Argv } from 'yargs';
import { IotloadError } from '../core/errors.ts';
import { exitCodes } from './exit-codes.ts';
import { helpText } from './help-text.ts';

/** A mistake on the command line, in yargs' words. */
export class UsageError extends Error {}

/** A verb of the command line. */
export interface Verb {
  name: string;
  /** Parses the arguments, the verb included, and carries it out; resolves with the exit code. Throws `UsageError` and `IotloadError`. */
  execute(args: readonly string[], summary: string): Promise<number>;
  /** Long names of its flags. */
  flags(): Promise<string[]>;
  /** Words that its first argument may be, for completion and corrections; empty where anything goes. */
  choices: readonly string[];
}

/** Defines a verb: its flags are typed by its own builder, and its handler answers with the exit code. */
export function defineCommand<Flags>(definition: {
  /** The name, then its positional arguments in yargs' notation. */
  command: string;
  choices?: readonly string[];
  /** Exit codes that its help explains; all where nothing is said. */
  exits?: readonly string[];
  builder(parser: Argv): Argv<Flags>;
  handler(flags: ArgumentsCamelCase<Flags>): Promise<number>;
}): Verb {
  const { command, builder, handler, choices = [], exits } = definition;
  const name = command.replace(/ .*/, '');
  return {
    name,
    choices,
    flags: async () => {
      const help = await builder(yargs([]).locale('en')).getHelp();
      return [...help.matchAll(/--([a-z][a-z-]+)/g)].map((match) => match[1] as string);
    },
    async execute(args, summary) {
      if (args.includes('--help') || args.includes('-h')) {
        const all = await builder(yargs([]).scriptName('iotload').locale('en').version(false).wrap(null)).getHelp();
        process.stdout.write(helpText({ command, summary, all, exits: exitCodes(exits) }));
        return 0;
      }
      let outcome: Promise<number> = Promise.resolve(0);
      // A handler that yargs knows to be asynchronous makes it lay out the whole help, just in case; so does a command with a name.
      const [verb, nameless] = [args.indexOf(name), command.replace(name, '$0')];
      const start = (flags: ArgumentsCamelCase<Flags>): void => {
        refuseUnclearFlags(flags);
        outcome = handler(flags);
      };
      parserFor(args.toSpliced(verb, 1)).command<Flags>(nameless, summary, builder, start).parse();
      return outcome;
    },
  };
}

function parserFor(args: readonly string[]): Argv {
  return yargs([...args])
    .scriptName('iotload')
    .locale('en')
    .help(false)
    .version(false)
    .strict()
    .exitProcess(false)
    .fail((message: string | null, error: Error | undefined) => {
      if (error !== undefined && error.name !== 'YError') throw error;
      throw new UsageError(message ?? error?.message ?? 'bad arguments');
    });
}

/** Flags that may be given more than once. */
const repeatable: ReadonlySet<string> = new Set(['_', 'set', 'allow', 'env-file', 'envFile', 'label', 'route', 'dir']);

/** A flag without its value, or given twice, means something that we would have to guess. */
function refuseUnclearFlags(flags: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(flags)) {
    if (repeatable.has(name)) continue;
    const problem = value === '' ? 'the value is missing' : Array.isArray(value) ? 'given more than once' : null;
    if (problem !== null) throw new IotloadError('bad-arguments', problem, { where: `--${name}` });
  }
}
