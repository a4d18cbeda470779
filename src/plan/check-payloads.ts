import { codecs } from '../codecs/registry.ts';
import type { TargetTraits } from '../targets/target.ts';
import type { TemplateProblem } from './check-templates.ts';
import type { FleetPlan } from './plan.ts';

/** What keeps a fleet's payloads out of a target; null where nothing does. */
export function payloadProblem(
  traits: TargetTraits,
  { name, payload }: Pick<FleetPlan, 'name'> & { payload: { codec: string } },
): (TemplateProblem & { key: 'codec' | 'format' }) | null {
  const { codec } = payload;
  const binary = codecs[codec]?.binary === true;
  if (traits.payloads === 'csv' && codec !== 'csv') {
    return {
      key: 'format',
      message: `the payloads of ${name} are ${codec}, which has no columns`,
      hint: 'write codec: csv in its payload, or format: lines here',
    };
  }
  if (traits.payloads !== undefined && binary) {
    return {
      key: 'codec',
      message: `the target writes lines of text, and ${codec} is not text`,
      hint: 'write codec: json, or send to another target',
    };
  }
  return null;
}
