import type { ArgumentsCamelCase, Argv, CommandModule } from 'yargs';

/** A verb of the command line: its flags are typed by its own builder, and its handler answers with the exit code. */
export function defineCommand<Flags>(verb: {
  command: string;
  describe: string;
  builder(parser: Argv): Argv<Flags>;
  handler(flags: ArgumentsCamelCase<Flags>): Promise<number>;
}): CommandModule<object, Flags> {
  return {
    command: verb.command,
    describe: verb.describe,
    builder: (parser) => verb.builder(parser),
    handler: async (flags) => {
      process.exitCode = await verb.handler(flags);
    },
  };
}
