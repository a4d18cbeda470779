import type { RunResult } from '../metrics/result.ts';

/** What the verdict rests on, most important first; where a check gave a reason that reason, otherwise what held. */
export function headlines(result: RunResult): string[] {
  if (result.verdict !== 'pass') {
    return result.reasons.length > 0 ? result.reasons : ['no reason was recorded'];
  }
  return [whatHeld(result), ...result.reasons];
}

function whatHeld({ events, delivery, checks }: RunResult): string {
  switch (delivery.expect) {
    case 'not asked':
      return checks.length > 0 ? 'every threshold holds' : 'nothing was asked of this run';
    case 'at-most-once':
      return 'no event arrived twice or altered';
    case 'at-least-once':
    case 'exactly-once': {
      const which = delivery.verified === events.intended ? 'every event' : 'every acknowledged event';
      return `${which} arrived${delivery.expect === 'exactly-once' ? ', exactly once' : ''}`;
    }
  }
}
