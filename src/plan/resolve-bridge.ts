import type { BridgeRoute } from '../brokers/bridge/bridge-plan.ts';
import { filterProblem, filtersOverlap } from '../brokers/bridge/topic-routes.ts';
import { codecs } from '../codecs/registry.ts';
import type { ScenarioPath } from '../scenario/diagnostic.ts';
import type { ScenarioDraft } from '../scenario/load-scenario.ts';
import { topicProblem } from '../targets/kafka/topic-name.ts';
import { topicFilters } from '../targets/mqtt/topic-filters.ts';
import { filterOfFleet, partsFleet, takesFleet } from './bridged-fleets.ts';
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

/** The bridges of a scenario; null where there are none, undefined where something is wrong, and told. */
export function resolveBridges(
  draft: ScenarioDraft,
  targets: readonly ResolvedTarget[],
  fleets: readonly ResolvedFleet[],
  verify: VerifyPlan | null | undefined,
  report: Report,
): PlannedBridge[] | null | undefined {
  const { bridge } = draft;
  if (bridge === null || bridge === undefined) return bridge;
  const from = endOf(draft, targets, 'from', bridge.from, ['bridge', 'from'], report);
  checkPayloads(bridge, fleets, from, report);
  const planned = waysOf(bridge).map((way): PlannedBridge | null => {
    const to = endOf(draft, targets, 'to', way.to, way.path, report);
    if (from === null || to === null) return null;
    const routes = routesOf(way, targets, fleets, { from, to }, report);
    if (routes === null) return null;
    const key = bridge.key === 'topic' ? ('topic' as const) : { level: bridge.key };
    const one = { from, to, routes, wrap: bridge.wrap, key, faults: faultsOf(bridge) };
    if (verify !== null && verify !== undefined && isRead(verify, to)) {
      checkHop(bridge, targets, verify, to, report);
      checkRead(one, way, targets, fleets, report);
    }
    return one;
  });
  if (typeof bridge.to !== 'string' && bridge.topics !== undefined) {
    const message = '"topics" has no meaning where to names several targets';
    report(['bridge', 'topics'], 'bad-value', { message, hint: 'write to: { lake: "boards/#" }' });
    return undefined;
  }
  if (planned.length === 0) {
    const hint = 'write to: lake, or to: { lake: "boards/#" }';
    report(['bridge', 'to'], 'bad-value', { message: 'a bridge needs a target to write to', hint });
    return undefined;
  }
  return planned.every((one) => one !== null) ? planned : undefined;
}

/** One target that it writes to, as the scenario has it. */
interface Way {
  to: string;
  path: ScenarioPath;
  /** undefined: all that the fleets publish; topics of Kafka by filter, or null for that of the target. */
  filters: { filter: string; topic: string | null; path: ScenarioPath }[] | undefined;
}

function waysOf({ to, topics }: Draft): Way[] {
  if (typeof to === 'string') {
    const filters = Object.entries(topics ?? {}).map(([filter, topic]) => ({
      filter,
      topic,
      path: ['bridge', 'topics', filter],
    }));
    return [{ to, path: ['bridge', 'to'], filters: topics === undefined ? undefined : filters }];
  }
  return Object.entries(to).map(([name, given]): Way => {
    const path = ['bridge', 'to', name];
    const texts = typeof given === 'string' ? [given] : given;
    const place = (i: number): ScenarioPath => (typeof given === 'string' ? path : [...path, i]);
    return { to: name, path, filters: texts.map((filter, i) => ({ filter, topic: null, path: place(i) })) };
  });
}

const kinds = { from: 'mqtt', to: 'kafka' } as const;

/** Index of one of its ends; null where that is no target, or of another kind. */
function endOf(
  { targetNames }: ScenarioDraft,
  targets: readonly ResolvedTarget[],
  key: keyof typeof kinds,
  name: string,
  path: ScenarioPath,
  report: Report,
): number | null {
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
  { filters: asked }: Way,
  targets: readonly ResolvedTarget[],
  fleets: readonly ResolvedFleet[],
  { from, to }: Ends,
  report: Report,
): BridgeRoute[] | null {
  if (asked === undefined) {
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
  if (asked.length === 0) {
    report(['bridge', 'topics'], 'bad-value', { message: 'a bridge needs at least one topic', hint: null });
    return null;
  }
  let sound = true;
  const tell = (at: ScenarioPath, message: string, hint: string): void => {
    sound = false;
    report(at, 'bad-value', { message, hint });
  };
  for (const [i, { filter, topic, path: at }] of asked.entries()) {
    const badFilter = filterProblem(filter);
    if (badFilter !== null) tell(at, badFilter, 'such as boards/+/temperature');
    const badTopic = topic === null ? null : topicProblem(topic);
    if (badTopic !== null) tell(at, badTopic.error, badTopic.hint);
    const other = asked
      .slice(0, i)
      .find((one) => filterProblem(one.filter) === null && filtersOverlap(one.filter, filter));
    if (other === undefined) continue;
    tell(
      at,
      `"${other.filter}" and "${filter}" match the same topics`,
      'a message would go there twice: narrow one of them',
    );
  }
  return sound ? asked.map(({ filter, topic }) => ({ filter, topic: topic ?? topicOf(targets, to) })) : null;
}

function isRead({ read, others = [], taps = [] }: VerifyPlan, target: number): boolean {
  return [read, ...others, ...taps].includes(target);
}

/** What is read back from its end comes from one topic, and whole fleets of it. */
function checkRead(
  bridge: PlannedBridge,
  { to: name, path, filters = [] }: Way,
  targets: readonly ResolvedTarget[],
  fleets: readonly ResolvedFleet[],
  report: Report,
): void {
  const own = topicOf(targets, bridge.to);
  for (const { topic, path: at } of filters) {
    if (topic === null || topic === own) continue;
    const message = `"${name}" is read back, but from its own topic only`;
    report(at, 'bad-value', { message, hint: `write "${own}", or verify: false` });
  }
  const published = fleets.flatMap(({ plan, ways }) =>
    ways.flatMap(({ target, address }) => (target === bridge.from ? [{ name: plan.name, id: plan.id, address }] : [])),
  );
  if (!published.some((fleet) => takesFleet(bridge, fleet))) {
    const message = `"${name}" is read back, and nothing that a fleet publishes goes there`;
    const hint = `the fleets publish ${published.map((fleet) => filterOfFleet(fleet)).join(', ')}`;
    report(path, 'bad-value', { message, hint });
  }
  for (const fleet of published) {
    if (!partsFleet(bridge, fleet)) continue;
    const message = `"${name}" is read back, and only some of what ${fleet.name} publishes goes there`;
    report(path, 'bad-value', { message, hint: `take all of ${filterOfFleet(fleet)}, or nothing of it` });
  }
}

function checkPayloads({ wrap }: Draft, fleets: readonly ResolvedFleet[], from: number | null, report: Report): void {
  const binary = fleets.find(
    ({ plan, ways }) => codecs[plan.payload.codec]?.binary === true && ways.some(({ target }) => target === from),
  );
  if (wrap !== 'rule' || binary === undefined) return;
  const { name, payload } = binary.plan;
  const message = `the payloads of ${name} are bytes (${payload.codec}), which a string of JSON cannot hold`;
  report(['bridge', 'wrap'], 'bad-value', { message, hint: 'write wrap: none' });
}

/** What it makes of a payload is what the verifier has to undo. */
function checkHop(
  { wrap }: Draft,
  targets: readonly ResolvedTarget[],
  { hop }: VerifyPlan,
  to: number,
  report: Report,
): void {
  if (wrap === 'rule' && (hop?.payloadAt !== '/payload' || hop.as !== 'string')) {
    const message = `"${targets[to]?.plan.name}" is read back, and the bridge wraps each payload`;
    const hint = 'write verify: { hop: { payload_at: /payload, as: string, survives: fields } }';
    report(['bridge', 'wrap'], 'bad-value', { message, hint });
  } else if (wrap === 'none' && hop?.payloadAt !== undefined) {
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
