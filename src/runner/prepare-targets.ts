import type { Clock } from '../core/clock.ts';
import { systemRandom } from '../core/entropy.ts';
import { revealSecrets } from '../core/secrets.ts';
import type { Plan, TargetPlan } from '../plan/plan.ts';
import { pacedLengthUs } from '../plan/plan-length.ts';
import { targetOf } from '../targets/registry.ts';
import type { NoticeKind } from '../targets/target.ts';

/** A run, as far as its targets have to know it beforehand. */
export interface RunAhead {
  clock: Clock;
  runId: string;
  env: Readonly<Record<string, string | undefined>>;
  /** Hears what a target has to say, by the target's name. */
  notice(target: string, kind: NoticeKind, detail: string): void;
}

/** Lets every target prepare itself before any worker connects. @throws IotloadError what one has against the run */
export async function prepareTargets(plan: Plan, ahead: RunAhead): Promise<void> {
  for (const target of plan.targets) await prepareTarget(plan, target, ahead);
}

/** Lets one target prepare itself. Resolves with what it found; null where there is nothing to prepare. */
export async function prepareTarget(
  plan: Plan,
  { name, protocol, options }: TargetPlan,
  { clock, runId, env, notice }: RunAhead,
): Promise<string | null> {
  const definition = targetOf(protocol);
  if (definition.prepare === undefined) return null;
  const { prepare } = await definition.prepare();
  return prepare(options, {
    clock,
    runId,
    lastsUs: pacedLengthUs(plan) + plan.run.drainUs + (plan.verify?.graceUs ?? 0),
    notice: (kind, detail) => notice(name, kind, detail),
    random: systemRandom,
    reveal: (text) => revealSecrets(text, env),
  });
}
