import { formatBytes, formatCount, formatMicros, formatRate } from '../../core/units.ts';
import { formatShare } from '../../metrics/format-share.ts';
import type { HealthSummary, IntervalName, RunResult, TargetResult } from '../../metrics/result.ts';
import { brokerLine } from '../broker-line.ts';
import { growthTexts } from '../growth-text.ts';
import { headlines } from '../headline.ts';
import { lossLine } from '../loss-line.ts';
import { markup } from '../markup.ts';
import { whatWouldChange } from './what-would-change.ts';

/** A titled part of the page. `inner` is markup. */
export function section(title: string, inner: string, about = ''): string {
  const told = about === '' ? '' : `<p class="soft small">${markup(about)}</p>`;
  return `<section><h2>${markup(title)}</h2>${told}${inner}</section>\n`;
}

/** The verdict, why, and what would change it. */
export function verdict(result: RunResult): string {
  const [headline = '', ...reasons] = headlines(result);
  const { run, rate } = result;
  const more = reasons.map((reason) => `<li>${markup(reason)}</li>`).join('');
  const when = `${run.startedAt.replace('T', ' ').replace(/\.\d+Z$/, ' UTC')}, ${formatSeconds(run.durationSeconds)}, ${run.ended.replace('-', ' ')}`;
  const asked = rate.targetPerSecond === 0 ? '' : ` of ${formatRate(rate.targetPerSecond)} asked for`;
  return (
    `<header><span class="verdict ${result.verdict}" id="verdict">${result.verdict.toUpperCase()}</span>` +
    `<h1>${markup(headline)}</h1>${more === '' ? '' : `<ul class="reasons">${more}</ul>`}` +
    `<p class="soft">${markup(whatWouldChange(result))}</p>` +
    `<p class="soft small"><b>${markup(run.scenario)}</b> · run ${markup(run.id)} · ${markup(when)} · ${formatRate(rate.achievedPerSecond)}${asked}</p></header>\n`
  );
}

/** The figures that people ask for first. */
export function tiles({ events, delivery, rate, latency }: RunResult): string {
  const notChecked = delivery.identity === 'not checked';
  const gone = delivery.lost + delivery.missing;
  const share = rate.targetPerSecond === 0 ? null : rate.achievedPerSecond / rate.targetPerSecond;
  const all: [value: string, label: string, tone: string][] = [
    [formatCount(events.intended), 'events intended', ''],
    [formatCount(events.acked), 'acknowledged', ''],
    [notChecked ? '–' : formatCount(delivery.verified), 'verified', ''],
    [notChecked ? '–' : formatCount(gone), 'lost or missing', gone > 0 ? 'bad' : ''],
    [orDash(delivery.duplicates, formatCount), 'duplicates', (delivery.duplicates ?? 0) > 0 ? 'doubt' : ''],
    [
      formatCount(events.rejected + events.unknown),
      'rejected or unknown',
      events.rejected + events.unknown > 0 ? 'doubt' : '',
    ],
    [
      share === null ? formatRate(rate.achievedPerSecond) : formatShare(Math.round(share * 1000) / 1000),
      share === null ? 'achieved' : 'of the rate',
      share !== null && share < 0.99 ? 'doubt' : '',
    ],
    [
      orDash(latency.responseTime.p99 ?? latency.responseTime.max, formatMicros),
      `response ${latency.responseTime.p99 === null ? 'max' : 'p99'}`,
      '',
    ],
  ];
  return `<div class="tiles">${all.map(([value, label, tone]) => `<div class="tile ${tone}"><b>${value}</b><span>${label}</span></div>`).join('')}</div>\n`;
}

/** What was judged. */
export function checks({ checks: all }: RunResult): string {
  if (all.length === 0) return '';
  const order = ['fail', 'inconclusive', 'pass', 'skipped'];
  const rows = [...all]
    .sort((a, b) => order.indexOf(a.status) - order.indexOf(b.status))
    .map(
      ({ status, expression, observed, reason }) =>
        `<tr><td class="mark ${status}">${status}</td><td><code>${markup(expression)}</code></td><td>${markup([observed, status === 'pass' ? '' : reason].filter((part) => part !== '').join(': '))}</td></tr>`,
    );
  return section('Checks', table(['', 'check', 'observed'], rows));
}

/** Whether the measurement can be trusted, and how far. */
export function trust(result: RunResult): string {
  const { generator, verifier, clock, delivery, checks: all, latency } = result;
  const bound = clock === undefined ? 0 : clock.endToEndBoundUs;
  const rows: [string, string][] = [
    ['generator', healthText(generator)],
    ['verifier', healthText(verifier)],
    ...growths(result),
    [
      'schedule lag',
      `p99 ${orDash(latency.scheduleLag.p99, formatMicros)}, at most ${orDash(latency.scheduleLag.max, formatMicros)}: how late the generator itself was`,
    ],
    [
      'clocks',
      bound === null
        ? 'nobody said how far the clocks are apart: end-to-end times are not known'
        : bound === 0
          ? 'one clock, or none that matters'
          : `end-to-end times are exact to ${formatMicros(bound)}`,
    ],
    ['proof', `${lossLine(result)}; events are known by: ${delivery.identity}`],
    [
      'coverage',
      delivery.coverage === null
        ? 'nothing is acknowledged here'
        : `${formatShare(delivery.coverage)} of what was sent has a known outcome`,
    ],
    ['samples', samplesText(latency)],
  ];
  const counted = result.targets.map(countedText).filter((text) => text !== '');
  if (counted.length > 0) rows.push(['counted there', counted.join('; ')]);
  const idle = all.filter(({ status }) => status === 'skipped' || status === 'inconclusive');
  if (idle.length > 0)
    rows.push(['no answer', idle.map(({ expression, reason }) => `${expression} (${reason})`).join('; ')]);
  if (clock !== undefined && clock.jumps.length > 0)
    rows.push([
      'clock steps',
      clock.jumps.map(({ at, byUs, host }) => `${host} at ${at} by ${formatMicros(Math.abs(byUs))}`).join('; '),
    ]);
  return section('Can this be trusted?', table(null, rows.map(keyed)));
}

/** Latencies by interval. */
export function latencies({ latency, fleets }: RunResult): string {
  const names: [IntervalName, string][] = [
    ['responseTime', 'response time: intended → outcome'],
    ['scheduleLag', '· schedule lag: the generator’s part'],
    ['clientWait', '· client wait: held back by the target'],
    ['serviceTime', '· service time: send → outcome'],
    ['endToEnd', 'end to end: intended → read back'],
  ];
  const stats = ['p50', 'p90', 'p99', 'p999', 'max'] as const;
  const row = (name: string, summary: RunResult['latency'][IntervalName]): string =>
    `<tr><td>${markup(name)}</td>${stats.map((stat) => `<td class="n">${orDash(summary[stat], formatMicros)}</td>`).join('')}<td class="n">${formatCount(summary.count)}</td></tr>`;
  const rows = names.map(([interval, name]) => row(name, latency[interval]));
  if (fleets.length > 1)
    for (const fleet of fleets.slice(0, 20))
      rows.push(row(`response time of ${fleet.name}`, fleet.latency.responseTime));
  return table(['', ...['p50', 'p90', 'p99', 'p99.9', 'max', 'samples'].map((name) => `>${name}`)], rows);
}

/** Each target and each hop, where there is more than one. */
export function targets({ targets: all, hops }: RunResult): string {
  if (all.length < 2 && hops.length === 0) return '';
  const rows = all.map(({ name, protocol, events, delivery, rate, latency }) => {
    const read = delivery.identity !== 'not checked';
    const counts = [
      ...[events.sent, events.acked, events.rejected, events.unknown],
      ...(read ? [delivery.verified, delivery.lost + delivery.missing] : [null, null]),
    ].map((count) => orDash(count, formatCount));
    return `<tr><td>${markup(name)} <span class="soft">${markup(protocol)}</span></td>${[...counts, ...paceOf(rate, latency)].map((text) => `<td class="n">${text}</td>`).join('')}</tr>`;
  });
  const told = table(
    [
      ...['target', '>sent', '>acked', '>rejected', '>unknown', '>verified', '>lost or missing'],
      ...['>rate', '>response p99', '>end to end p99'],
    ],
    rows,
  );
  const ways = hops.map(({ from, to, entered, arrived, lost, duplicates, corrupt, notes }) => {
    const counts = [entered, arrived, lost, duplicates, corrupt].map(
      (count) => `<td class="n">${orDash(count, formatCount)}</td>`,
    );
    const also = notes.length === 0 ? '' : `<br><span class="soft small">${markup(notes.join('; '))}</span>`;
    return `<tr><td>${markup(from)} → ${markup(to)}${also}</td>${counts.join('')}</tr>`;
  });
  const hopTable =
    ways.length === 0 ? '' : `<h3>Hops</h3>${table(['hop', '>in', '>out', '>lost', '>doubled', '>altered'], ways)}`;
  return section('Targets', `${told}${hopTable}`);
}

function paceOf(rate: TargetResult['rate'], latency: TargetResult['latency']): string[] {
  return [
    orDash(rate?.achievedPerSecond ?? null, formatRate),
    orDash(latency?.responseTime.p99 ?? null, formatMicros),
    orDash(latency?.endToEnd.p99 ?? null, formatMicros),
  ];
}

/** What happened, in order of time. */
export function happenings({ errors, timeline }: RunResult): string {
  const rows = [
    ...timeline.map(({ at, kind, text }) => [at, kind, text, ''] as const),
    ...errors.map(({ firstAt, code, message, count }) => [firstAt, code, message, formatCount(count)] as const),
  ]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .slice(0, 60)
    .map(
      ([at, kind, text, count]) =>
        `<tr><td class="k">${markup(at.slice(11, 23))}</td><td class="k">${markup(kind)}</td><td>${markup(text)}</td><td class="n">${count}</td></tr>`,
    );
  if (rows.length === 0) return '<p class="soft">No errors, no throttling, nothing scripted.</p>';
  return table(['first at', 'what', '', '>times'], rows);
}

/** Where the figures come from, and how to get them again. */
export function provenance({ run, environment, files }: RunResult): string {
  const rows: [string, string][] = [
    ['run', run.id],
    ['scenario', run.scenario],
    ['seed', `${run.seed}`],
    ['plan', run.planDigest],
    ['shard', run.shard],
    ...Object.entries(run.labels),
    ...Object.entries(environment).map(([name, value]): [string, string] => [name, `${value}`]),
    ['files', Object.values(files).join(', ')],
  ];
  return section(
    'Where this comes from',
    `<p class="soft small">The same again, with the same bytes:</p><pre><code>${markup(run.command)}</code></pre>${table(null, rows.map(keyed))}`,
  );
}

function healthText({ status, cpuSeconds, peakRssBytes, signals }: HealthSummary): string {
  if (status === 'not run') return 'not run';
  return [`${status}, ${cpuSeconds.toFixed(1)} CPU seconds, ${formatBytes(peakRssBytes)}`, ...signals].join('; ');
}

function growths({ generator, verifier, run }: RunResult): [string, string][] {
  return Object.entries({ generator, verifier }).flatMap(([name, { growth }]): [string, string][] => {
    const texts = growthTexts(growth, run);
    return texts.length === 0 ? [] : [[`growth of the ${name}`, texts.join('; ')]];
  });
}

function samplesText(latency: RunResult['latency']): string {
  const { responseTime, endToEnd } = latency;
  return `${formatCount(responseTime.count)} response times, ${formatCount(endToEnd.count)} end-to-end times; a quantile is shown where at least ten samples lie above it`;
}

/** What a target counted itself beside our figures; empty where it told nothing. */
function countedText({ name, broker, events, delivery }: TargetResult): string {
  if (broker === undefined) return '';
  const ours = `ours: ${formatCount(events.acked)} acknowledged, ${formatCount(delivery.received)} read`;
  return [`${name}: ${brokerLine(broker)}`, ours, ...broker.doubts].join('; ');
}

/** A table; a heading that begins with > is of numbers. */
export function table(headings: readonly string[] | null, rows: readonly string[]): string {
  const head =
    headings === null
      ? ''
      : `<thead><tr>${headings.map((name) => (name.startsWith('>') ? `<th class="n">${markup(name.slice(1))}</th>` : `<th>${markup(name)}</th>`)).join('')}</tr></thead>`;
  return `<div class="scroll"><table>${head}<tbody>${rows.join('')}</tbody></table></div>`;
}

function keyed([name, value]: readonly [string, string]): string {
  return `<tr><td class="k">${markup(name)}</td><td class="v">${markup(value)}</td></tr>`;
}

/** A figure in words, or a dash where there is none. */
export function orDash(value: number | null, format: (value: number) => string): string {
  return value === null ? '–' : format(value);
}

/** How long something took, whole seconds or minutes. */
export function formatSeconds(seconds: number): string {
  return seconds < 120 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`;
}
