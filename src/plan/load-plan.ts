import { dirname } from 'node:path';
import { type Parsed, parseCount, parseRate } from '../core/units.ts';
import { type Diagnostic, type ScenarioPath, sortDiagnostics } from '../scenario/diagnostic.ts';
import { isHostPattern } from '../scenario/host-pattern.ts';
import { loadScenario, type ScenarioDraft } from '../scenario/load-scenario.ts';
import { type Override, parseSet } from '../scenario/overrides.ts';
import { isLiteral } from '../scenario/references.ts';
import { isSecret } from '../scenario/secret-keys.ts';
import { diagnosticAt, keyAt, nodeAt, type Place, placeAt, scalarsOf, type Tree } from '../scenario/tree.ts';
import { atLevel, withDefaultThreshold } from './capacity-level.ts';
import { ladderLevels, walked, withLadder } from './ladder.ts';
import { loadModelFiles } from './load-model-files.ts';
import { loadPayloadSchemas } from './load-payload-schemas.ts';
import { loadText } from './loads.ts';
import type { Plan } from './plan.ts';
import { type CapacityPlan, resolveCapacity } from './resolve-capacity.ts';
import { type PlanFlags, type Report, type ResolvedPlan, resolvePlan } from './resolve-plan.ts';
import type { RunExtent } from './run-extent.ts';
import { judgeSafety, type SafetyQuestion, type SafetyRefusal } from './safety.ts';
import { costOf, sizingsOf } from './sizing.ts';

/** Nobody has said yet how many workers a run has: what it costs is told for as many as it takes by itself at most. */
const MOST_WORKERS = 4;

/** A scenario and the flags that go with it. Values of flags are text, with the units of the scenario file. */
export interface PlanRequest {
  /** Text of the scenario. */
  text: string;
  /** Its name as the user gave it: for messages and its default name. */
  file: string;
  /** Where the paths in it start; default the folder of `file`. */
  folder?: string;
  env: Readonly<Record<string, string | undefined>>;
  /** `path=value` each. */
  set: readonly string[];
  duration?: string;
  rate?: string;
  count?: string;
  seed?: string;
  noVerify?: boolean;
  /** Hosts allowed by flags. */
  allow: readonly string[];
  /** Which of the file's environments is laid over it. */
  environment?: string;
  /** `name=value` each, added to `outputs.labels`. */
  labels?: readonly string[];
  /** How long each load of `capacity` is held. */
  hold?: string;
  /**
   * The plan of one load of `capacity`, of `steps` that there may be: the safety rail is asked about all of them. Or of all loads of a
   * ladder, one after the other. Absent: that of the scenario.
   */
  level?: { load: number; steps: number } | 'ladder';
}

export type PlanOutcome =
  | {
      ok: true;
      plan: Plan;
      /** null where the scenario's load cannot be varied. */
      capacity: CapacityPlan | null;
      warnings: Diagnostic[];
      refusal: SafetyRefusal | null;
    }
  | { ok: false; diagnostics: Diagnostic[] };

/** Resolves a scenario into a plan, or says everything that is wrong with it, sorted by place. Never throws for what a user wrote. */
export async function loadPlan(request: PlanRequest): Promise<PlanOutcome> {
  const { level } = request;
  const flagged: Diagnostic[] = [];
  const overrides = overridesOf(request, flagged);
  const flags = flagsOf(request, flagged);
  const allow = allowOf(request, flagged);
  const changed =
    overrides.length > 0 || flags.rate !== null || flags.count !== null || flags.noVerify || level !== undefined;
  const environment = request.environment ?? null;
  const file = changed ? await resolveFile(request, environment) : null;

  const draft = await loadScenario(request.text, {
    env: request.env,
    environment,
    folder: folderOf(request),
    overrides,
  });
  const diagnostics = [...flagged, ...draft.diagnostics];
  const { resolved, capacity } = await resolveDraft(draft, request, flags, file?.resolved?.extent ?? null, diagnostics);
  for (const name of draft.environments.keys())
    if (name !== environment) diagnostics.push(...(await mistakesOfEnvironment(request, draft, name)));
  if (resolved === null || diagnostics.length > 0) return { ok: false, diagnostics: sortDiagnostics(diagnostics) };

  const { plan, safety } = resolved;
  const sizings = await sizingsOf(plan, resolved.largest, MOST_WORKERS);
  const costUsd = costOf(sizings);
  // A ladder is one run as long as all of its levels.
  const [steps, walked] =
    typeof level === 'object' ? [level.steps, level.steps] : [1, plan.ladder?.levels.length ?? null];
  const refusal = judgeSafety({
    ...safety,
    durationUs: safety.durationUs * steps,
    costUsd: costUsd === null ? null : costUsd * steps,
    allow: [...safety.allow, ...allow],
    file: changed ? askedByFile(file as ResolvedFile, walked) : safety,
  });
  const warnings = sortDiagnostics(literalSecrets(draft.tree));
  return { ok: true, plan: typeof level === 'object' ? withDefaultThreshold(plan) : plan, capacity, refusal, warnings };
}

interface ResolvedFile {
  /** null where that is no scenario on its own. */
  resolved: ResolvedPlan | null;
  /** The highest load of its capacity, if it speaks of that. */
  highest: ResolvedPlan | null;
  diagnostics: Diagnostic[];
}

/** What the file comes to in one of its environments without any flag. */
async function resolveFile(request: PlanRequest, environment: string | null): Promise<ResolvedFile> {
  const { text, env } = request;
  const draft = await loadScenario(text, { env, environment, folder: folderOf(request), overrides: [] });
  const diagnostics = [...draft.diagnostics];
  const flags = { rate: null, count: null, noVerify: false };
  const { resolved, highest } = await resolveDraft(draft, { file: request.file }, flags, null, diagnostics);
  return diagnostics.length > 0 ? { resolved: null, highest: null, diagnostics } : { resolved, highest, diagnostics };
}

/** What a file asks for by itself, as a run, or for so many steps of a search; null where it is no scenario. */
function askedByFile({ resolved, highest }: ResolvedFile, steps: number | null): SafetyQuestion['file'] {
  if (resolved === null || steps === null || highest === null) return resolved?.safety ?? null;
  return {
    peakPerSecond: Math.max(resolved.safety.peakPerSecond, highest.safety.peakPerSecond),
    durationUs: highest.safety.durationUs * steps,
  };
}

/**
 * Resolves a scenario that was read: its plan, or that of the level that is asked for. Where the scenario itself speaks of its capacity, the
 * highest load has to be one that it can be given, too.
 */
async function resolveDraft(
  draft: ScenarioDraft,
  { file, level }: Pick<PlanRequest, 'file' | 'level'>,
  flags: PlanFlags,
  extent: RunExtent | null,
  diagnostics: Diagnostic[],
): Promise<{ resolved: ResolvedPlan | null; highest: ResolvedPlan | null; capacity: CapacityPlan | null }> {
  const report = reporter(draft, diagnostics);
  await loadModelFiles(draft, report);
  await loadPayloadSchemas(draft, report);
  const capacity = resolveCapacity(draft, report);
  const atLoad = (load: number, own: RunExtent | null): ResolvedPlan | null => {
    const { draft: held, rate } = atLevel(draft, capacity as CapacityPlan, load);
    const tell: Report = (path, code, problem, offset) =>
      report(
        path,
        code,
        { ...problem, message: `at ${loadText(capacity as CapacityPlan, load)}: ${problem.message}` },
        offset,
      );
    return resolvePlan(held, file, { ...flags, rate }, own, tell);
  };
  if (level === 'ladder' && capacity !== null) {
    const walk = walked(draft, capacity, ladderLevels(capacity));
    const [lowest, resolved] = [
      atLoad(capacity.from, extent),
      resolvePlan(walk.draft, file, { ...flags, rate: walk.rate }, extent, report),
    ];
    if (resolved !== null && lowest !== null) resolved.plan = withLadder(resolved.plan, lowest.plan, capacity);
    return { resolved, highest: null, capacity };
  }
  if (typeof level === 'object' && capacity !== null)
    return { resolved: atLoad(level.load, extent), highest: null, capacity };
  const resolved = resolvePlan(draft, file, flags, extent, report);
  const looked = resolved !== null && diagnostics.length === 0 && capacity?.stated === true;
  return { resolved, highest: looked ? atLoad(capacity.to, extent) : null, capacity };
}

/** What is wrong with an environment that was not asked for; variables that only it reads need not be set. */
async function mistakesOfEnvironment(
  request: PlanRequest,
  { environments }: ScenarioDraft,
  name: string,
): Promise<Diagnostic[]> {
  const place = environments.get(name)?.value.place;
  if (place === undefined) return [];
  const { diagnostics } = await resolveFile(request, name);
  const unread = new Set(diagnostics.filter(({ code }) => code === 'environment').map(({ range }) => range?.start));
  return diagnostics.filter(({ path, range }) => {
    if (path[0] === 'environments' || range === null || unread.has(range.start)) return false;
    return range.start >= place.start && range.end <= place.end;
  });
}

function folderOf({ file, folder }: PlanRequest): string {
  return folder ?? dirname(file);
}

/** Flags that stand for one key of the scenario. */
function overridesOf({ set, duration, hold, seed, labels }: PlanRequest, diagnostics: Diagnostic[]): Override[] {
  const overrides: Override[] = [];
  for (const argument of set) {
    const override = parseSet(argument);
    if (override?.path[0] === 'safety') {
      const hint = 'hosts may be allowed with --allow; everything else stands in the file';
      diagnostics.push(flagDiagnostic(override.flag, 'the safety rail cannot be moved by a flag', hint));
    } else if (override?.path[0] === 'environments') {
      diagnostics.push(flagDiagnostic(override.flag, 'a flag comes after the environments', 'set the key itself'));
    } else if (override !== null) overrides.push(override);
    else {
      const [path] = argument.split('=') as [string];
      diagnostics.push(flagDiagnostic(`--set ${path}`, 'it has the form path=value', 'such as --set target.qos=0'));
    }
  }
  if (duration !== undefined) overrides.push({ flag: '--duration', path: ['run', 'duration'], value: duration });
  if (hold !== undefined) overrides.push({ flag: '--duration', path: ['capacity', 'hold'], value: hold });
  if (seed !== undefined) overrides.push({ flag: '--seed', path: ['seed'], value: seed });
  for (const argument of labels ?? []) {
    const equals = argument.indexOf('=');
    const [name, value] = [argument.slice(0, Math.max(0, equals)).trim(), argument.slice(equals + 1)];
    // Its value is text, whatever it looks like.
    if (name !== '')
      overrides.push({ flag: `--label ${name}`, path: ['outputs', 'labels', name], value: JSON.stringify(value) });
    else diagnostics.push(flagDiagnostic('--label', 'it has the form name=value', 'such as --label team=ingest'));
  }
  return overrides;
}

function flagsOf({ rate, count, noVerify }: PlanRequest, diagnostics: Diagnostic[]): PlanFlags {
  const read = <T>(flag: string, text: string | undefined, parse: (text: string) => Parsed<T>): T | null => {
    if (text === undefined) return null;
    const parsed = parse(text);
    if ('value' in parsed) return parsed.value;
    diagnostics.push(flagDiagnostic(flag, parsed.error, parsed.hint));
    return null;
  };
  const atLeastOne = (text: string): Parsed<number> => {
    const parsed = parseCount(text);
    return 'value' in parsed && parsed.value === 0
      ? { error: `"${text}" would send nothing`, hint: 'write at least 1' }
      : parsed;
  };
  return {
    rate: read('--rate', rate, parseRate),
    count: read('--count', count, atLeastOne),
    noVerify: noVerify ?? false,
  };
}

function allowOf({ allow }: PlanRequest, diagnostics: Diagnostic[]): readonly string[] {
  for (const pattern of allow) {
    if (isHostPattern(pattern)) continue;
    diagnostics.push(
      flagDiagnostic(
        '--allow',
        `"${pattern}" is neither host nor host:port`,
        'such as --allow broker.example.com:1883',
      ),
    );
  }
  return allow;
}

function flagDiagnostic(flag: string, message: string, hint: string): Diagnostic {
  return diagnosticAt({ start: 0, end: 0, flag }, 'flag', [], message, hint);
}

/** Finds the place of what is reported; an offset within a plain value narrows it. */
function reporter({ tree }: ScenarioDraft, diagnostics: Diagnostic[]): Report {
  return (path, code, { message, hint, piece, at }, offset = at ?? 0) => {
    const [first] = path;
    if (typeof first === 'string' && first.startsWith('--')) {
      diagnostics.push(flagDiagnostic(first, message, hint ?? ''));
      return;
    }
    const place = code === 'unknown-key' ? placeOfKey(tree, path) : placeAt(tree, path);
    diagnostics.push(diagnosticAt(narrowed(place, nodeAt(tree, path), offset, piece), code, path, message, hint));
  };
}

function placeOfKey(tree: Tree, path: ScenarioPath): Place {
  return keyAt(tree, path) ?? placeAt(tree, path);
}

/** The part of a value from `offset` on, or where `piece` begins, if the value stands literally and unescaped in the file. */
function narrowed(place: Place, node: Tree | undefined, offset: number, piece = ''): Place {
  if (node?.kind !== 'scalar' || !isLiteral(node) || typeof node.value !== 'string') return place;
  const quote = node.quoted ? 1 : 0;
  if (place.end - place.start !== node.value.length + 2 * quote) return place;
  const from = piece === '' ? offset : node.value.indexOf(piece, offset);
  if (from < 0 || (from === 0 && piece === '')) return place;
  const start = Math.min(place.start + quote + from, place.end - 1);
  return { ...place, start, end: piece === '' ? place.end : start + piece.length };
}

/** Secrets that stand in the file itself: allowed, and worth a word. */
function literalSecrets(tree: Tree): Diagnostic[] {
  return [...scalarsOf(tree)].flatMap(({ node, path }) => {
    if (!isSecret(path) || node.fromEnvironment || node.place.flag !== null || node.value === null) return [];
    const message = `"${path.at(-1)}" stands literally in the file`;
    return [
      {
        ...diagnosticAt(node.place, 'bad-value', path, message, 'write "${NAME}" and export NAME'),
        severity: 'warning' as const,
      },
    ];
  });
}
