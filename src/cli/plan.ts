import { workersOf } from './carry-out.ts';
import { defineCommand } from './command.ts';
import { exitOfError } from './exit-codes.ts';
import { planScenario, scenarioFlags } from './scenario-flags.ts';

/** `iotload plan`: what a scenario comes to, sending nothing. */
export const planCommand = defineCommand({
  command: 'plan <scenario>',
  exits: ['0', '2'],
  builder: (parser) =>
    scenarioFlags(parser)
      .option('workers', { type: 'string', describe: 'worker threads (default: one per core, at most 4)' })
      .option('json', { type: 'boolean', default: false, describe: 'print plan, digest and estimate as JSON' })
      .example('$0 plan quickstart', 'devices, rates, bytes, connections, memory')
      .example('$0 plan my.yaml --rate 51M/day --json', 'another rate, for a program to read'),
  async handler(flags) {
    const workers = workersOf(flags.workers);
    const planned = await planScenario(flags);
    if (planned === null) return exitOfError['bad-scenario'];
    const { plan, refusal } = planned;
    const capacity = planned.capacity?.stated ? planned.capacity : null;
    const { sampleFleets } = await import('../runner/event-sizes.ts');
    const { EXAMPLE_START_WALL_US } = await import('../runner/example-payload.ts');
    const { estimatePlan } = await import('../plan/estimate.ts');
    const { generatorLoad } = await import('../plan/generator-load.ts');
    const { thisMachine } = await import('../core/machine-limits.ts');
    const { sizingsOf } = await import('../plan/sizing.ts');
    const { planDigest, redactPlan } = await import('../plan/plan-digest.ts');
    const samples = sampleFleets(plan, 'RUN', EXAMPLE_START_WALL_US);
    const estimate = estimatePlan(plan, samples, workers);
    const generator = generatorLoad(plan, estimate, thisMachine());
    const digest = planDigest(plan);
    const sizings = await sizingsOf(plan, samples, workers);
    // By target; only those that say what they need.
    const known = plan.targets.flatMap(({ name }, i) => (sizings[i] == null ? [] : [[name, sizings[i].figures]]));
    const sized = known.length === 0 ? {} : { sizing: Object.fromEntries(known) };
    if (flags.json) {
      process.stdout.write(
        `${JSON.stringify({ plan: redactPlan(plan), digest, estimate, generator, ...sized, ...(capacity && { capacity }) }, null, 2)}\n`,
      );
    } else {
      const { planText } = await import('../report/plan-text.ts');
      const addresses = samples.map(({ address }) => address);
      process.stdout.write(planText(plan, estimate, { addresses, digest, generator, sizings, capacity }));
    }
    if (refusal !== null) {
      const { refusalError } = await import('../plan/safety.ts');
      const { message, hint } = refusalError(refusal);
      process.stderr.write(`note: run would refuse it as it stands: ${message}\n  hint: ${hint}\n`);
    }
    return 0;
  },
});
