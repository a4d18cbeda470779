import { formatCount, formatDuration, formatRate } from '../core/units.ts';
import type { Plan } from '../plan/plan.ts';
import { planLengthUs } from '../plan/plan-length.ts';
import { thresholdText } from '../plan/threshold-text.ts';

/** What a valid scenario comes to, in a few lines. */
export function describePlan(plan: Plan, file: string): string {
  const lengthUs = planLengthUs(plan);
  const lines = [`${file}: valid`];
  for (const fleet of plan.fleets) {
    const target = plan.targets[fleet.target] as Plan['targets'][number];
    lines.push(
      `  ${fleet.name}: ${formatCount(fleet.devices)} × ${fleet.model}, ${formatCount(fleet.slots)} events in ` +
        `${formatDuration(lengthUs)} (${formatRate(fleet.slots / (lengthUs / 1e6))} on average) to ${target.name} (${target.protocol})`,
    );
  }
  if (plan.verify === null) lines.push('  delivery is not checked; the thresholds decide');
  else
    lines.push(
      `  delivery is checked: ${plan.verify.expect}, identity ${[...new Set(plan.fleets.map((fleet) => fleet.payload.identity))].join(', ')}`,
    );
  for (const threshold of plan.thresholds) lines.push(`  threshold: ${thresholdText(threshold)}`);
  return `${lines.join('\n')}\n`;
}
