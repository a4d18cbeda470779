import type { BehaviorSpec } from '../../src/models/behavior/spec.ts';
import type { FleetPlan, Identity, Plan, VerifyPlan } from '../../src/plan/plan.ts';

/** A plan of plain fleets, 1 000 events a second each, one target, all of it measured. */
export function testPlan(
  fleets: readonly { devices: number; slots: number; identity?: Identity; behavior?: BehaviorSpec | undefined }[],
  verify: Partial<VerifyPlan> | null = {},
  thresholds: readonly string[] = [],
): Plan {
  return {
    plan: 1,
    name: 'test',
    description: '',
    seed: 1,
    clock: { startUs: null, speed: { numerator: 1, denominator: 1 } },
    run: { warmUpUs: 0, durationUs: 3_600_000_000, drainUs: 0 },
    fleets: fleets.map(
      ({ devices, slots, identity = 'fields', behavior }, index): FleetPlan => ({
        name: `fleet${index}`,
        model: 'phone-motion',
        params: {},
        devices,
        id: '<fleet>-<index>',
        schedule: { rate: { events: 1_000, perUs: 1_000_000 }, segments: [] },
        slots,
        payload: { codec: 'json', profile: null, fields: [{ name: 'device', value: '<device>' }], identity },
        address: '',
        target: 0,
        ...(behavior === undefined ? {} : { behavior }),
      }),
    ),
    targets: [{ name: 'target', protocol: 'file', options: {} }],
    verify: verify === null ? null : { read: 0, expect: 'at-least-once', order: true, graceUs: 0, ...verify },
    thresholds: thresholds.map((expression) => ({ expression })),
    timeline: [],
    outputs: { dir: 'results', labels: {} },
    limits: { memoryBytes: null },
  };
}
