import { formatCount } from '../../core/units.ts';
import type { RunResult } from '../../metrics/result.ts';
import { markup } from '../markup.ts';
import { drawing, px } from './svg.ts';

const WIDTH = 1000;
const [LEFT, RIGHT, ROW, BAR] = [96, 988, 54, 24];
/** Narrowest piece that is drawn: one in a million must be seen. */
const LEAST = 3;

interface Piece {
  count: number;
  colour: string;
  label: string;
}

/** From what was intended to what arrived, a bar for each step, and what was left behind on the way. */
export function flowDrawing({ events, delivery }: RunResult): string {
  const steps: [string, Piece[]][] = [
    [
      'intended',
      [
        { count: events.sent, colour: 'sent', label: 'sent' },
        { count: events.notSent, colour: 'due', label: 'not sent' },
      ],
    ],
    [
      'sent',
      [
        { count: events.acked, colour: 'acked', label: 'acknowledged' },
        { count: events.noAck, colour: 'sent', label: 'without acknowledgement' },
        { count: events.unknown, colour: 'wait', label: 'unknown' },
        { count: events.rejected, colour: 'shed', label: 'rejected' },
      ],
    ],
  ];
  if (delivery.identity !== 'not checked') {
    steps.push([
      'arrived',
      [
        { count: delivery.verified, colour: 'received', label: 'verified' },
        { count: delivery.corrupt ?? 0, colour: 'lag', label: 'altered' },
        { count: delivery.missing, colour: 'wait', label: 'missing' },
        { count: delivery.lost, colour: 'shed', label: 'lost' },
      ],
    ]);
  }
  const most = Math.max(1, events.intended, delivery.verified);
  const inner = steps.map(([name, pieces], i) => rowOf(name, pieces, i * ROW + 6, most)).join('');
  return drawing(WIDTH, steps.length * ROW + 4, 'Events from intended to arrived', inner);
}

function rowOf(name: string, pieces: readonly Piece[], y: number, most: number): string {
  let x = LEFT;
  let inner = `<text class="strong" x="${LEFT - 10}" y="${y + 16}" text-anchor="end">${markup(name)}</text>`;
  const told: string[] = [];
  for (const { count, colour, label } of pieces) {
    if (count === 0) continue;
    const width = Math.max(LEAST, ((RIGHT - LEFT) * count) / most);
    inner += `<rect class="fill c-${colour}" x="${px(Math.min(x, RIGHT - width))}" y="${y}" width="${px(width)}" height="${BAR}" rx="3"/>`;
    told.push(`${formatCount(count)} ${label}`);
    x += width;
  }
  return `${inner}<text x="${LEFT}" y="${y + BAR + 15}">${markup(told.join('  ·  ') || 'nothing')}</text>`;
}
