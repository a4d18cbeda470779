import type { BridgePlan, BridgeRoute, Wrap } from '../brokers/bridge/bridge-plan.ts';
import { filterProblem, filtersOverlap } from '../brokers/bridge/topic-routes.ts';
import { IotloadError } from '../core/errors.ts';
import { parseShare } from '../core/units.ts';
import { isLoopback } from '../scenario/host-pattern.ts';

/** What the command line says about a bridge. */
export interface BridgeFlags {
  from?: string | undefined;
  to?: string | undefined;
  route?: readonly string[] | undefined;
  wrap?: string | undefined;
  loss?: string | undefined;
  duplicates?: string | undefined;
  log?: string | undefined;
}

/** Names of its flags. */
export const bridgeFlags = ['from', 'to', 'route', 'wrap', 'loss', 'duplicates', 'log'] as const;
/** Where the brokers to play with listen. */
const defaults = { from: 'mqtt://127.0.0.1:1883', to: '127.0.0.1:9092', route: '#=bridged' };

/**
 * A bridge to play with, between brokers on this machine; topics that Kafka lacks are made.
 * @throws IotloadError `bad-arguments`; `refused-by-safety` for another machine
 */
export function bridgeOfFlags(flags: BridgeFlags): BridgePlan {
  const { from = defaults.from, to = defaults.to, route = [defaults.route], wrap = 'none', log = null } = flags;
  const url = URL.canParse(from) ? new URL(from) : null;
  if (url === null || url.protocol !== 'mqtt:' || url.hostname === '' || url.username !== '' || url.password !== '') {
    const hint = `write ${defaults.from}`;
    throw new IotloadError('bad-arguments', 'expected mqtt://host:port, without a login', { where: '--from', hint });
  }
  const hosts = to.replace(/^kafka:\/\//i, '').split(',');
  if (hosts.some((host) => !/^(\[[0-9a-f:.]+\]|[a-z0-9_.-]+):\d{1,5}$/i.test(host))) {
    const hint = `write ${defaults.to}`;
    throw new IotloadError('bad-arguments', 'expected host:port', { where: '--to', hint });
  }
  const remote = [url.host, ...hosts].find((host) => !isLoopback(host));
  if (remote !== undefined) {
    const hint = 'a bridge to play with stays on 127.0.0.1';
    throw new IotloadError('refused-by-safety', `${remote} is another machine`, { where: '--from, --to', hint });
  }
  const [drop, double] = [shareOf('loss', flags.loss), shareOf('duplicates', flags.duplicates)];
  return {
    id: `iotload-bridge-${url.port}`,
    from,
    to: hosts.join(','),
    routes: routesOf(route),
    wrap: wrap as Wrap,
    key: 'topic',
    faults: { ...(drop === null ? {} : { drop }), ...(double === null ? {} : { double }) },
    log,
    createsTopics: true,
  };
}

function routesOf(texts: readonly string[]): BridgeRoute[] {
  const routes = texts.map((text) => {
    const at = text.lastIndexOf('=');
    const route = { filter: text.slice(0, Math.max(0, at)), topic: text.slice(at + 1) };
    const problem = filterProblem(route.filter);
    if (at > 0 && problem === null && /^[A-Za-z0-9._-]{1,249}$/.test(route.topic)) return route;
    const what = problem !== null && at > 0 ? problem : 'expected FILTER=TOPIC';
    const hint = 'such as "dht/#=dht_temp": a topic filter of MQTT, and a topic of Kafka';
    throw new IotloadError('bad-arguments', what, { where: '--route', value: text, hint });
  });
  for (const [i, { filter }] of routes.entries()) {
    const other = routes.slice(0, i).find((one) => filtersOverlap(one.filter, filter));
    if (other === undefined) continue;
    const message = `${other.filter} and ${filter} match the same topics`;
    throw new IotloadError('bad-arguments', message, { where: '--route', hint: 'leave one of them out' });
  }
  return routes;
}

function shareOf(name: string, text: string | undefined): { share: number } | null {
  if (text === undefined) return null;
  const parsed = parseShare(text);
  const share = 'value' in parsed ? parsed.value.numerator / parsed.value.denominator : -1;
  if (share > 0 && share <= 1) return { share };
  const hint = 'write a share such as 100ppm, which is one in 10 000';
  throw new IotloadError('bad-arguments', 'expected more than 0%, at most 100%', {
    where: `--${name}`,
    value: text,
    hint,
  });
}
