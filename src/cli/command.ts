import type { ArgumentsCamelCase, Argv } from 'yargs';

/** A verb of the command line. */
export interface Verb {
  name: string;
  /** Makes a parser understand it. */
  addTo(parser: Argv): void;
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
    addTo: (parser) => {
      parser.command<Flags>(command, describe, builder, async (flags) => {
        process.exitCode = await handler(flags);
      });
    },
  };
}
