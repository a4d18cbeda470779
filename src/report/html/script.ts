/** What the page does by itself: draws the charts over time, and once more when colours or the width change. Plain JavaScript. */
export const script = `(() => {
'use strict';
const data = JSON.parse(document.getElementById('data').textContent);
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue('--' + name).trim();
const short = (v, d) => String(+v.toPrecision(d === undefined ? 3 : d));
const si = (v, units) => { for (const [scale, unit] of units) if (Math.abs(v) >= scale) return short(v / scale) + unit; return short(v) + units[units.length - 1][1]; };
const formats = {
  rate: (v) => si(v, [[1e6, ' M/s'], [1e3, ' k/s'], [1, ' /s']]),
  count: (v) => si(v, [[1e6, ' M'], [1e3, ' k'], [1, '']]),
  time: (v) => si(v, [[1e6, ' s'], [1e3, ' ms'], [1, ' \\u00b5s']]),
  share: (v) => short(v * 100) + ' %',
  bytes: (v) => si(v, [[1073741824, ' GiB'], [1048576, ' MiB'], [1024, ' KiB'], [1, ' B']]),
};
const clock = (v) => { const s = Math.round(v); const m = Math.floor(s / 60), h = Math.floor(m / 60);
  const two = (n) => String(n).padStart(2, '0'); return h > 0 ? h + ':' + two(m % 60) + ':' + two(s % 60) : m > 0 ? m + ':' + two(s % 60) : s + ' s'; };
const marks = (u) => { const { ctx, bbox } = u; ctx.save(); ctx.strokeStyle = colour('soft'); ctx.setLineDash([2, 3]);
  for (const { at } of data.notes) { const x = u.valToPos(at, 'x', true); if (x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.beginPath(); ctx.moveTo(x, bbox.top); ctx.lineTo(x, bbox.top + bbox.height); ctx.stroke(); } ctx.restore(); };
const drawn = [];
const width = (el) => Math.max(240, el.clientWidth);
const draw = () => {
  for (const plot of drawn.splice(0)) plot.destroy();
  for (const { id, unit, logarithmic, series, columns } of data.plots) {
    const el = document.getElementById(id);
    if (!el) continue;
    const format = formats[unit];
    const axis = { stroke: colour('soft'), grid: { stroke: colour('grid'), width: 1 }, ticks: { stroke: colour('grid'), width: 1 } };
    drawn.push(new uPlot({
      width: width(el), height: innerWidth < 600 ? 210 : 260, cursor: { drag: { x: true, y: false }, sync: { key: 'time' } },
      scales: { x: { time: false }, y: logarithmic ? { distr: 3 } : { range: (_, low, high) => [Math.min(0, low), high > 0 ? high * 1.06 : 1] } },
      axes: [{ ...axis, values: (_, all) => all.map(clock) }, { ...axis, size: 68, values: (_, all) => all.map((v) => v === null || (logarithmic && !/^1e/.test(v.toExponential())) ? '' : format(v)) }],
      series: [{ label: 'time', value: (_, v) => v === null ? '\\u2013' : clock(v) }, ...series.map((s) => ({ label: s.label, stroke: colour(s.colour), width: s.dash ? 1.5 : 2,
        dash: s.dash ? [6, 4] : undefined, spanGaps: true, points: { show: columns[0].length < 3 }, value: (_, v) => v === null || v === undefined ? '\\u2013' : format(v) }))],
      hooks: { draw: [marks] },
    }, columns, el));
  }
};
draw();
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
matchMedia('print').addEventListener('change', draw);
let frame = 0;
addEventListener('resize', () => { cancelAnimationFrame(frame); frame = requestAnimationFrame(draw); });
})();
`;
