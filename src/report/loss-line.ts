import { formatCount } from '../core/units.ts';
import { formatShare } from '../metrics/format-share.ts';
import type { RunResult } from '../metrics/result.ts';

/** "0 lost of n" with what that allows to say about the true loss: with none of n lost it is at most 3/n, at 95 % confidence. */
export function lossLine({ events: { acked }, delivery, targets }: RunResult): string {
  // What was acknowledged where nobody reads is no base of anything.
  const checked = targets.filter((target) => target.delivery.identity !== 'not checked');
  const taken = targets.length < 2 ? acked : checked.reduce((sum, { events }) => sum + events.acked, 0);
  if (delivery.identity === 'not checked') return 'delivery was not checked';
  if (taken === 0) return 'nothing was acknowledged, so nothing can be called lost';
  const base = `of ${formatCount(taken)} acknowledged`;
  const { lost, missing, lossUpperBound95 } = delivery;
  if (lost + missing === 0) {
    return `0 lost ${base}${lossUpperBound95 === null ? '' : `, ≤ ${formatShare(roundedUp(lossUpperBound95))} at 95 %`}`;
  }
  const parts = [];
  if (lost > 0) parts.push(`${formatCount(lost)} lost`);
  if (missing > 0) parts.push(`${formatCount(missing)} missing`);
  return `${parts.join(' and ')} ${base}`;
}

/** To two significant digits, upwards, so that the bound stays one; the margin keeps 3/1000 from becoming 0.31 %. */
function roundedUp(bound: number): number {
  if (bound <= 0) return 0;
  const unit = 10 ** (Math.floor(Math.log10(bound)) - 1);
  return Math.ceil(bound / unit - 1e-9) * unit;
}
