import { type Clock, systemClock } from '../core/clock.ts';
import { IotloadError } from '../core/errors.ts';
import type { Plan } from '../plan/plan.ts';
import type { PrometheusEndpoint } from '../report/prometheus/endpoint.ts';
import { isLoopback } from '../scenario/host-pattern.ts';
import { parseListenAddress } from '../scenario/listen-address.ts';
import { version } from './version.ts';

/**
 * Opens `/metrics` where the flag or else the plan asks for it; null where neither does. `note` is told where it is. Rejects with
 * `bad-arguments` where it cannot be.
 */
export async function openMetrics(
  plan: Plan,
  flag: string | undefined,
  note: (text: string) => void,
  clock: Clock = systemClock(),
): Promise<PrometheusEndpoint | null> {
  const address = flag === undefined ? plan.outputs.prometheus : addressOf(flag);
  if (address === undefined) return null;
  const where = flag === undefined ? 'outputs.prometheus' : '--prometheus';
  const { openPrometheus } = await import('../report/prometheus/endpoint.ts');
  const endpoint = await openPrometheus({ address, where, version, clock });
  const open = isLoopback(address.host) ? '' : '; whoever reaches this address can read it, there is no login';
  note(`metrics: ${endpoint.url}${open}`);
  return endpoint;
}

function addressOf(flag: string) {
  const parsed = parseListenAddress(flag);
  if ('value' in parsed) return parsed.value;
  throw new IotloadError('bad-arguments', parsed.error, { where: '--prometheus', hint: parsed.hint });
}
