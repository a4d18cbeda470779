import type { BridgeRoute } from '../brokers/bridge/bridge-plan.ts';
import { filterProblem, filtersOverlap } from '../brokers/bridge/topic-routes.ts';
import { codecs } from '../codecs/registry.ts';
import type { ScenarioDraft } from '../scenario/load-scenario.ts';
import { topicProblem } from '../targets/kafka/topic-name.ts';
import { topicFilters } from '../targets/mqtt/topic-filters.ts';
import { nearestHint } from './nearest-hint.ts';
import type { PlannedBridge, VerifyPlan } from './plan.ts';
import type { ResolvedFleet } from './resolve-fleet.ts';
import type { Report } from './resolve-plan.ts';
import type { ResolvedTarget } from './resolve-targets.ts';

type Draft = NonNullable<ScenarioDraft['bridge']>;

interface Ends {
  from: number;
  to: number;
}

/** The bridge of a scenario; null where there is none, undefined where something is wrong, and told. */
export function resolveBridge(
  draft: ScenarioDraft,
  targets: readonly ResolvedTarget[],
  fleets: readonly ResolvedFleet[],
  verify: VerifyPlan | null | undefined,
  report: Report,
): PlannedBridge | null | undefined {
  const { bridge } = draft;
  if (bridge === null || bridge === undefined) return bridge;
  const from = endOf(draft, targets, 'from', report);
  const to = endOf(draft, targets, 'to', report);
  if (from === null || to === null) return undefined;
  const ends = { from, to };
  const routes = routesOf(bridge, targets, fleets, ends, report);
  if (routes === null) return undefined;
  checkHop(bridge, targets, fleets, verify, ends, report);
  if (verify !== null && verify !== undefined && isRead(verify, to)) checkRead(bridge, targets, ends, report);
  return {
    from,
    to,
    routes,
    wrap: bridge.wrap,
    key: bridge.key === 'topic' ? 'topic' : { level: bridge.key },
    faults: faultsOf(bridge),
  };
}

const kinds = { from: 'mqtt', to: 'kafka' } as const;

/** Index of one of its ends; null where that is no target, or of another kind. */
function endOf(
  { bridge, targetNames }: ScenarioDraft,
  targets: readonly ResolvedTarget[],
  key: keyof typeof kinds,
  report: Report,
): number | null {
  const name = bridge?.[key] ?? '';
  const path = ['bridge', key];
  if (!targetNames.includes(name)) {
    report(path, 'bad-value', { message: `there is no target "${name}"`, hint: nearestHint(name, targetNames) });
    return null;
  }
  const index = targets.findIndex(({ plan }) => plan.name === name);
  const target = targets[index];
  if (target === undefined) return null;
  if (target.protocol !== kinds[key]) {
    const message = `"${name}" is ${target.protocol}: a bridge goes from mqtt to kafka`;
    report(path, 'bad-value', { message, hint: null });
    return null;
  }
  const { endpoint, tls, auth, username, devicesFile } = target.plan.options;
  const plain = endpoint === 'embedded' || key === 'to' || /^mqtt:\/\//i.test(String(endpoint));
  if (plain && [tls, auth, username, devicesFile].every((option) => (option ?? null) === null)) return index;
  const message = `the example bridge speaks neither TLS nor logs in, as "${name}" asks for`;
  report(path, 'bad-value', { message, hint: 'take a bridge of your own, and leave this one out' });
  return null;
}

function routesOf(
  { topics }: Draft,
  targets: readonly ResolvedTarget[],
  fleets: readonly ResolvedFleet[],
  { from, to }: Ends,
  report: Report,
): BridgeRoute[] | null {
  if (topics === undefined) {
    const ways = fleets.flatMap(({ plan, ways }) =>
      ways.flatMap(({ target, address }) => (target === from ? [{ address, id: plan.id }] : [])),
    );
    if (ways.length === 0) {
      const message = `no fleet sends to "${targets[from]?.plan.name}"`;
      report(['bridge', 'from'], 'bad-value', {
        message,
        hint: 'say which topics it reads: topics: { "boards/#": readings }',
      });
      return null;
    }
    const filters = topicFilters(
      ways.map(({ address }) => address),
      ways.map(({ id }) => id),
    );
    return [...new Set(filters)].map((filter) => ({ filter, topic: topicOf(targets, to) }));
  }
  const routes = Object.entries(topics).map(([filter, topic]) => ({ filter, topic }));
  let sound = routes.length > 0;
  if (!sound) report(['bridge', 'topics'], 'bad-value', { message: 'a bridge needs at least one topic', hint: null });
  for (const [i, { filter, topic }] of routes.entries()) {
    const path = ['bridge', 'topics', filter];
    const badFilter = filterProblem(filter);
    if (badFilter !== null) report(path, 'bad-value', { message: badFilter, hint: 'such as boards/+/temperature' });
    const problem = topicProblem(topic);
    const other = routes
      .slice(0, i)
      .find((one) => filterProblem(one.filter) === null && filtersOverlap(one.filter, filter));
    if (problem !== null) report(path, 'bad-value', { message: problem.error, hint: problem.hint });
    if (other !== undefined) {
      const message = `"${other.filter}" and "${filter}" match the same topics`;
      report(path, 'bad-value', { message, hint: 'a message would go to both: narrow one of them' });
    }
    sound &&= badFilter === null && problem === null && other === undefined;
  }
  return sound ? routes : null;
}

function isRead({ read, others = [], taps = [] }: VerifyPlan, target: number): boolean {
  return [read, ...others, ...taps].includes(target);
}

/** What is read back from its end comes from one topic. */
function checkRead({ topics = {} }: Draft, targets: readonly ResolvedTarget[], { to }: Ends, report: Report): void {
  for (const [filter, topic] of Object.entries(topics)) {
    if (topic === topicOf(targets, to)) continue;
    const message = `"${targets[to]?.plan.name}" is read back, but from its own topic only`;
    const hint = `write "${topicOf(targets, to)}", or verify: false`;
    report(['bridge', 'topics', filter], 'bad-value', { message, hint });
  }
}

/** What it makes of a payload is what the verifier has to undo. */
function checkHop(
  { wrap }: Draft,
  targets: readonly ResolvedTarget[],
  fleets: readonly ResolvedFleet[],
  verify: VerifyPlan | null | undefined,
  { from, to }: Ends,
  report: Report,
): void {
  const binary = fleets.find(
    ({ plan, ways }) => codecs[plan.payload.codec]?.binary === true && ways.some(({ target }) => target === from),
  );
  if (wrap === 'rule' && binary !== undefined) {
    const message = `the payloads of ${binary.plan.name} are bytes (${binary.plan.payload.codec}), which a string of JSON cannot hold`;
    report(['bridge', 'wrap'], 'bad-value', { message, hint: 'write wrap: none' });
  }
  if (verify === null || verify === undefined || !isRead(verify, to)) return;
  const unwraps = verify.hop?.payloadAt !== undefined;
  if (wrap === 'rule' && (verify.hop?.payloadAt !== '/payload' || verify.hop.as !== 'string')) {
    const message = `"${targets[to]?.plan.name}" is read back, and the bridge wraps each payload`;
    const hint = 'write verify: { hop: { payload_at: /payload, as: string, survives: fields } }';
    report(['bridge', 'wrap'], 'bad-value', { message, hint });
  } else if (wrap === 'none' && unwraps) {
    const message = 'the bridge wraps nothing';
    report(['verify', 'hop', 'payload_at'], 'bad-value', { message, hint: 'leave it out, or write wrap: rule' });
  }
}

function topicOf(targets: readonly ResolvedTarget[], index: number): string {
  return String(targets[index]?.plan.options['topic'] ?? '');
}

function faultsOf({ faults = {} }: Draft): PlannedBridge['faults'] {
  const { loss, duplicates, delay, stall } = faults;
  const shareOf = ({ numerator, denominator }: { numerator: number; denominator: number }) => ({
    share: numerator / denominator,
  });
  return {
    ...(loss === undefined ? {} : { drop: shareOf(loss) }),
    ...(duplicates === undefined ? {} : { double: shareOf(duplicates) }),
    ...(delay === undefined ? {} : { delayMs: delay / 1000 }),
    ...(stall === undefined ? {} : { stall: { everyMs: stall.every / 1000, forMs: stall.for / 1000 } }),
  };
}
