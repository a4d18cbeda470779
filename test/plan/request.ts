import { readFileSync } from 'node:fs';
import { loadPlan, type PlanRequest } from '../../src/plan/load-plan.ts';
import type { Plan } from '../../src/plan/plan.ts';
import type { SafetyRefusal } from '../../src/plan/safety.ts';
import type { Diagnostic } from '../../src/scenario/diagnostic.ts';
import { renderDiagnostics } from '../../src/scenario/diagnostics.ts';

/** A scenario of one fleet at 1000 events a second into an embedded broker; `more` is appended, `target` and `fleet` replace. */
export function scenario({ fleet = '', target = 'endpoint: embedded', more = '' } = {}): string {
  return `iotload: 1
run: { duration: 10s }
fleets:
  phones: { model: phone-motion, devices: 100, rate: 1k/s, payload: raw, ${fleet} }
target: { protocol: mqtt, ${target} }
${more}`;
}

export function fixture(name: string): { text: string; file: string } {
  return { file: name, text: readFileSync(new URL(`../fixtures/scenarios/good/${name}`, import.meta.url), 'utf8') };
}

function complete(request: Partial<PlanRequest> & { text: string }): PlanRequest {
  return { file: 'test.yaml', env: {}, set: [], allow: [], ...request };
}

/** The plan of a request that is right. */
export async function planned(
  request: Partial<PlanRequest> & { text: string },
): Promise<{ plan: Plan; refusal: SafetyRefusal | null; warnings: Diagnostic[] }> {
  const outcome = await loadPlan(complete(request));
  if (!outcome.ok) throw new Error(renderDiagnostics(outcome.diagnostics, request.text, 'test.yaml'));
  return outcome;
}

/** The mistakes of a request that is wrong, `[where: ]message`. */
export async function mistakes(request: Partial<PlanRequest> & { text: string }): Promise<string[]> {
  const outcome = await loadPlan(complete(request));
  if (outcome.ok) return [];
  return outcome.diagnostics.map(({ flag, message }) => (flag === null ? message : `${flag}: ${message}`));
}
