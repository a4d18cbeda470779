import yargs, { type ArgumentsCamelCase, type Argv } from 'yargs';
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
        process.exitCode = await handler(flags);
      });
    },
  };
}
