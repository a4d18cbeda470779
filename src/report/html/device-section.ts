import { formatCount } from '../../core/units.ts';
import type { DeviceFault } from '../device-faults.ts';
import type { DeviceCounts } from '../devices/device-counts.ts';
import type { Evidence } from '../evidence.ts';
import { markup } from '../markup.ts';
import { histogramDrawing } from './histogram-drawing.ts';
import { section, table } from './sections.ts';

/** Fleets that are drawn. */
const MOST_FLEETS = 4;

/** How many events each device sent, and which devices came off worst; nothing where the files do not tell. */
export function deviceSection({ timeline, faults }: Evidence): string {
  const counted = timeline?.devices ?? [];
  const drawn = counted.slice(0, MOST_FLEETS).map((counts) => eventsOf(counts, counted.length > 1));
  const parts = [...drawn, worstOf(counted), foundOf(faults)].filter((part) => part !== '');
  return parts.length === 0 ? '' : section('Devices', parts.join(''));
}

function eventsOf({ fleet, devices, least, median, most, edges, counts }: DeviceCounts, named: boolean): string {
  const heading = named ? `<h3>${markup(fleet)}</h3>` : '';
  const all = `${formatCount(devices)} ${devices === 1 ? 'device' : 'devices'}`;
  // Where the schedule is the same for all, one bar says nothing.
  if (most - least <= 1) {
    const each = least === most ? formatCount(most) : `${formatCount(least)} or ${formatCount(most)}`;
    return `${heading}<p>${all}, each of which sent ${each} events.</p>`;
  }
  const told = `${all}, which sent from ${formatCount(least)} to ${formatCount(most)} events each, the middle one ${formatCount(median)}.`;
  const drawing = histogramDrawing({
    ...{ label: `Events of each device of ${fleet}`, axis: 'events of a device', counted: 'devices', edges, counts },
  });
  return `${heading}<p>${told}</p>${drawing}`;
}

/** Those with the most events that were not seen again, or more than once: of all events. */
function worstOf(counted: readonly DeviceCounts[]): string {
  const rows = counted
    .flatMap(({ fleet, worst }) => worst.map((device) => ({ fleet, ...device })))
    .sort((a, b) => b.unseen + b.twice - a.unseen - a.twice)
    .slice(0, 10)
    .map(({ fleet, device, sent, unseen, twice }) => {
      const cells = [sent, unseen, twice].map((count) => `<td class="n">${formatCount(count)}</td>`).join('');
      return `<tr><td>${markup(device)}</td><td class="soft">${markup(fleet)}</td>${cells}</tr>`;
    });
  if (rows.length === 0) return '';
  return `<h3>Most missing or doubled</h3>${table(['device', 'fleet', '>sent', '>not seen', '>seen twice'], rows)}`;
}

/** Those with the most findings, as far as events are kept by name. */
function foundOf(faults: readonly DeviceFault[]): string {
  if (faults.length === 0) return '';
  const rows = faults.map(({ device, fleet, kinds, total }) => {
    const told = Object.entries(kinds).map(([kind, count]) => `${kind} ${formatCount(count)}`);
    return `<tr><td>${markup(device)}</td><td class="soft">${markup(fleet)}</td><td>${markup(told.join(', '))}</td><td class="n">${formatCount(total)}</td></tr>`;
  });
  return `<h3>Most findings</h3>${table(['device', 'fleet', 'findings', '>in all'], rows)}<p class="soft small">Each event by name, the first thousand of each kind: findings.ndjson</p>`;
}
