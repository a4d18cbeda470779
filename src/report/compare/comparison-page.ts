import { page } from '../html/page.ts';
import { markup } from '../markup.ts';
import type { Comparison } from './compare.ts';
import { changeText, conclusion, valueText } from './comparison-text.ts';

const tones = {
  regression: 'fail',
  worse: 'inconclusive',
  better: 'pass',
  same: 'skipped',
  unsure: 'inconclusive',
  unknown: 'skipped',
  told: 'skipped',
} as const;

/** A comparison as a page that needs nothing else. */
export function* comparisonPage(comparison: Comparison): Iterable<string> {
  const { runs, metrics, regressions } = comparison;
  const [word, ...rest] = conclusion(comparison).split('  ');
  const names = runs
    .map(({ scenario, id, verdict }) => `<b>${markup(scenario)}</b> ${markup(id)} (${verdict})`)
    .join(' → ');
  const rows = metrics.map(
    (metric) =>
      `<tr><td>${markup(metric.name)}</td><td class="n">${valueText(metric.before, metric.unit)}</td><td class="n">${valueText(metric.after, metric.unit)}</td>` +
      `<td class="n">${changeText(metric)}</td><td class="mark ${tones[metric.verdict]}">${metric.verdict}</td></tr>`,
  );
  const body = [
    `<header><span class="verdict ${regressions.length > 0 ? 'fail' : 'pass'}" id="verdict">${word}</span><h1>${markup(rest.join(' '))}</h1><p class="soft">${names}</p></header>\n`,
    `<section><h2>What changed</h2><p class="soft small">Means over the measurement, and how far they may be apart by chance, at 99 %.</p><div class="scroll"><table>`,
    `<thead><tr><th></th><th class="n">before</th><th class="n">after</th><th class="n">change</th><th></th></tr></thead><tbody>${rows.join('')}</tbody></table></div></section>\n`,
  ];
  yield* page(`${word}: ${runs[1]?.scenario ?? ''} – iotload`, body, { plots: [], notes: [] });
}
