import { commonPlaceholders } from '../codecs/vocabulary.ts';
import { closestName } from '../core/closest-name.ts';
import type { DeviceModel, FreeParams, ParamProblem, ParamSpec, Params, ParamValue } from '../models/model.ts';

/** A model's parameters with defaults filled in, and what is wrong with those that were given. */
export interface ResolvedParams {
  params: Record<string, ParamValue>;
  /** Their paths begin with the parameter's name. */
  problems: ParamProblem[];
}

/** Most parameters whose names the scenario chooses. */
const MOST_FREE = 1_000;

export function resolveParams(model: DeviceModel, given: Params): ResolvedParams {
  const { freeParams } = model;
  const params: Record<string, ParamValue> = {};
  const problems: ParamProblem[] = [];
  for (const [key, spec] of Object.entries(model.params)) {
    if (spec.default !== null) params[key] = spec.default;
    else if (!Object.hasOwn(given, key))
      problems.push({ path: [], message: `"${key}" is missing in params`, hint: spec.doc });
  }
  let free = 0;
  for (const [key, value] of Object.entries(given)) {
    const known = Object.hasOwn(model.params, key);
    if (!known && freeParams === undefined) {
      problems.push(unknownKey(model, key));
      continue;
    }
    if (!known && ++free > MOST_FREE) {
      problems.push({ path: [key], key: true, message: `more than ${MOST_FREE} readings`, hint: null });
      break;
    }
    const found = known
      ? problemsOf(value, model.params[key] as ParamSpec)
      : freeProblems(key, value, freeParams as FreeParams);
    problems.push(...found.map((problem) => ({ ...problem, path: [key, ...problem.path] })));
    if (found.length === 0) params[key] = value;
    else if (!known && found.every((problem) => problem.key !== true || problem.path.length > 0))
      params[key] = (freeParams as FreeParams).instead;
  }
  return { params, problems };
}

function unknownKey(model: DeviceModel, key: string): ParamProblem {
  const names = Object.keys(model.params);
  const near = closestName(key, names);
  const hint = near === undefined ? `${model.name} has ${names.join(', ') || 'none'}` : `did you mean "${near}"?`;
  return { path: [key], key: true, message: `unknown key "${key}"`, hint };
}

/** The name has to be one that a placeholder can have and none has yet. */
function freeProblems(key: string, value: ParamValue, freeParams: FreeParams): ParamProblem[] {
  const wrong = (message: string, hint: string): ParamProblem[] => [{ path: [], key: true, message, hint }];
  if (!/^[A-Za-z][A-Za-z0-9_]{0,63}$/.test(key))
    return wrong(`"${key}" cannot be a name`, 'letters, digits and "_", up to 64, beginning with a letter');
  if (commonPlaceholders.includes(key))
    return wrong(`"<${key}>" has a meaning already`, `choose another name, such as ${key}_1`);
  return freeParams.check(key, value);
}

function problemsOf(value: ParamValue, spec: ParamSpec): ParamProblem[] {
  const wrong = (message: string, hint = spec.doc): ParamProblem[] => [{ path: [], message, hint }];
  if (spec.type === 'texts') {
    const isList = Array.isArray(value) && value.every((item) => typeof item === 'string');
    return isList ? [] : wrong('expected a list of texts');
  }
  if (typeof value === 'object' && value !== null) return wrong('expected one value');
  const unit = spec.unit === undefined ? '' : ` (${spec.unit})`;
  switch (spec.type) {
    case 'choice': {
      if (typeof value === 'string' && spec.choices.includes(value)) return [];
      const near = closestName(String(value), spec.choices);
      const message = `"${value}" is none of ${spec.choices.join(', ')}`;
      return wrong(message, near === undefined ? spec.doc : `did you mean "${near}"?`);
    }
    case 'flag':
      return typeof value === 'boolean' ? [] : wrong(`expected true or false, found "${value}"`);
    case 'fleet':
      return typeof value === 'string' ? [] : wrong(`expected the name of a fleet, found "${value}"`);
    case 'text':
      return typeof value === 'string' && (value !== '' || spec.default === '')
        ? []
        : wrong(`expected a text${unit}, found "${value}"`);
    case 'number':
      if (typeof value !== 'number') return wrong(`expected a number${unit}, found "${value}"`);
      if (spec.min !== undefined && value < spec.min)
        return wrong(`"${value}" is too small: at least ${spec.min}${unit}`);
      if (spec.max !== undefined && value > spec.max)
        return wrong(`"${value}" is too large: at most ${spec.max}${unit}`);
      return [];
  }
}
