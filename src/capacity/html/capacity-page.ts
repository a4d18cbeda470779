import { formatMicros, formatRate } from '../../core/units.ts';
import { loadText, roundLoad } from '../../plan/loads.ts';
import { page } from '../../report/html/page.ts';
import { formatSeconds, section } from '../../report/html/sections.ts';
import { markup } from '../../report/markup.ts';
import { votes } from '../answer.ts';
import type { CapacityResult } from '../capacity-result.ts';
import { timed } from '../knee.ts';
import { provisionText } from '../provision-text.ts';
import type { StepOutcome, StepPurpose, StepVerdict } from '../search.ts';
import { latencyDrawing, throughputDrawing } from './load-drawings.ts';

const tones: Readonly<Record<StepVerdict, string>> = {
  holds: 'pass',
  breaks: 'fail',
  generator: 'skipped',
  unsure: 'inconclusive',
};
const purposes: Readonly<Record<StepPurpose, string>> = {
  ramp: 'coarse ramp',
  bisect: 'between the two',
  confirm: 'once more',
  ladder: 'as planned',
};

/** A search as a page that needs nothing else: the answer first, then against what it was measured, then every trial with its own report. */
export function* capacityPage(result: CapacityResult): Iterable<string> {
  yield* page(`${result.verdict}: capacity of ${result.run.scenario} – iotload`, body(result), {
    plots: [],
    notes: [],
  });
}

function* body(result: CapacityResult): Iterable<string> {
  const { run, steps } = result;
  yield header(result);
  yield tiles(result);
  const drawings = steps.length === 0 ? '' : `${cell(throughputDrawing(result))}${cell(latencyDrawing(result))}`;
  if (drawings !== '')
    yield section(
      'Against the load',
      `<div class="pair">${drawings}</div>`,
      'A dot is a trial that held, a cross one that broke, a square one that could not be offered, a ring one that says nothing.',
    );
  if (result.provision !== null) yield takes(result);
  yield trials(result);
  yield section('A load holds if', list(result.holdsIf.map((one) => `<code>${markup(one)}</code>`)));
  yield provenance(result);
  yield `<footer>iotload ${markup(`${run.environment['iotload'] ?? ''}`)} · the figures: capacity.json</footer>\n`;
}

function header({ verdict, answer, run, steps, finding, goal }: CapacityResult): string {
  const odd = finding.nonMonotonic.map(
    ({ broke, held }) =>
      `${loadText(goal, broke.level)} broke (${votes(broke, 'breaks')}) although ${loadText(goal, held.level)} held (${votes(held, 'holds')}): the lower one counts`,
  );
  const when = `${run.startedAt.replace('T', ' ').replace(/\.\d+Z$/, ' UTC')}, ${steps.length} trials in ${formatSeconds(run.durationSeconds)}`;
  return (
    `<header><span class="verdict ${verdict}" id="verdict">${verdict.toUpperCase()}</span><h1>${markup(answer)}</h1>` +
    `${odd.length === 0 ? '' : list(odd.map(markup), 'reasons')}` +
    `<p class="soft small"><b>${markup(run.scenario)}</b> · run ${markup(run.id)} · ${markup(when)}</p></header>\n`
  );
}

function tiles({ goal, finding, knee, steps }: CapacityResult): string {
  const { highestHeld, lowestBroke, interval } = finding;
  const load = (level: number | undefined): string => (level === undefined ? '–' : loadText(goal, level));
  const told = [
    [load(highestHeld?.level), highestHeld === null ? 'holds' : `holds, ${votes(highestHeld, 'holds')}`],
    [load(lowestBroke?.level), lowestBroke === null ? 'breaks' : `breaks, ${votes(lowestBroke, 'breaks')}`],
    interval === null
      ? [`${steps.length}`, 'trials']
      : [
          `${short(goal.vary, interval.low)} – ${short(goal.vary, interval.high)}`,
          `${interval.confidence * 100} % interval: half of all trials break`,
        ],
    [load(knee ?? undefined), 'knee: beyond it latency grows faster'],
  ];
  return `<div class="tiles">${told.map(([value = '', label = '']) => `<div class="tile"><b>${markup(value)}</b><span>${markup(label)}</span></div>`).join('')}</div>\n`;
}

function short(vary: CapacityResult['goal']['vary'], level: number): string {
  return vary === 'rate' ? formatRate(level) : loadText({ vary }, roundLoad(vary, level)).replace(/ devices?$/, '');
}

function takes({ goal, provision }: CapacityResult): string {
  if (provision === null) return '';
  const rows = provision.targets.flatMap(({ name, needs, lines }) =>
    [...(needs === null ? [] : [['in short', needs] as const]), ...lines].map(([word, text]) => {
      // A line without a word goes on with the one before it.
      const label = word === '' ? '' : `${markup(name)} · ${markup(word)}`;
      return `<tr><td class="k">${label}</td><td class="v">${markup(text)}</td></tr>`;
    }),
  );
  const [first = '', ...more] = provisionText(goal, provision).map(markup);
  const sentences = [`<b>${first}</b>`, ...more];
  const table =
    rows.length === 0
      ? ''
      : `<h3>By the protocols’ own limits</h3><div class="scroll"><table><tbody>${rows.join('')}</tbody></table></div>`;
  return section('What it takes', `<p>${sentences.join('<br>')}</p>${table}`);
}

function trials({ goal, steps }: CapacityResult): string {
  const headings = ['', 'load', 'came out', '>offered', '>taken', '>p50', '>p99'];
  const head = headings
    .map((name) => (name.startsWith('>') ? `<th class="n">${name.slice(1)}</th>` : `<th>${name}</th>`))
    .join('');
  const rows = steps.map((step, i) => {
    const { level, verdict, purpose, offeredPerSecond, ackedPerSecond, dir } = step;
    const figures = [
      formatRate(offeredPerSecond),
      formatRate(ackedPerSecond),
      quantile(step, 'p50'),
      quantile(step, 'p99'),
    ];
    const link = `<a href="${pathOf(dir)}/report.html">${i + 1}</a>`;
    const why = step.reasons[0] === undefined ? '' : `<br>${markup(step.reasons[0])}`;
    return (
      `<tr><td>${link}</td><td class="k">${markup(loadText(goal, level))}</td><td class="why"><span class="mark ${tones[verdict]}">${verdict}</span> <span class="soft small">${purposes[purpose]}${why}</span></td>` +
      `${figures.map((figure) => `<td class="n">${figure}</td>`).join('')}</tr>`
    );
  });
  if (rows.length === 0) return '';
  return section(
    'Trials',
    `<div class="scroll"><table><thead><tr>${head}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`,
    'In the order in which they were made. Each is a run of its own: its number opens its report.',
  );
}

function provenance({ run, goal }: CapacityResult): string {
  const rows: [string, string][] = [
    [
      'asked',
      `${loadText(goal, goal.from)} to ${loadText(goal, goal.to)}, to ${+(goal.precision * 100).toFixed(2)} %, ${goal.confirm} trials each`,
    ],
    ['run', run.id],
    ['plan', run.planDigest],
    ...Object.entries(run.labels),
    ...Object.entries(run.environment).map(([name, value]): [string, string] => [name, `${value}`]),
  ];
  const cells = rows.map(
    ([name, value]) => `<tr><td class="k">${markup(name)}</td><td class="v">${markup(value)}</td></tr>`,
  );
  return section(
    'Where this comes from',
    `<p class="soft small">The same search again:</p><pre><code>${markup(run.command)}</code></pre><div class="scroll"><table><tbody>${cells.join('')}</tbody></table></div>`,
  );
}

/** A relative path as it may stand in a link. */
function pathOf(dir: string): string {
  const parts = dir.split('/').map((part) => encodeURIComponent(part.replace(/\p{Cs}/gu, '\ufffd')));
  return markup(parts.join('/'));
}

function quantile(step: StepOutcome, stat: 'p50' | 'p99'): string {
  const us = timed(step)[stat];
  return us === null ? '–' : formatMicros(us);
}

function list(items: readonly string[], kind = ''): string {
  return `<ul${kind === '' ? '' : ` class="${kind}"`}>${items.map((item) => `<li>${item}</li>`).join('')}</ul>`;
}

function cell(drawing: string): string {
  return drawing === '' ? '' : `<div>${drawing}</div>`;
}
