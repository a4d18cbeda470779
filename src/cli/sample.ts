import { systemClock } from '../core/clock.ts';
import { newRunId } from '../core/entropy.ts';
import { IotloadError } from '../core/errors.ts';
import { clearBatch, createEventBatch } from '../core/event-batch.ts';
import type { FleetPlan, Plan } from '../plan/plan.ts';
import { wantsColour } from './colour.ts';
import { defineCommand } from './command.ts';
import { exitOfError } from './exit-codes.ts';
import { planScenario, scenarioFlags } from './scenario-flags.ts';
import { checkRunId } from './shard-flags.ts';

/** Events printed when --count does not say. */
const DEFAULT_COUNT = 10;

/** `iotload sample`: the first events of each fleet as they would be sent. */
export const sampleCommand = defineCommand({
  command: 'sample <scenario>',
  exits: ['0', '2'],
  builder: (parser) =>
    scenarioFlags(parser)
      .option('fleet', { type: 'string', describe: 'only this fleet' })
      .option('address', {
        type: 'boolean',
        default: false,
        describe: 'print the topic or key before each event, with a tab',
      })
      .option('labels', {
        type: 'boolean',
        default: false,
        describe: 'print before each event, with a tab, what is true of it: one JSON object',
      })
      .option('plot', { type: 'boolean', default: false, describe: 'draw what the sensors feel instead' })
      .option('device', { type: 'string', describe: 'with --plot: these devices by number, such as 0,17' })
      .option('reading', { type: 'string', describe: 'with --plot: this reading or label' })
      .option('from', { type: 'string', describe: 'with --plot: from this time of the run on, such as 10s' })
      .option('for', { type: 'string', describe: 'with --plot: for this long, such as 20s' })
      .option('run-id', { type: 'string', describe: 'run id that the events carry' })
      .example('$0 sample quickstart --count 5', 'the first five events')
      .example('$0 sample my.yaml --seed 7 --address', 'other devices, with their topics')
      .example('$0 sample earthquake --plot', 'the waves of an earthquake, from near to far'),
  handler: async (flags) => {
    const planned = await planScenario(flags);
    if (planned === null) return exitOfError['bad-scenario'];
    const runId = flags.runId === undefined ? newRunId() : checkRunId(flags.runId);
    const { plan } = planned;
    const names = [...new Set(plan.fleets.map((fleet) => fleet.name))];
    if (flags.fleet !== undefined && !names.includes(flags.fleet)) {
      throw new IotloadError('bad-arguments', 'the scenario has no such fleet', {
        where: '--fleet',
        value: flags.fleet,
        hint: `it has ${names.join(', ')}`,
      });
    }
    const { fleetGroups } = await import('../plan/fleet-groups.ts');
    // The events are the same for each target that a fleet sends to.
    for (const [fleet] of fleetGroups(plan) as [number][]) {
      const name = (plan.fleets[fleet] as FleetPlan).name;
      if (flags.fleet !== undefined && name !== flags.fleet) continue;
      if (flags.plot) {
        const { samplePlot } = await import('./sample-plot.ts');
        const lines = samplePlot(plan, fleet, runId, flags, wantsColour(process.stdout));
        process.stdout.write(`${lines.join('\n')}\n`);
        continue;
      }
      const limit = flags.count === undefined ? DEFAULT_COUNT : Number.POSITIVE_INFINITY;
      await printFleet(plan, fleet, runId, limit, flags);
    }
    return 0;
  },
});

async function printFleet(
  plan: Plan,
  fleet: number,
  runId: string,
  limit: number,
  show: { address: boolean; labels: boolean },
): Promise<void> {
  const { createFleetEvents } = await import('../events/fleet-events.ts');
  const { codecs } = await import('../codecs/registry.ts');
  const startWallUs = plan.clock.startUs ?? Math.floor(systemClock().wallUs() / 1000) * 1000;
  const events = createFleetEvents(plan, fleet, { runId, startWallUs, startMonoUs: 0 });
  const batch = createEventBatch(1, events.maxEventBytes);
  const text = new TextDecoder();
  const { codec: format, schema } = (plan.fleets[fleet] as FleetPlan).payload;
  const codec = codecs[format];
  for (let slot = 0; slot < Math.min(limit, events.slots); slot++) {
    clearBatch(batch, fleet);
    events.append(slot, events.profile.timeOf(slot), batch);
    const payloadAt = batch.payloads[0] as number;
    const bytes = batch.bytes.subarray(payloadAt, batch.ends[0]);
    const payload = codec?.show === undefined ? text.decode(bytes) : await codec.show(bytes, schema);
    const columns = [payload];
    if (show.address) columns.unshift(text.decode(batch.bytes.subarray(batch.starts[0], payloadAt)));
    if (show.labels) columns.unshift(JSON.stringify(events.facts(slot)));
    if (!process.stdout.write(`${columns.join('\t')}\n`))
      await new Promise((resolve) => process.stdout.once('drain', resolve));
  }
}
