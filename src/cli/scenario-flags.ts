import type { Argv } from 'yargs';
import { IotloadError } from '../core/errors.ts';
import type { PlanOutcome, PlanRequest } from '../plan/load-plan.ts';
import type { Plan } from '../plan/plan.ts';
import type { CapacityPlan } from '../plan/resolve-capacity.ts';
import type { SafetyRefusal } from '../plan/safety.ts';
import { readEnvFile } from './env-file.ts';
import { findScenario } from './find-scenario.ts';

/** Flags of every command that takes a scenario, whatever it does with its load. */
export interface AnyLoadFlags {
  scenario: string;
  set: string[];
  seed: string | undefined;
  allow: string[];
  verify: boolean;
  env: string | undefined;
  'env-file': string[];
  label: string[];
}

/** Flags of every command that takes a scenario as one run. */
export interface ScenarioFlags extends AnyLoadFlags {
  duration: string | undefined;
  rate: string | undefined;
  count: string | undefined;
}

/** Adds the scenario argument and the flags that change it. Values stay text: their units are the scenario file's. */
export function scenarioFlags<T>(parser: Argv<T>): Argv<T & ScenarioFlags> {
  return anyLoadFlags(parser)
    .option('duration', { type: 'string', describe: 'override run.duration, e.g. 30s' })
    .option('rate', { type: 'string', describe: 'scale all fleets to this sum, e.g. 5k/s or 51M/day' })
    .option('count', { type: 'string', describe: 'send at most this many events, e.g. 10k' });
}

/** The same without those that say how much is sent. */
export function anyLoadFlags<T>(parser: Argv<T>): Argv<T & AnyLoadFlags> {
  return parser
    .positional('scenario', {
      type: 'string',
      demandOption: true,
      describe: 'YAML file, or the name of a shipped scenario',
    })
    .option('set', {
      type: 'string',
      array: true,
      nargs: 1,
      default: [] as string[],
      describe: 'override one key, e.g. --set target.endpoint=mqtt://127.0.0.1:1883 (repeatable)',
    })
    .option('seed', { type: 'string', describe: 'override the seed: same seed, same bytes' })
    .option('allow', {
      type: 'string',
      array: true,
      nargs: 1,
      default: [] as string[],
      describe: 'allow a host that the scenario file does not name, as host or host:port (repeatable)',
    })
    .option('env', { type: 'string', describe: 'lay this environment of the file over the scenario' })
    .option('env-file', {
      type: 'string',
      array: true,
      nargs: 1,
      default: [] as string[],
      describe: 'read variables for ${NAME} from this file; what is set already stays (repeatable)',
    })
    .option('label', {
      type: 'string',
      array: true,
      nargs: 1,
      default: [] as string[],
      describe: 'name=value that every output carries (repeatable)',
    })
    .option('verify', {
      type: 'boolean',
      default: true,
      describe: 'read back and prove delivery (--no-verify: do not)',
    });
}

/** The flags as they can be given again where the scenario's environment is laid over it and its variables are known. */
export function scenarioArguments(flags: ScenarioFlags): string[] {
  const single = (['duration', 'rate', 'count', 'seed'] as const).flatMap((name) => {
    const value = flags[name];
    return value === undefined ? [] : [`--${name}`, value];
  });
  const repeated = (['set', 'allow', 'label'] as const).flatMap((name) =>
    flags[name].flatMap((value) => [`--${name}`, value]),
  );
  return [...single, ...repeated, ...(flags.verify ? [] : ['--no-verify'])];
}

/** What a plan is made from, and where the paths in it start. */
export type ScenarioRequest = PlanRequest & { folder: string };

export interface PlannedScenario {
  plan: Plan;
  refusal: SafetyRefusal | null;
  /** null where its load cannot be varied. */
  capacity: CapacityPlan | null;
  file: string;
  /** What it was made from. */
  request: ScenarioRequest;
}

/** Reads the scenario's file and what its flags ask for. */
export function scenarioRequest(flags: AnyLoadFlags): ScenarioRequest {
  for (const path of flags['env-file']) readEnvFile(path, process.env);
  return {
    ...findScenario(flags.scenario),
    env: process.env,
    set: flags.set,
    noVerify: !flags.verify,
    allow: flags.allow,
    labels: flags.label,
    ...(flags.env === undefined ? {} : { environment: flags.env }),
    ...(flags.seed === undefined ? {} : { seed: flags.seed }),
  };
}

/** Loads the scenario and resolves its plan, or says everything that is wrong with it. Prints nothing. */
export async function loadScenarioPlan(
  flags: ScenarioFlags,
): Promise<{ file: string; text: string; outcome: PlanOutcome; request: ScenarioRequest }> {
  const { loadPlan } = await import('../plan/load-plan.ts');
  const request: ScenarioRequest = {
    ...scenarioRequest(flags),
    ...(flags.duration === undefined ? {} : { duration: flags.duration }),
    ...(flags.rate === undefined ? {} : { rate: flags.rate }),
    ...(flags.count === undefined ? {} : { count: flags.count }),
  };
  return { file: request.file, text: request.text, outcome: await loadPlan(request), request };
}

/** Loads the scenario and resolves its plan. Prints every mistake and returns null when there is one; prints warnings either way. */
export async function planScenario(flags: ScenarioFlags): Promise<PlannedScenario | null> {
  const { file, text, outcome, request } = await loadScenarioPlan(flags);
  const sound = await soundPlan(outcome, text, file);
  return sound === null ? null : { plan: sound.plan, refusal: sound.refusal, capacity: sound.capacity, file, request };
}

/** Prints what is wrong with a scenario, and what deserves a word; null where there is no plan. */
export async function soundPlan(
  outcome: PlanOutcome,
  text: string,
  file: string,
): Promise<Extract<PlanOutcome, { ok: true }> | null> {
  const { renderDiagnostics } = await import('../scenario/diagnostics.ts');
  const told = outcome.ok ? outcome.warnings : outcome.diagnostics;
  if (told.length > 0) process.stderr.write(renderDiagnostics(told, text, file));
  return outcome.ok ? outcome : null;
}

/** The plan of a scenario that may be carried out; null when it has mistakes. Throws what the safety rail refuses. */
export async function allowedPlan(flags: ScenarioFlags): Promise<Plan | null> {
  return (await allowedScenario(flags))?.plan ?? null;
}

/** The same with what it was made from. */
export async function allowedScenario(flags: ScenarioFlags): Promise<PlannedScenario | null> {
  const planned = await planScenario(flags);
  if (planned === null || planned.refusal === null) return planned;
  const { refusalError } = await import('../plan/safety.ts');
  throw refusalError(planned.refusal);
}

/** A flag that takes a whole number from `least` to `most`; undefined stays undefined. */
export function wholeNumber(flag: string, text: string | undefined, least: number, most: number): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new IotloadError('bad-arguments', `expected a whole number from ${least} to ${most}`, {
    where: `--${flag}`,
    value: text,
  });
}
