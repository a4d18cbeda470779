import { defineCommand } from './command.ts';
import { exitOfError } from './exit-codes.ts';
import { loadScenarioPlan, planScenario, type ScenarioFlags, scenarioFlags } from './scenario-flags.ts';

/** `iotload validate`: every mistake of a scenario at once, or the JSON Schema that editors use. */
export const validateCommand = defineCommand({
  command: 'validate [scenario]',
  exits: ['0', '2'],
  builder: (parser) =>
    scenarioFlags(parser)
      .demandOption([])
      .option('schema', {
        type: 'boolean',
        default: false,
        describe: 'print the JSON Schema of scenario files instead',
      })
      .option('json', { type: 'boolean', default: false, describe: 'print what was found as JSON' })
      .example('$0 validate my.yaml', 'explain every mistake in my.yaml')
      .example('$0 validate --schema', 'the schema for an editor'),
  handler: async (flags) => {
    if (flags.schema) {
      const { scenarioJsonSchema } = await import('../scenario/json-schema.ts');
      process.stdout.write(`${JSON.stringify(await scenarioJsonSchema(), null, 2)}\n`);
      return 0;
    }
    if (flags.scenario === undefined) {
      process.stderr.write('error: name a scenario to validate, or ask for --schema\n');
      return exitOfError['bad-arguments'];
    }
    if (flags.json) return findings(flags);
    const planned = await planScenario(flags);
    if (planned === null) return exitOfError['bad-scenario'];
    const { describePlan } = await import('./describe-plan.ts');
    process.stdout.write(describePlan(planned.plan, planned.file));
    if (planned.refusal !== null) {
      const { refusalError } = await import('../plan/safety.ts');
      process.stderr.write(`note: as it stands, run would refuse: ${refusalError(planned.refusal).message}\n`);
    }
    return 0;
  },
});

/** Everything that was found, for a program to read. */
async function findings(flags: ScenarioFlags): Promise<number> {
  const { file, text, outcome } = await loadScenarioPlan(flags);
  const { positionOf } = await import('../scenario/diagnostics.ts');
  const diagnostics = (outcome.ok ? outcome.warnings : outcome.diagnostics).map(({ range, ...diagnostic }) => ({
    ...diagnostic,
    ...(range === null ? { line: null, column: null } : positionOf(text, range.start)),
  }));
  const told = { file, valid: outcome.ok, diagnostics };
  process.stdout.write(`${JSON.stringify(told, null, 2)}\n`);
  return outcome.ok ? 0 : exitOfError['bad-scenario'];
}
