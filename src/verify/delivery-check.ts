import { formatShare } from '../metrics/format-share.ts';
import type { CheckResult } from '../metrics/result.ts';
import type { Expectation } from '../plan/plan.ts';
import { mayHide } from './hidden-arrivals.ts';
import type { VerdictInput } from './verdict-input.ts';

/** Least share of the sent events whose fate the target told: 99/100. */
const MIN_COVERAGE = 0.99;

/**
 * Whether the expected guarantee held. What speaks against it soundly fails it, whatever state anyone was in; what was merely not seen
 * fails it only if the reader would have seen it; and it holds only if something was verified.
 */
export function deliveryCheck(input: VerdictInput): CheckResult {
  const expect = input.plan.verify?.expect ?? 'at-least-once';
  const { delivery, events } = input.run;
  const observed = [
    `${delivery.verified} verified`,
    `${delivery.lost + delivery.missing} of ${events.acked} acknowledged not seen`,
    `${delivery.duplicates ?? 'unknown number of'} duplicates`,
  ].join(', ');
  const because = (status: CheckResult['status'], reason: string): CheckResult => ({
    name: 'delivery',
    expression: `expect: ${expect}`,
    status,
    observed,
    reason,
  });

  if (input.reader === null) return because('inconclusive', 'nothing was read back');
  const violation = violated(expect, input);
  if (violation !== null) return because('fail', violation);
  const doubt = doubted(expect, input);
  return doubt === null ? because('pass', '') : because('inconclusive', doubt);
}

/** Every violation that is certain; null for none. */
function violated(expect: Expectation, { run: { delivery }, reader }: VerdictInput): string | null {
  const { lost, missing, phantom } = delivery;
  const [corrupt, duplicates] = [delivery.corrupt ?? 0, delivery.duplicates ?? 0];
  const trusted = reader?.finished === true && reader.doubts.length === 0;
  const violations: string[] = [];
  if (corrupt > 0) violations.push(`${corrupt} arrived altered`);
  if (expect !== 'at-most-once') {
    if (lost > 0) violations.push(`${events(lost)} acknowledged and proved lost`);
    const as = corrupt > 0 ? 'never arrived unaltered' : 'never arrived';
    if (missing > 0 && trusted) violations.push(`${events(missing)} acknowledged and ${as}`);
  }
  if (phantom > 0) violations.push(`${events(phantom)} refused or never sent, yet arrived`);
  if (expect !== 'at-least-once' && duplicates > 0) violations.push(`${duplicates} extra copies arrived`);
  return violations.length === 0 ? null : violations.join('; ');
}

/** The first reason why "no violation" is not "it held". */
function doubted(expect: Expectation, input: VerdictInput): string | null {
  const { delivery, events: sent } = input.run;
  const reader = input.reader as NonNullable<VerdictInput['reader']>;
  if (!reader.finished) return 'the verifier did not finish';
  const doubts = reader.doubts.join('; ');
  if (delivery.missing > 0 && expect !== 'at-most-once') {
    return `${events(delivery.missing)} acknowledged and not seen, but the reader or the broker's queue was too slow: ${doubts}`;
  }
  if (!input.sentTold) return 'the record of what was sent is incomplete';
  if (delivery.verified === 0) return 'nothing was verified';
  if (delivery.duplicates === null) return 'events without identity can only be counted, and duplicates hide losses';
  if (expect !== 'at-most-once' && sent.acked === 0) return 'nothing was acknowledged';
  if (delivery.coverage !== null && delivery.coverage < MIN_COVERAGE) {
    return `only ${formatShare(delivery.coverage)} of the events have a known outcome (${sent.unknown} unknown)`;
  }
  if (expect !== 'at-least-once' && mayHide(reader, delivery)) return `an extra copy may have passed unseen: ${doubts}`;
  return null;
}

function events(count: number): string {
  return count === 1 ? '1 event was' : `${count} events were`;
}
