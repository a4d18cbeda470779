/** The look of the page: light and dark by the reader's choice, light on paper, one column on a phone. */
export const style = `
:root{color-scheme:light dark;--paper:#fbfbf9;--card:#fff;--ink:#1d2430;--soft:#5d6675;--line:#e2e4e8;--grid:#eceef1;
--sent:#2f6fde;--acked:#159a6c;--received:#d9822b;--shed:#c43d3d;--due:#8a93a3;--lag:#8257c9;--wait:#b8860b;
--good:#0f7f58;--bad:#b3261e;--doubt:#8a5a00;--good-bg:#e4f5ee;--bad-bg:#fbe9e7;--doubt-bg:#fdf2dc;
--h0:#eef3fc;--h1:#d3e2f8;--h2:#adc9f2;--h3:#81aceb;--h4:#5488de;--h5:#3367c4;--h6:#224a98;--h7:#16306a}
@media (prefers-color-scheme:dark){:root{--paper:#12161d;--card:#1a1f28;--ink:#e6e9ee;--soft:#9aa4b4;--line:#2b323e;--grid:#262d38;
--sent:#6ea1ff;--acked:#4cc79a;--received:#f0a65a;--shed:#ef7b74;--due:#7d8798;--lag:#b394f0;--wait:#dcb54a;
--good:#5bd3a5;--bad:#ff8a80;--doubt:#f2c260;--good-bg:#12352a;--bad-bg:#3d1f1d;--doubt-bg:#3a2f14;
--h0:#1d2531;--h1:#20324e;--h2:#25446f;--h3:#2c5a96;--h4:#3974bd;--h5:#5793db;--h6:#86b6f0;--h7:#c3dcfb}}
@media print{:root{color-scheme:light;--paper:#fff;--card:#fff;--ink:#1d2430;--soft:#5d6675;--line:#d8dbe0;--grid:#eceef1;
--sent:#2f6fde;--acked:#159a6c;--received:#d9822b;--shed:#c43d3d;--due:#8a93a3;--lag:#8257c9;--wait:#b8860b;
--good:#0f7f58;--bad:#b3261e;--doubt:#8a5a00;--good-bg:#e4f5ee;--bad-bg:#fbe9e7;--doubt-bg:#fdf2dc;
--h0:#eef3fc;--h1:#d3e2f8;--h2:#adc9f2;--h3:#81aceb;--h4:#5488de;--h5:#3367c4;--h6:#224a98;--h7:#16306a}
section,header,.chart{break-inside:avoid}body{font-size:12px}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
main{max-width:1080px;margin:0 auto;padding:28px 20px 60px}
h1{font-size:1.65rem;line-height:1.25;margin:.35rem 0 .5rem;font-weight:650;letter-spacing:-.01em;overflow-wrap:anywhere}
h2{font-size:1.08rem;margin:0 0 .15rem;font-weight:650}
h3{font-size:.92rem;margin:1.1rem 0 .3rem;font-weight:600}
p{margin:.3rem 0}.soft{color:var(--soft)}.small{font-size:.86rem}
a{color:var(--sent)}
section{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:18px 20px 16px;margin-top:18px}
header{padding:4px 2px 0}
.verdict{display:inline-block;padding:.18rem .7rem;border-radius:99px;font-weight:700;font-size:.82rem;letter-spacing:.06em}
.verdict.pass{background:var(--good-bg);color:var(--good)}.verdict.fail,.verdict.error{background:var(--bad-bg);color:var(--bad)}
.verdict.inconclusive{background:var(--doubt-bg);color:var(--doubt)}
.reasons{margin:.2rem 0 .4rem;padding-left:1.1rem}
.tiles{display:grid;grid-template-columns:repeat(4,1fr);gap:10px;margin-top:16px}
.tile{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:10px 12px}
.tile b{display:block;font-size:1.22rem;font-weight:650;font-variant-numeric:tabular-nums;white-space:nowrap}
.tile span{font-size:.8rem;color:var(--soft)}.tile.bad b{color:var(--bad)}.tile.doubt b{color:var(--doubt)}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums;margin-top:8px}
th,td{text-align:left;padding:.34rem .7rem .34rem 0;border-top:1px solid var(--line);vertical-align:top;overflow-wrap:break-word}
td.v{overflow-wrap:anywhere}
th{font-weight:600;font-size:.84rem;color:var(--soft);border-top:0}
td.n,th.n{text-align:right;padding-right:0;padding-left:.9rem;white-space:nowrap}
td.k{white-space:nowrap;color:var(--soft);padding-right:1.2rem}
.mark{font-weight:700}.pass>.mark,.mark.pass{color:var(--good)}.mark.fail{color:var(--bad)}.mark.inconclusive{color:var(--doubt)}.mark.skipped{color:var(--soft)}
.chart{margin:10px 0 2px;position:relative}
svg{display:block;width:100%;height:auto;overflow:visible}
svg text{font:11px system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;fill:var(--soft)}
svg text.strong{fill:var(--ink);font-weight:600}
.gridline{stroke:var(--grid);stroke-width:1}.axis{stroke:var(--line)}.slo{stroke:var(--shed);stroke-dasharray:5 4;stroke-width:1.5}
.line{fill:none;stroke-width:2;stroke-linejoin:round}
.c-sent{--c:var(--sent)}.c-acked{--c:var(--acked)}.c-received{--c:var(--received)}.c-shed{--c:var(--shed)}.c-due{--c:var(--due)}.c-lag{--c:var(--lag)}.c-wait{--c:var(--wait)}
.line{stroke:var(--c)}.fill{fill:var(--c)}.faint{fill:var(--c);opacity:.16}
.h0{fill:var(--h0)}.h1{fill:var(--h1)}.h2{fill:var(--h2)}.h3{fill:var(--h3)}.h4{fill:var(--h4)}.h5{fill:var(--h5)}.h6{fill:var(--h6)}.h7{fill:var(--h7)}
.cells{shape-rendering:crispEdges}.refused{stroke:var(--shed);stroke-width:3;fill:none}.mean{stroke:var(--ink);stroke-dasharray:3 3;stroke-width:1.2}
.b0{--b:var(--h0)}.b1{--b:var(--h1)}.b2{--b:var(--h2)}.b3{--b:var(--h3)}.b4{--b:var(--h4)}.b5{--b:var(--h5)}.b6{--b:var(--h6)}.b7{--b:var(--h7)}
.grid path{fill:none}.s0{stroke:var(--h0)}.s1{stroke:var(--h1)}.s2{stroke:var(--h2)}.s3{stroke:var(--h3)}.s4{stroke:var(--h4)}.s5{stroke:var(--h5)}.s6{stroke:var(--h6)}.s7{stroke:var(--h7)}
.dot{stroke-width:4.5;stroke-linecap:round}.gridpath{fill:none;stroke:var(--line);stroke-width:1}.stalk{fill:none;stroke:var(--due);stroke-width:1;opacity:.5}
.scale{white-space:nowrap}.legend .scale i{width:16px;height:10px;margin:0;border-radius:0;background:var(--b)}.legend .scale i:first-of-type{margin-left:6px}.legend .scale i:last-of-type{margin-right:6px}
.pair{display:grid;grid-template-columns:1fr 1fr;gap:4px 26px}.pair>div{min-width:0}.pair svg text{font-size:12px}td.why{min-width:12rem}
.legend{display:flex;flex-wrap:wrap;gap:4px 16px;margin:.5rem 0 0;font-size:.84rem;color:var(--soft)}
.legend i{display:inline-block;width:14px;height:3px;border-radius:2px;background:var(--c);vertical-align:middle;margin-right:6px}
code{font:.86em ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;overflow-wrap:anywhere}
pre{background:var(--paper);border:1px solid var(--line);border-radius:8px;padding:10px 12px;white-space:pre-wrap;overflow-wrap:anywhere;margin:.5rem 0}
.plot{min-height:230px}.u-legend{font-size:12px;color:var(--soft);text-align:left!important}.u-legend .u-value{font-variant-numeric:tabular-nums;color:var(--ink)}
.u-select{background:rgba(120,150,200,.18)!important}
footer{margin-top:26px;color:var(--soft);font-size:.84rem}
@media (max-width:760px){.pair{grid-template-columns:1fr}}
@media (max-width:600px){.pair .chart>svg{width:100%}.pair svg text{font-size:15px}.chart{overflow-x:auto}.chart>svg{width:760px}.chart text{font-size:12.5px}.tiles{grid-template-columns:1fr 1fr}main{padding:16px 12px 40px}section{padding:14px 14px 12px}h1{font-size:1.32rem}.tile b{font-size:1.08rem}td.k{white-space:normal}}
`;
