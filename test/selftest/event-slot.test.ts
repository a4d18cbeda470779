import { describe, expect, it } from 'vitest';
import { createEventBatch } from '../../src/core/event-batch.ts';
import { createFleetEvents } from '../../src/events/fleet-events.ts';
import { createIdentified, Status } from '../../src/events/identified.ts';
import { createIdentifier } from '../../src/events/identifier.ts';
import { loadPlan } from '../../src/plan/load-plan.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { caseScenario, pluginFolder } from '../../src/selftest/case-scenario.ts';
import { cases, quickCase } from '../../src/selftest/cases.ts';
import { slotOf } from '../../src/selftest/event-slot.ts';
import { foreignMessages } from '../../src/selftest/foreign-messages.ts';

const target = '{ protocol: mqtt, endpoint: "mqtt://127.0.0.1:1883" }';
const anchor = { runId: 'r', startWallUs: Date.UTC(2026, 0, 1) * 1000, startMonoUs: 0 };

async function planOf(text: string): Promise<Plan> {
  const outcome = await loadPlan({ text, file: 'case.yaml', folder: pluginFolder, env: {}, set: [], allow: [] });
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.diagnostics));
  return outcome.plan;
}

describe('the scenarios of the cases', () => {
  // The plugin of the starved one is there once it is built only.
  const fromSource = cases.filter(({ mishap }) => mishap !== 'generator-starved');

  it.each(fromSource.flatMap((one) => [one, quickCase(one)]).map((one) => [one.name, one] as const))(
    '%s: as many events as the load says, and their slots can be read',
    async (_, one) => {
      const plan = await planOf(caseScenario(one, one.load, target));
      const [fleet] = plan.fleets;
      expect(fleet?.slots).toBe(one.load.events);
      const events = createFleetEvents(plan, 0, anchor);
      const batch = createEventBatch(3, 3 * events.maxEventBytes);
      const slots = [0, 1, one.load.events - 1];
      for (const slot of slots) events.append(slot, events.profile.timeOf(slot), batch);
      const read = slots.map((_, i) => slotOf(Buffer.from(batch.bytes.slice(batch.payloads[i], batch.ends[i]))));
      expect(read).toEqual(slots);
    },
  );

  it('name each case once, and at most a thousand events by each fault, as many as findings hold', () => {
    expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length);
    for (const { load } of cases) expect(load.events * 0.001 * 2).toBeLessThan(1000);
  });
});

describe('slotOf', () => {
  it('is no number where there is no id', () => {
    for (const text of ['', '{"iotload":"probe"}', `{"x":"${'g'.repeat(50)}"}`])
      expect(slotOf(Buffer.from(text))).toBeNaN();
  });
});

describe('foreign messages', () => {
  it('are foreign, each of them, and of several kinds', async () => {
    const [one] = cases as [(typeof cases)[number]];
    const plan = await planOf(caseScenario(one, one.load, target));
    const identifier = createIdentifier(plan, anchor);
    const messages = foreignMessages(plan);
    expect(messages.length).toBeGreaterThan(20);
    for (const bytes of messages)
      expect(identifier.identify(bytes, 0, bytes.length, createIdentified())).toBe(Status.foreign);
  });
});
