import { IotloadError } from '../core/errors.ts';
import type { Plan } from '../plan/plan.ts';
import { planDigest } from '../plan/plan-digest.ts';

/** Fewer digits than `plan` shows tell too little. */
const digestShape = /^[0-9a-f]{16,64}$/;

/**
 * Refuses a plan that is not the one whose digest was written down, whole or its first digits, where the run was prepared: another scenario,
 * other variables, another version. Without a digest there is nothing to compare.
 *
 * @throws IotloadError `bad-arguments`
 */
export function requirePlan(plan: Plan, expected: string | undefined): void {
  if (expected === undefined) return;
  const where = '--plan-digest';
  if (!digestShape.test(expected)) {
    const hint = 'iotload plan SCENARIO prints it';
    throw new IotloadError('bad-arguments', 'expected 16 to 64 hexadecimal digits', { where, value: expected, hint });
  }
  const actual = planDigest(plan);
  if (actual.startsWith(expected)) return;
  throw new IotloadError('bad-arguments', `the plan is another one: its digest begins with ${actual.slice(0, 16)}`, {
    where,
    value: expected,
    hint: 'scenario, files, flags, variables and version of iotload have to be those with which the digest was made',
  });
}
