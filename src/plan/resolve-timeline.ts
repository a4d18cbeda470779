import type { BrokerFaults } from '../brokers/broker-faults.ts';
import type { Micros } from '../core/clock.ts';
import { closestName } from '../core/closest-name.ts';
import { models } from '../models/registry.ts';
import type { ScenarioDraft } from '../scenario/load-scenario.ts';
import type { TimelineDraft } from '../scenario/timeline.ts';
import { nodeAt } from '../scenario/tree.ts';
import type { TargetTraits } from '../targets/target.ts';
import type { TargetPlan } from './plan.ts';
import type { Report } from './resolve-plan.ts';
import type { TimelineAction, TimelineEntry } from './timeline.ts';

/** What the timeline's entries are held against. */
export interface TimelineSurroundings {
  warmUpUs: Micros;
  durationUs: Micros;
  /** Without those that are wrong themselves. */
  targets: readonly { protocol: string; traits: TargetTraits; plan: Pick<TargetPlan, 'options'> }[];
}

/** Resolves the timeline as far as its sound entries go; what cannot happen is reported. Sorted by time. */
export function resolveTimeline(draft: ScenarioDraft, around: TimelineSurroundings, report: Report): TimelineEntry[] {
  const entries = draft.timeline.flatMap((entry) => {
    checkAction(entry, draft, around, report);
    const fleets = fleetsOf(entry, draft, report);
    const afterUs = timeOf(entry.value.at, around.durationUs);
    if (afterUs >= around.durationUs && !shortened(draft)) {
      const hint = 'write a share of run.duration, such as at: 50%';
      report(['timeline', entry.index, 'at'], 'bad-value', { message: 'the run is over by then', hint });
    }
    return [{ atUs: around.warmUpUs + afterUs, fleets, ...actionOf(entry.value) }];
  });
  return entries.sort((a, b) => a.atUs - b.atUs);
}

/** Where only a flag ends the run before, what comes later just does not happen. */
function shortened({ tree }: ScenarioDraft): boolean {
  const duration = nodeAt(tree, ['run', 'duration']);
  return duration !== undefined && duration.place.flag !== null;
}

function timeOf(at: TimelineDraft['value']['at'], durationUs: Micros): Micros {
  if ('us' in at) return at.us;
  return Number((BigInt(durationUs) * BigInt(at.numerator)) / BigInt(at.denominator));
}

function fleetsOf({ index, value }: TimelineDraft, { fleets }: ScenarioDraft, report: Report): number[] | null {
  if (value.fleets === undefined) return null;
  const names = fleets.map(({ name }) => name);
  for (const [i, name] of value.fleets.entries()) {
    if (names.includes(name)) continue;
    const near = closestName(name, names);
    const hint = near === undefined ? `there is ${names.join(', ')}` : `did you mean "${near}"?`;
    report(['timeline', index, 'fleets', i], 'bad-value', { message: `there is no fleet "${name}"`, hint });
  }
  return value.fleets.map((name) => names.indexOf(name));
}

/** Whether there is anything that can be cut or moved. */
function checkAction(
  { index, value }: TimelineDraft,
  { fleets }: ScenarioDraft,
  { targets }: TimelineSurroundings,
  report: Report,
): void {
  const [target] = targets;
  if (value.disconnect !== undefined && target !== undefined && !targets.some(({ traits }) => traits.connected)) {
    const message = `${target.protocol} has no connections that could be cut`;
    report(['timeline', index, 'disconnect'], 'bad-value', { message, hint: 'it takes a target such as mqtt' });
  }
  const embedded = targets.some(({ plan }) => plan.options['endpoint'] === 'embedded');
  if (value.fault !== undefined && target !== undefined && !embedded) {
    const message = 'only an embedded broker does harm on purpose';
    report(['timeline', index, 'fault'], 'bad-value', { message, hint: 'write endpoint: embedded, or leave it away' });
  }
  const motion = value.shake !== undefined ? 'shake' : value.quake !== undefined ? 'quake' : null;
  if (motion === null) return;
  const hint = `${Object.values(models)
    .flatMap(({ name, feels }) => (feels?.includes(motion) ? [name] : []))
    .join(', ')} does`;
  const unmoved = fleets.filter(
    ({ value: { model } }) => model === undefined || !models[model]?.feels?.includes(motion),
  );
  for (const { name, value: fleet } of unmoved) {
    const position = value.fleets?.indexOf(name) ?? -1;
    if (position < 0 || fleet.model === undefined) continue;
    const message = `${fleet.model} does not feel a ${motion}`;
    report(['timeline', index, 'fleets', position], 'bad-value', { message, hint });
  }
  if (value.fleets === undefined && unmoved.length === fleets.length && fleets.every((fleet) => fleet.value.model))
    report(['timeline', index, motion], 'bad-value', { message: `no fleet feels a ${motion}`, hint });
}

function actionOf(value: TimelineDraft['value']): TimelineAction {
  const { shake, quake, disconnect, fault, note, for: forUs = 0 } = value;
  if (shake !== undefined) return { kind: 'shake', forUs, share: shake.numerator / shake.denominator };
  if (disconnect !== undefined)
    return { kind: 'disconnect', forUs, share: disconnect.numerator / disconnect.denominator };
  if (fault !== undefined) return { kind: 'fault', forUs, faults: faultsOf(fault) };
  if (quake === undefined) return { kind: 'note', text: note ?? '' };
  return {
    kind: 'quake',
    magnitude: quake.magnitude,
    depthKm: quake.depth / 1_000,
    distanceKm: quake.distance / 1_000,
  };
}

function faultsOf({ lost_acks, delay, stall, ...shares }: NonNullable<TimelineDraft['value']['fault']>): BrokerFaults {
  const given = Object.entries({ ...shares, lostAcks: lost_acks }).flatMap(([name, share]) =>
    share === undefined ? [] : [[name, share.numerator / share.denominator] as const],
  );
  return {
    ...Object.fromEntries(given),
    ...(delay === undefined ? {} : { delayUs: delay }),
    ...(stall === undefined ? {} : { stall }),
  };
}
