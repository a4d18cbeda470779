import { IotloadError } from '../../core/errors.ts';
import { loadPlan, type PlanRequest } from '../../plan/load-plan.ts';
import type { Plan } from '../../plan/plan.ts';
import { planDigest } from '../../plan/plan-digest.ts';
import { bundleScenario, type ScenarioBundle } from './scenario-bundle.ts';

/**
 * The bundle of a scenario whose plan is known. It is read again as whoever gets it will: what it comes to is that plan.
 *
 * @throws IotloadError as `bundleScenario`; `defect` where the bundle is another plan
 */
export async function bundlePlan(plan: Plan, request: PlanRequest & { folder: string }): Promise<ScenarioBundle> {
  const { environment, ...rest } = request;
  const bundle = bundleScenario({ ...request, environment: environment ?? null });
  const again = await loadPlan({ ...rest, text: bundle.text });
  if (again.ok && planDigest(again.plan) === planDigest(plan)) return bundle;
  const reason = again.ok ? 'another digest' : (again.diagnostics[0]?.message ?? 'mistakes');
  throw new IotloadError('defect', `the scenario as it would be printed has ${reason}`, { where: request.file });
}
