import yargs, { type ArgumentsCamelCase, type Argv } from 'yargs';
import { IotloadError } from '../core/errors.ts';
import { exitCodes } from './exit-codes.ts';

/** A verb of the command line. */
export interface Verb {
  name: string;
  /** Makes a parser understand it. */
  addTo(parser: Argv): void;
  /** Long names of its flags. */
  flags(): Promise<string[]>;
}

/** Defines a verb: its flags are typed by its own builder, and its handler answers with the exit code. */
export function defineCommand<Flags>(definition: {
  /** The name, then its positional arguments in yargs' notation. */
  command: string;
  describe: string;
  builder(parser: Argv): Argv<Flags>;
  handler(flags: ArgumentsCamelCase<Flags>): Promise<number>;
}): Verb {
  const { command, describe, builder, handler } = definition;
  return {
    name: command.replace(/ .*/, ''),
    flags: async () => {
      const help = await builder(yargs([])).getHelp();
      return [...help.matchAll(/--([a-z][a-z-]+)/g)].map((match) => match[1] as string);
    },
    addTo: (parser) => {
      const build = (inner: Argv): Argv<Flags> => builder(inner).epilogue(exitCodes);
      parser.command<Flags>(command, describe, build, async (flags) => {
        refuseUnclearFlags(flags);
        process.exitCode = await handler(flags);
      });
    },
  };
}

/** Flags that may be given more than once. */
const repeatable: ReadonlySet<string> = new Set(['_', 'set', 'allow', 'env-file', 'envFile', 'label']);

/** A flag without its value, or given twice, means something that we would have to guess. */
function refuseUnclearFlags(flags: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(flags)) {
    if (repeatable.has(name)) continue;
    const problem = value === '' ? 'the value is missing' : Array.isArray(value) ? 'given more than once' : null;
    if (problem !== null) throw new IotloadError('bad-arguments', problem, { where: `--${name}` });
  }
}
