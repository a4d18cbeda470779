import type { ScenarioPath } from '../scenario/diagnostic.ts';
import type { ScenarioDraft } from '../scenario/load-scenario.ts';
import { keyAt } from '../scenario/tree.ts';
import { nearestHint } from './nearest-hint.ts';
import type { HopPlan, Identity, VerifyPlan } from './plan.ts';
import type { Report } from './resolve-plan.ts';
import type { ResolvedTarget } from './resolve-targets.ts';

/** A fleet as far as reading it back goes. */
export interface SendingFleet {
  name: string;
  identity: Identity;
  /** Indices of the targets that it sends to. */
  to: readonly number[];
}

type Verify = NonNullable<ScenarioDraft['verify']>;

/** What is read back, and what is expected of it. null: not asked; undefined: something is wrong, and told. */
export function resolveVerify(
  draft: ScenarioDraft,
  targets: readonly ResolvedTarget[],
  fleets: readonly SendingFleet[],
  noVerify: boolean,
  report: Report,
): VerifyPlan | null | undefined {
  const { verify } = draft;
  if (verify === null) return null;
  if (verify === undefined || targets.length < draft.targetNames.length) return undefined;
  const sentTo = (target: number): boolean => fleets.some(({ to }) => to.includes(target));
  const reads = readTargets(draft, verify, targets, sentTo, report);
  if (reads === null || reads === undefined) return reads;
  const taps = namedTargets(draft, 'taps', verify.taps ?? [], targets, report);
  for (const [i, tap] of taps.entries()) {
    if (!reads.includes(tap)) continue;
    const message = `"${targets[tap]?.plan.name}" is read anyway`;
    report(['verify', 'taps', i], 'bad-value', { message, hint: 'leave it out' });
  }
  const elsewhere = [...reads, ...taps].filter((target) => !sentTo(target));
  const hop = hopOf(verify, elsewhere, fleets, report);
  const [read, ...others] = reads as [number, ...number[]];
  // What nobody acknowledged when it was sent is not known to have been taken, wherever it is read.
  const senders = targets.filter((_, target) => sentTo(target));
  const silent = senders.find(({ traits }) => !traits.acknowledges);
  if (silent !== undefined && verify.expect !== undefined && verify.expect !== 'at-most-once') {
    const hint = 'write expect: at-most-once, or let the target acknowledge (qos: 1, acks: all)';
    const where = senders.length === 1 ? '' : ` at ${silent.plan.name}`;
    report(['verify', 'expect'], 'bad-value', {
      message: `nothing is acknowledged${where}, so ${verify.expect} cannot be judged`,
      hint,
    });
    return undefined;
  }
  if (noVerify) return null;
  const passed = [...senders, ...reads.map((target) => targets[target] as ResolvedTarget)];
  return {
    read,
    ...(others.length === 0 ? {} : { others }),
    ...(taps.length === 0 ? {} : { taps }),
    ...(hop === null ? {} : { hop }),
    expect: verify.expect ?? (silent === undefined ? 'at-least-once' : 'at-most-once'),
    order: verify.order === undefined ? passed.every(({ traits }) => traits.ordered) : verify.order === 'per_device',
    graceUs: verify.grace,
  };
}

/** Those that are named, or where the fleets send; null where nothing of that can be read and nobody asked. */
function readTargets(
  draft: ScenarioDraft,
  verify: Verify,
  targets: readonly ResolvedTarget[],
  sentTo: (target: number) => boolean,
  report: Report,
): number[] | null | undefined {
  if (verify.read !== undefined) {
    const names = typeof verify.read === 'string' ? [verify.read] : verify.read;
    const found = namedTargets(draft, 'read', names, targets, report, typeof verify.read === 'string');
    return found.length < names.length ? undefined : found;
  }
  const sent = targets.flatMap((target, index) => (sentTo(index) ? [{ target, index }] : []));
  const readable = sent.filter(({ target }) => target.traits.readable).map(({ index }) => index);
  if (readable.length > 0) return readable;
  const asked = keyAt(draft.tree, ['verify']) !== undefined;
  const [first] = sent;
  if (!asked || first === undefined) return asked ? undefined : null;
  const message = `${first.target.protocol} cannot be read back`;
  report(['verify'], 'bad-value', { message, hint: 'leave verify away' });
  return undefined;
}

function namedTargets(
  { targetNames }: ScenarioDraft,
  key: 'read' | 'taps',
  names: readonly string[],
  targets: readonly ResolvedTarget[],
  report: Report,
  alone = false,
): number[] {
  return names.flatMap((name, i) => {
    const path: ScenarioPath = alone ? ['verify', key] : ['verify', key, i];
    const index = targets.findIndex(({ plan }) => plan.name === name);
    const target = targets[index];
    if (target === undefined) {
      report(path, 'bad-value', { message: `there is no target "${name}"`, hint: nearestHint(name, targetNames) });
      return [];
    }
    if (names.indexOf(name) < i) {
      report(path, 'bad-value', { message: `"${name}" stands there twice`, hint: null });
      return [];
    }
    if (target.traits.readable) return [index];
    report(path, 'bad-value', { message: `${target.protocol} cannot be read back`, hint: 'name another target' });
    return [];
  });
}

/** What is left of identities behind a bridge, checked against those that the fleets' events have. */
function hopOf(
  { hop }: Verify,
  elsewhere: readonly number[],
  fleets: readonly SendingFleet[],
  report: Report,
): HopPlan | null {
  if (hop === undefined) return null;
  const path: ScenarioPath = ['verify', 'hop'];
  if (elsewhere.length === 0) {
    const hint = 'leave it away, or read a target that a bridge writes to';
    report(path, 'bad-value', { message: 'fleets send to every target that is read: there is no hop', hint });
  }
  if (hop.as !== undefined && hop.payload_at === undefined) {
    const hint = 'say where the payload stands: payload_at: /payload';
    report([...path, 'as'], 'bad-value', { message: '"as" has no meaning without payload_at', hint });
  }
  const lost = fleets.find(({ identity }) => !survives(hop.survives, identity));
  if (lost !== undefined) {
    const hint = `write survives: ${lost.identity === 'named' ? 'fields' : lost.identity}, or none where the bridge drops it`;
    const message = `the events of ${lost.name} have identity: ${lost.identity}, not ${hop.survives}`;
    report([...path, 'survives'], 'bad-value', { message, hint });
  }
  return {
    ...(hop.payload_at === undefined ? {} : { payloadAt: hop.payload_at }),
    as: hop.as ?? 'string',
    survives: hop.survives,
  };
}

function survives(survivor: HopPlan['survives'], identity: Identity): boolean {
  if (survivor === 'none' || identity === 'none') return true;
  if (survivor === 'headers') return identity === 'headers';
  // A payload that arrives as it was sent keeps whatever identity stands in it.
  if (survivor === 'derived') return identity === 'derived';
  return identity !== 'headers';
}
