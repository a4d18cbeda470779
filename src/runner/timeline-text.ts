import type { BrokerFaults } from '../brokers/broker-faults.ts';
import type { Clock } from '../core/clock.ts';
import { formatDuration } from '../core/units.ts';
import type { Start } from '../engine/protocol.ts';
import { formatShare } from '../metrics/format-share.ts';
import type { RunResult } from '../metrics/result.ts';
import type { Plan } from '../plan/plan.ts';
import type { TimelineEntry } from '../plan/timeline.ts';

/** Says each entry of the timeline from slot time `fromUs` on when its time comes. Returns what calls off the rest. */
export function announceTimeline(
  plan: Plan,
  { anchor, fromUs }: Pick<Start, 'anchor' | 'fromUs'>,
  clock: Clock,
  say: (text: string) => void,
): () => void {
  const entries = plan.timeline.filter(({ atUs }) => atUs >= fromUs);
  const cancels = entries.map((entry) => {
    const delayMs = Math.max(0, (anchor.startMonoUs + entry.atUs - clock.nowUs()) / 1000);
    return clock.after(delayMs, () => say(`${entry.kind}: ${describe(entry, plan)}`));
  });
  return () => {
    for (const cancel of cancels) cancel();
  };
}

/** The entries whose time came within the seconds that a run lasted. */
export function happened(plan: Plan, startedAt: string, seconds: number): RunResult['timeline'] {
  const startMs = Date.parse(startedAt);
  return plan.timeline
    .filter(({ atUs }) => atUs <= seconds * 1e6)
    .map((entry) => ({
      at: new Date(startMs + Math.floor(entry.atUs / 1000)).toISOString(),
      kind: entry.kind,
      text: describe(entry, plan),
    }));
}

function describe(entry: TimelineEntry, { fleets }: Plan): string {
  const names = [...new Set(entry.fleets?.map((index) => fleets[index]?.name))];
  const of = names.length === 0 ? '' : ` of ${names.join(', ')}`;
  switch (entry.kind) {
    case 'note':
      return entry.text;
    case 'shake':
      return `${formatShare(entry.share)}${of || ' of the phones'} for ${formatDuration(entry.forUs)}`;
    case 'disconnect':
      return `${formatShare(entry.share)} of the connections${of} for ${formatDuration(entry.forUs)}`;
    case 'fault':
      return `${faultText(entry.faults)} for ${formatDuration(entry.forUs)}`;
    case 'quake': {
      const felt = names.length === 0 ? '' : `, felt by ${names.join(', ')}`;
      return `magnitude ${entry.magnitude}, ${entry.depthKm} km deep, ${entry.distanceKm} km away${felt}`;
    }
  }
}

/** `loss 1 %, delay 2 s`. */
function faultText({ lostAcks, delayUs, stall, ...shares }: BrokerFaults): string {
  const parts = Object.entries({ ...shares, 'lost acks': lostAcks }).flatMap(([name, share]) =>
    share === undefined ? [] : [`${name} ${formatShare(share)}`],
  );
  if (delayUs !== undefined) parts.push(`delay ${formatDuration(delayUs)}`);
  if (stall) parts.push('stall');
  return parts.join(', ');
}
