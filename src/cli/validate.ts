import type { CommandModule } from 'yargs';
import { exitOfError } from './exit-codes.ts';
import { planScenario, type ScenarioFlags, scenarioFlags } from './scenario-flags.ts';

/** `iotload validate`: every mistake of a scenario at once, or the JSON Schema that editors use. */
export const validateCommand = {
  command: 'validate [scenario]',
  describe: 'check a scenario and explain every mistake in it; sends nothing',
  builder: (parser) =>
    scenarioFlags(parser)
      .positional('scenario', { type: 'string', demandOption: false })
      .option('schema', {
        type: 'boolean',
        default: false,
        describe: 'print the JSON Schema of scenario files instead',
      })
      .example('$0 validate my.yaml', 'explain every mistake in my.yaml')
      .example('$0 validate --schema', 'the schema for an editor'),
  handler: async (flags) => {
    if (flags.schema) {
      const { scenarioJsonSchema } = await import('../scenario/json-schema.ts');
      process.stdout.write(`${JSON.stringify(await scenarioJsonSchema(), null, 2)}\n`);
      return;
    }
    if (flags.scenario === undefined) {
      process.stderr.write('error: name a scenario to validate, or ask for --schema\n');
      process.exitCode = exitOfError['bad-arguments'];
      return;
    }
    const planned = await planScenario(flags as ScenarioFlags);
    if (planned === null) {
      process.exitCode = exitOfError['bad-scenario'];
      return;
    }
    const { describePlan } = await import('./describe-plan.ts');
    process.stdout.write(describePlan(planned.plan, planned.file));
    if (planned.refusal === null) return;
    const { refusalError } = await import('../plan/safety.ts');
    process.stderr.write(`note: as it stands, run would refuse: ${refusalError(planned.refusal).message}\n`);
  },
} satisfies CommandModule<
  object,
  Partial<ScenarioFlags> & { schema: boolean; set: string[]; allow: string[]; verify: boolean }
>;
