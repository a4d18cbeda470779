import { printable } from '../core/printable-text.ts';
import { formatCountOf, formatMicros, formatRate } from '../core/units.ts';
import { loadText, roundLoad } from '../plan/loads.ts';
import { columns } from '../report/columns.ts';
import { formatSeconds } from '../report/html/sections.ts';
import { type Paint, painter, type Tone, wrapped } from '../report/terminal-text.ts';
import { votes } from './answer.ts';
import { byLevel } from './by-level.ts';
import type { CapacityResult } from './capacity-result.ts';
import { timed } from './knee.ts';
import { provisionText } from './provision-text.ts';
import type { StepOutcome, StepVerdict } from './search.ts';
import { searchFiles } from './search-files.ts';

export interface CapacityTextOptions {
  /** Whether to write escape sequences for colours. */
  colour: boolean;
  /** Directory of the search, as the user may type it. */
  dir: string;
}

const WIDTH = 80;
const tones: Readonly<Record<CapacityResult['verdict'], Tone>> = { pass: 'good', fail: 'bad', inconclusive: 'doubt' };
/** A sign for each trial. */
const trialMarks: Readonly<Record<StepVerdict, string>> = {
  holds: '✓',
  breaks: '✗',
  generator: '–',
  unsure: '?',
};

/** What a search found on one screen of 80 columns, the answer first. */
export function* capacityText(result: CapacityResult, { colour, dir }: CapacityTextOptions): Iterable<string> {
  const paint = painter(colour);
  const lines = [
    ...answer(result, paint),
    ...found(result),
    '',
    ...levels(result, paint),
    '',
    ...named('holds if', result.holdsIf.map(printable).join(' · ')),
    ...takes(result),
    ...named('files', printable(dir)),
    paint('quiet', `${' '.repeat(12)}${filesOf(result).join('  ')}`),
  ];
  for (const line of lines) yield `${line}\n`;
}

function answer({ verdict, answer: sentence, run, steps }: CapacityResult, paint: Paint): string[] {
  const word = verdict.toUpperCase();
  const told = wrapped(printable(sentence), WIDTH - word.length - 2).map((line) => paint('loud', line));
  const about = `${printable(run.scenario)} · run ${printable(run.id)} · ${formatCountOf(steps.length, 'trial')} in ${formatSeconds(run.durationSeconds)}`;
  return [
    ...told.map((line, i) => `${i === 0 ? paint(tones[verdict], word) : ' '.repeat(word.length)}  ${line}`),
    ...wrapped(about, WIDTH).map((line) => paint('quiet', line)),
    '',
  ];
}

function found({ goal, finding, knee }: CapacityResult): string[] {
  const { highestHeld, lowestBroke, interval, nonMonotonic } = finding;
  const load = (level: number): string => loadText(goal, level);
  return [
    ...(highestHeld === null ? [] : named('holds', `${load(highestHeld.level)}, in ${votes(highestHeld, 'holds')}`)),
    ...(lowestBroke === null ? [] : named('breaks', `${load(lowestBroke.level)}, in ${votes(lowestBroke, 'breaks')}`)),
    ...(interval === null
      ? []
      : named(
          'capacity',
          `${load(roundLoad(goal.vary, interval.low))} to ${load(roundLoad(goal.vary, interval.high))}, at ${interval.confidence * 100} %: where half of all trials would break`,
        )),
    ...(knee === null ? [] : named('knee', `${load(knee)}: beyond it latency grows faster than throughput`)),
    ...nonMonotonic.flatMap(({ broke, held }) =>
      named('odd', `${load(broke.level)} broke although ${load(held.level)} held: the lower one counts`),
    ),
  ];
}

function levels({ goal, steps }: CapacityResult, paint: Paint): string[] {
  if (steps.length === 0) return [];
  const rows = byLevel(steps).map(({ level, trials }) => [
    `  ${loadText(goal, level)}`,
    trials.map(({ verdict }) => trialMarks[verdict]).join(''),
    formatRate(Math.min(...trials.map(({ ackedPerSecond }) => ackedPerSecond))),
    worst(trials, 'p50'),
    worst(trials, 'p99'),
    printable(trials.find(({ limit }) => limit !== null)?.limit?.what ?? ''),
  ]);
  const heading = ['  load', 'trials', 'taken', 'p50', 'p99', ''];
  const [first = '', ...rest] = columns([heading, ...rows], { width: WIDTH, right: [0, 2, 3, 4] })
    .trimEnd()
    .split('\n');
  return [paint('quiet', first), ...rest];
}

function takes({ goal, provision }: CapacityResult): string[] {
  if (provision === null) return [];
  // The rest of what a protocol says is on the page and in capacity.json.
  const lines = provision.targets.flatMap(({ name, needs }) =>
    needs === null ? [] : [`${printable(name)}: ${printable(needs)}`],
  );
  return [...provisionText(goal, provision), ...lines].flatMap((text, i) => named(i === 0 ? 'provision' : '', text));
}

function filesOf({ steps }: CapacityResult): string[] {
  const own = steps.some(({ dir }) => dir.startsWith(`${searchFiles.steps}/`));
  return [searchFiles.result, searchFiles.page, ...(own ? [`${searchFiles.steps}/`] : [])];
}

function named(word: string, text: string): string[] {
  return wrapped(text, WIDTH - 12).map((line, i) => `  ${(i === 0 ? word : '').padEnd(10)}${line}`);
}

/** The worst of a load's trials; a dash where none could tell. */
function worst(trials: readonly StepOutcome[], stat: 'p50' | 'p99'): string {
  const values = trials.map((trial) => timed(trial)[stat]).filter((us) => us !== null);
  return values.length === 0 ? '–' : formatMicros(Math.max(...values));
}
