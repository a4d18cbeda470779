import { IotloadError } from '../core/errors.ts';
import { parseRate } from '../core/units.ts';
import type { PlanRequest } from './load-plan.ts';
import type { Plan } from './plan.ts';
import { refusalError } from './safety.ts';

/** A scenario that was written for somebody from a few answers. */
export interface DraftedScenario {
  /** YAML. */
  text: string;
  /** Flag or argument behind each path of the scenario that an answer went into. */
  askedBy: Readonly<Record<string, string>>;
}

/**
 * Resolves a drafted scenario through the loader of all scenarios.
 * @throws IotloadError `bad-arguments` for the first answer that is no good, by the flag that gave it
 */
export async function planDrafted(
  { text, askedBy }: DraftedScenario,
  file: string,
  flags: { env?: PlanRequest['env']; noVerify?: boolean } = {},
): Promise<Plan> {
  const { loadPlan } = await import('./load-plan.ts');
  const outcome = await loadPlan({ text, file, env: {}, set: [], allow: [], ...flags });
  if (outcome.ok && outcome.refusal !== null) throw refusalError(outcome.refusal);
  if (outcome.ok) return outcome.plan;
  const told = outcome.diagnostics.map((diagnostic) => ({ ...diagnostic, flag: flagOf(diagnostic.path, askedBy) }));
  const [first] = [...told.filter(({ flag }) => flag !== null), ...told];
  throw new IotloadError('bad-arguments', first?.message ?? 'the scenario cannot be made', {
    where: first?.flag ?? first?.path.join('.') ?? file,
    ...(first?.hint == null ? {} : { hint: first.hint }),
  });
}

/** The flag behind a path, or behind what lies above it. */
function flagOf(path: readonly (string | number)[], askedBy: DraftedScenario['askedBy']): string | null {
  for (let length = path.length; length > 0; length--) {
    const flag = askedBy[path.slice(0, length).join('.')];
    if (flag !== undefined) return flag;
  }
  return null;
}

/** Records a second that a drafted scenario gives a shard of Kinesis, which takes a thousand. */
const PER_SHARD = 700;
const MOST_SHARDS = 10_000;

/** Shards of a stream that is made for a rate, as the scenario file writes it; 1 where it is none. */
export function shardsAtLeast(rate: string): number {
  const parsed = parseRate(rate);
  if ('error' in parsed) return 1;
  return Math.min(Math.ceil(((parsed.value.events / parsed.value.perUs) * 1_000_000) / PER_SHARD), MOST_SHARDS);
}

/** Text as YAML: as it stands where it stays text, in quotes otherwise. */
export function yamlText(text: string): string {
  const plain = /^[A-Za-z0-9<][\w./<>%-]*(?:[:@ ][\w./<>%-]+)*$/.test(text);
  return plain && !/^(?:true|false|null|[\d.]+(?:e\d+)?|0[xo].*)$/i.test(text) ? text : JSON.stringify(text);
}

/** A number or quantity as YAML; anything else in quotes, so that it can be refused for what it is. */
export function yamlQuantity(text: string): string {
  return /^[\w./%]+$/.test(text) ? text : JSON.stringify(text);
}
