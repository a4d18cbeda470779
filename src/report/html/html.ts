import type { RunResult } from '../../metrics/result.ts';
import { resultFormats } from '../../metrics/result-formats.ts';
import type { Evidence } from '../evidence.ts';
import type { ReportFormat } from '../format.ts';
import { markup } from '../markup.ts';
import { deviceSection } from './device-section.ts';
import { flowDrawing } from './flow-drawing.ts';
import { heatMapDrawing } from './heat-map-drawing.ts';
import { type PageData, type Plot, page } from './page.ts';
import { partitionSection } from './partition-section.ts';
import { percentileCurves } from './percentile-curves.ts';
import { pictureSection } from './picture-section.ts';
import { plotsOf, showsSomething } from './plots.ts';
import * as sections from './sections.ts';
import { shardTable } from './shard-table.ts';

/** One page that needs nothing else: the verdict first, then whether it can be trusted, then everything over time. */
export const html: ReportFormat = {
  name: 'html',
  extension: 'html',
  file: resultFormats.html,
  readsFiles: true,
  *render(result, evidence) {
    const plots = evidence.timeline === null ? [] : plotsOf(evidence.timeline).filter(showsSomething);
    const data: PageData = { plots, notes: notesOf(result, evidence) };
    yield* page(`${result.verdict}: ${result.run.scenario} – iotload`, body(result, evidence, plots), data);
  },
};

function* body(result: RunResult, evidence: Evidence, plots: readonly Plot[]): Iterable<string> {
  const { timeline } = evidence;
  const chart = (id: string): string =>
    plots.some((plot) => plot.id === id) ? `<div class="chart plot" id="${id}"></div>` : '';
  yield sections.verdict(result);
  yield sections.tiles(result);
  yield sections.checks(result);
  yield sections.trust(result);
  yield sections.section(
    'Latency',
    `${percentileCurves(evidence)}${sections.latencies(result)}`,
    'From the instant at which each event was due: what waited is counted as late.',
  );
  const throughput = chart('plot-throughput');
  if (throughput !== '')
    yield sections.section(
      'Throughput',
      `${throughput}${chart('plot-waiting')}`,
      'Drag to zoom, double-click to go back. Dotted lines: what happened, see below.',
    );
  if (timeline !== null) {
    const heat = heatMapDrawing(timeline.response, 'Response time over time');
    const seen = heatMapDrawing(timeline.endToEnd, 'End-to-end time over time');
    const told = [
      chart('plot-latency'),
      heat === '' ? '' : `<h3>Response times</h3>${heat}`,
      seen === '' ? '' : `<h3>End-to-end times</h3>${seen}`,
    ];
    if (told.some((part) => part !== ''))
      yield sections.section('Latency over time', told.join(''), 'The darker, the more of that moment’s events.');
  }
  yield sections.section('Delivery', flowDrawing(result));
  yield sections.targets(result);
  yield shardTable(result);
  yield sections.section('What happened', sections.happenings(result));
  yield partitionSection(result, evidence);
  yield deviceSection(evidence);
  yield pictureSection(evidence);
  const machine = `${chart('plot-cpu')}${chart('plot-memory')}`;
  if (machine !== '')
    yield sections.section(
      'Generator and verifier',
      machine,
      'Processors and memory that the measurement itself took.',
    );
  yield sections.provenance(result);
  yield `<footer>iotload ${markup(`${result.environment['iotload'] ?? ''}`)} · the figures: summary.json</footer>\n`;
}

/** What is marked in the charts over time. */
function notesOf({ timeline, errors }: RunResult, { startWallUs }: Evidence): PageData['notes'] {
  if (startWallUs === null) return [];
  const at = (time: string): number => Math.round(Date.parse(time) / 10 - startWallUs / 10_000) / 100;
  return [
    ...timeline.map(({ at: time, text }) => ({ at: at(time), text })),
    ...errors.slice(0, 20).map(({ firstAt, message }) => ({ at: at(firstAt), text: message })),
  ];
}
