import type { CheckResult } from '../metrics/result.ts';
import { mayHide } from './hidden-arrivals.ts';
import type { VerdictInput } from './verdict-input.ts';

/** Whether each device's events arrived in the order of its sequence; asked only where the target promises it. */
export function orderCheck({ run: { delivery }, reader, ordered }: VerdictInput): CheckResult {
  const because = (status: CheckResult['status'], reason: string): CheckResult => ({
    name: 'order',
    expression: 'order: per_device',
    status,
    observed: delivery.reordered === null ? 'not known' : `${delivery.reordered} reordered`,
    reason,
  });
  if (!ordered) return because('skipped', 'the target does not promise order with these options');
  if (reader === null) return because('inconclusive', 'nothing was read back');
  if (delivery.reordered === null) return because('skipped', 'events without identity have no order');
  if (delivery.reordered > 0)
    return because('fail', `${delivery.reordered} arrived after a later event of their device`);
  if (!reader.finished) return because('inconclusive', 'the verifier did not finish');
  if (delivery.verified === 0) return because('inconclusive', 'nothing was verified');
  if (mayHide(reader, delivery)) {
    return because('inconclusive', `an overtaken event may have passed unseen: ${reader.doubts.join('; ')}`);
  }
  return because('pass', '');
}
