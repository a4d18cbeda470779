import type { Micros } from '../core/clock.ts';
import { IotloadError } from '../core/errors.ts';
import { formatDuration, formatRate } from '../core/units.ts';
import { isLoopback, matchesHost } from '../scenario/host-pattern.ts';

/** What a run asks for, and what may allow it. */
export interface SafetyQuestion {
  hosts: readonly string[];
  /** The endpoint stands literally in the scenario, not in a flag or a variable. */
  literal: boolean;
  /** `safety.allow` and `--allow`. */
  allow: readonly string[];
  /** Highest rate of the run, events per second, and how long it sends, warm-up included. */
  peakPerSecond: number;
  durationUs: Micros;
  /** `safety.max_*`; undefined where the scenario does not say. */
  maxPerSecond: number | undefined;
  maxDurationUs: Micros | undefined;
  /** The same run without any flag; null where the file alone is no scenario. */
  file: { peakPerSecond: number; durationUs: Micros } | null;
}

/** Everything that keeps a run from starting. */
export interface SafetyRefusal {
  /** Hosts that nothing allows. */
  hosts: string[];
  rate: { asked: number; most: number } | null;
  duration: { askedUs: Micros; mostUs: Micros } | null;
}

/**
 * The safety rail: this machine is free; any other host stands literally in the file or is allowed; flags lower rate and duration
 * freely and raise them only up to `max_*`, which default to what the file asks for. Null where the run may start.
 */
export function judgeSafety(question: SafetyQuestion): SafetyRefusal | null {
  const { literal, allow, peakPerSecond, durationUs, maxPerSecond, maxDurationUs, file } = question;
  const remote = question.hosts.filter((host) => !isLoopback(host));
  const hosts = literal ? [] : remote.filter((host) => !allow.some((pattern) => matchesHost(pattern, host)));
  // On this machine only a limit that the file sets is one.
  const guarded = remote.length > 0;
  const mostRate = maxPerSecond ?? (guarded ? file?.peakPerSecond : undefined) ?? Number.POSITIVE_INFINITY;
  const mostUs = maxDurationUs ?? (guarded ? file?.durationUs : undefined) ?? Number.POSITIVE_INFINITY;
  // Both are sums of doubles; a difference in the last place is none.
  const rate = peakPerSecond > mostRate * (1 + 1e-12) ? { asked: peakPerSecond, most: mostRate } : null;
  const duration = durationUs > mostUs ? { askedUs: durationUs, mostUs } : null;
  return hosts.length === 0 && rate === null && duration === null ? null : { hosts, rate, duration };
}

/** The refusal as one error whose hint can be pasted into the scenario. */
export function refusalError({ hosts, rate, duration }: SafetyRefusal): IotloadError {
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
  const flags = hosts.map((host) => `--allow ${host}`).join(' ');
  const onlyHosts = rate === null && duration === null;
  const hint = `put this into the scenario: safety: { ${paste.join(', ')} }${onlyHosts ? `; or run with ${flags}` : ''}`;
  return new IotloadError('refused-by-safety', reasons.join('; '), { where: 'safety', hint });
}
