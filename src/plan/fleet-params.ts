import { closestName } from '../core/closest-name.ts';
import type { DeviceModel, ParamSpec, ParamValue } from '../models/model.ts';
import type { TemplateProblem } from './check-templates.ts';

/** A model's parameters with defaults filled in, and what is wrong with those that were given, by key. */
export interface ResolvedParams {
  params: Record<string, ParamValue>;
  problems: { key: string; unknown: boolean; problem: TemplateProblem }[];
}

export function resolveParams(model: DeviceModel, given: Readonly<Record<string, ParamValue | null>>): ResolvedParams {
  const params: Record<string, ParamValue> = {};
  for (const [key, spec] of Object.entries(model.params)) params[key] = spec.default;
  const problems: ResolvedParams['problems'] = [];
  for (const [key, value] of Object.entries(given)) {
    if (!Object.hasOwn(model.params, key)) {
      const names = Object.keys(model.params);
      const near = closestName(key, names);
      const hint = near === undefined ? `${model.name} has ${names.join(', ') || 'none'}` : `did you mean "${near}"?`;
      problems.push({ key, unknown: true, problem: { message: `unknown key "${key}"`, hint } });
      continue;
    }
    const problem = problemOf(value, model.params[key] as ParamSpec);
    if (problem === null) params[key] = value as ParamValue;
    else problems.push({ key, unknown: false, problem });
  }
  return { params, problems };
}

function problemOf(value: ParamValue | null, spec: ParamSpec): TemplateProblem | null {
  if (spec.type === 'choice') {
    if (typeof value === 'string' && spec.choices.includes(value)) return null;
    const near = closestName(String(value), spec.choices);
    return {
      message: `"${value}" is none of ${spec.choices.join(', ')}`,
      hint: near === undefined ? spec.doc : `did you mean "${near}"?`,
    };
  }
  const unit = spec.unit === undefined ? '' : ` (${spec.unit})`;
  if (typeof value !== 'number') return { message: `expected a number${unit}, found "${value}"`, hint: spec.doc };
  if (spec.min !== undefined && value < spec.min)
    return { message: `"${value}" is too small: at least ${spec.min}${unit}`, hint: spec.doc };
  if (spec.max !== undefined && value > spec.max)
    return { message: `"${value}" is too large: at most ${spec.max}${unit}`, hint: spec.doc };
  return null;
}
