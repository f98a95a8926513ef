/** The report's look, light and dark. Colours by Okabe and Ito, told apart with any sight. */
export const style = `
:root { color-scheme: light dark; --ink: #1b1f24; --soft: #667; --line: #e2e5ea; --page: #fff; --own: #0072b2; --peer: #d55e00; --bound: #009e73; --use: #b9c3cf; --bad: #c1121f; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ee; --soft: #9aa3af; --line: #2c3340; --page: #12161c; --own: #56b4e9; --peer: #e69f00; --bound: #2fcf9f; --use: #3d4958; --bad: #ff6b6b; } }
body { margin: 0; background: var(--page); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 1180px; margin: 0 auto; padding: 24px; }
h1 { font-size: 26px; margin: 0 0 8px; } h2 { font-size: 19px; margin: 32px 0 8px; }
.note, figcaption, small { color: var(--soft); } figcaption { font-size: 13px; margin: -2px 0 14px 66px; }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(440px, 1fr)); gap: 16px; }
figure { margin: 0; } svg { width: 100%; height: auto; } .wide { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: 13px; }
th, td { padding: 4px 9px; text-align: right; border-bottom: 1px solid var(--line); vertical-align: top; }
thead th { vertical-align: bottom; } tbody th, thead th:first-child { text-align: left; white-space: nowrap; } small { font-size: 11px; white-space: nowrap; }
tr.own th, tr.own td { font-weight: 600; } tr.own small { font-weight: 400; }
text { fill: var(--ink); font: 12px system-ui, sans-serif; } text.title { font-weight: 600; font-size: 13px; } text.tick { fill: var(--soft); font-size: 11px; } text.axis { fill: var(--soft); }
text.name { font-size: 11px; paint-order: stroke; stroke: var(--page); stroke-width: 3px; } text.name.own { font-weight: 700; fill: var(--own); }
.grid { stroke: var(--line); } .promise { stroke: var(--soft); stroke-dasharray: 2 4; } .front { fill: none; stroke: var(--soft); stroke-dasharray: 6 4; }
.dot.own { fill: var(--own); } .dot.peer { fill: var(--peer); } .dot.bound { fill: var(--bound); }
.bar { stroke-width: 1.5; opacity: .45; } .bar.own { stroke: var(--own); } .bar.peer { stroke: var(--peer); } .bar.bound { stroke: var(--bound); }
.use { fill: var(--use); } .request { fill: none; stroke-width: 1.6; } .request.own { stroke: var(--own); } .request.peer { stroke: var(--peer); opacity: .8; } .exceeded { stroke: var(--bad); }
.key { padding: 0 6px; border-left: 12px solid; } .key.use { border-color: var(--use); } .key.own { border-color: var(--own); } .key.peer { border-color: var(--peer); }
`.trim();
