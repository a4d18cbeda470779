import type { Micros } from '../core/clock.ts';
import { IotloadError } from '../core/errors.ts';
import { formatCost, formatDuration, formatRate } from '../core/units.ts';
import { isLoopback, matchesHost } from '../scenario/host-pattern.ts';

/** What a run asks for, and what may allow it. */
export interface SafetyQuestion {
  hosts: readonly string[];
  /** Those of endpoints that stand literally in the scenario, not in a flag or a variable. */
  literal: readonly string[];
  /** Where the run listens, unless that stands literally in the scenario. */
  listens?: readonly string[];
  /** `safety.allow` and `--allow`. */
  allow: readonly string[];
  /** Highest rate of the run, events per second, and how long it sends, warm-up included. */
  peakPerSecond: number;
  durationUs: Micros;
  /** `safety.max_*`; undefined where the scenario does not say. */
  maxPerSecond: number | undefined;
  maxDurationUs: Micros | undefined;
  maxCostUsd: number | undefined;
  /** What the run costs at most, USD; null where nothing is charged. */
  costUsd: number | null;
  /** The same run without any flag; null where the file alone is no scenario. */
  file: { peakPerSecond: number; durationUs: Micros } | null;
}

/** Everything that keeps a run from starting. */
export interface SafetyRefusal {
  /** Hosts that nothing allows. */
  hosts: string[];
  rate: { asked: number; most: number } | null;
  duration: { askedUs: Micros; mostUs: Micros } | null;
  /** USD. */
  cost: { asked: number; most: number } | null;
}

/** What a run may cost where the scenario does not say, USD. */
export const DEFAULT_MAX_COST_USD = 5;

/**
 * The safety rail: this machine is free; any other host stands literally in the file or is allowed; flags lower rate and duration
 * freely and raise them only up to `max_*`, which default to what the file asks for; what a run costs
 * stays below `max_cost`, whoever asks for it. Null where the run may start.
 */
export function judgeSafety(question: SafetyQuestion): SafetyRefusal | null {
  const {
    literal,
    listens = [],
    allow,
    peakPerSecond,
    durationUs,
    maxPerSecond,
    maxDurationUs,
    costUsd,
    file,
  } = question;
  const remote = question.hosts.filter((host) => !isLoopback(host));
  const exposed = listens.filter((address) => !isLoopback(address));
  const hosts = [...remote.filter((host) => !literal.includes(host)), ...exposed].filter(
    (host) => !allow.some((pattern) => matchesHost(pattern, host)),
  );
  // On this machine only a limit that the file sets is one.
  const guarded = remote.length > 0;
  const mostRate = maxPerSecond ?? (guarded ? file?.peakPerSecond : undefined) ?? Number.POSITIVE_INFINITY;
  const mostUs = maxDurationUs ?? (guarded ? file?.durationUs : undefined) ?? Number.POSITIVE_INFINITY;
  // Both are sums of doubles; a difference in the last place is none.
  const rate = peakPerSecond > mostRate * (1 + 1e-12) ? { asked: peakPerSecond, most: mostRate } : null;
  const duration = durationUs > mostUs ? { askedUs: durationUs, mostUs } : null;
  const mostUsd = question.maxCostUsd ?? DEFAULT_MAX_COST_USD;
  const cost = costUsd !== null && costUsd > mostUsd ? { asked: costUsd, most: mostUsd } : null;
  const isFine = hosts.length === 0 && rate === null && duration === null && cost === null;
  return isFine ? null : { hosts, rate, duration, cost };
}

/** The refusal as one error whose hint can be pasted into the scenario. */
export function refusalError({ hosts, rate, duration, cost }: SafetyRefusal): IotloadError {
  const reasons: string[] = [];
  const paste: string[] = [];
  if (hosts.length > 0) {
    reasons.push(`${hosts.join(' and ')} ${hosts.length === 1 ? 'is' : 'are'} not allowed`);
    paste.push(`allow: [${hosts.map((host) => `"${host}"`).join(', ')}]`);
  }
  if (rate !== null) {
    reasons.push(`${formatRate(rate.asked)} is more than the ${formatRate(rate.most)} the scenario allows`);
    paste.push(`max_rate: ${Math.ceil(rate.asked)}/s`);
  }
  if (duration !== null) {
    const [asked, most] = [formatDuration(duration.askedUs), formatDuration(duration.mostUs)];
    reasons.push(`${asked} is longer than the ${most} the scenario allows`);
    paste.push(`max_duration: ${asked}`);
  }
  if (cost !== null) {
    reasons.push(`it costs up to ${formatCost(cost.asked)}, more than ${formatCost(cost.most)}`);
    paste.push(`max_cost: ${costToAllow(cost.asked)}`);
  }
  const flags = hosts.map((host) => `--allow ${host}`).join(' ');
  const onlyHosts = rate === null && duration === null && cost === null;
  const hint = `put this into the scenario: safety: { ${paste.join(', ')} }${onlyHosts ? `; or run with ${flags}` : ''}`;
  return new IotloadError('refused-by-safety', reasons.join('; '), { where: 'safety', hint });
}

/** The cost as a scenario may allow it: whole dollars, or above none whole cents. */
function costToAllow(usd: number): string {
  return usd >= 1 ? `${Math.ceil(usd)} USD` : `${Math.ceil(usd * 100) / 100} USD`;
}
