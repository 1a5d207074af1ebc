/** The look of a report: light and dark, narrow screens, print. */
export const pageStyle = `
:root { color-scheme: light dark; --ink: #1a1d21; --muted: #59616b; --line: #d5dae0; --back: #ffffff; --box: #f4f6f8; --mark: #0072b2; --shade: rgb(0 0 0 / 0.18); }
@media (prefers-color-scheme: dark) {
  :root { --ink: #eef1f5; --muted: #a3acb8; --line: #333b46; --back: #0d1117; --box: #171d26; --mark: #56b4e9; --shade: rgb(255 255 255 / 0.22); }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--back); color: var(--ink); font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
main { max-width: 66rem; margin: 0 auto; padding: 1.5rem 1.25rem 4rem; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0.5rem 0; }
h2 { font-size: 1.25rem; margin: 2.5rem 0 0.75rem; padding-top: 0.75rem; border-top: 1px solid var(--line); }
h3 { font-size: 1rem; margin: 1.5rem 0 0.4rem; }
h1, h3, p, li, dd, figcaption { overflow-wrap: anywhere; }
p, li, dd { max-width: 46rem; }
.muted, figcaption, .caption { color: var(--muted); font-size: 0.9rem; }
.verdict { border-left: 4px solid var(--mark); background: var(--box); padding: 0.5rem 1rem; }
/* A shade at the right edge while there is more: what covers it moves along with the table. */
.wide {
  overflow-x: auto;
  background: linear-gradient(to left, var(--back), var(--back)) right / 1rem 100% no-repeat local,
    linear-gradient(to left, var(--shade), transparent) right / 1rem 100% no-repeat scroll;
}
.wide:focus-visible { outline: 2px solid var(--mark); outline-offset: 2px; }
table { border-collapse: collapse; font-size: 0.9rem; font-variant-numeric: tabular-nums; }
.caption { margin: 0 0 0.4rem; }
th, td { padding: 0.3rem 0.7rem; border-bottom: 1px solid var(--line); text-align: right; vertical-align: bottom; }
th:first-child, td:first-child, .texts td, .texts th { text-align: left; vertical-align: top; }
thead tr + tr th:first-child { text-align: right; }
thead th[colspan] { text-align: center; border-bottom-color: transparent; }
tbody th, thead tr:first-child th:first-child { position: sticky; left: 0; background: var(--back); }
thead th, thead th:first-child, .texts thead th { vertical-align: bottom; }
tbody th, tbody td { white-space: nowrap; }
.texts td { white-space: normal; }
p code { white-space: nowrap; }
td code { white-space: pre-line; }
tbody th { font-weight: 600; }
tr.yours th::before { content: "\\2605 "; color: var(--mark); }
tr.theory th, tr.theory td { color: var(--muted); font-weight: 400; }
pre, code { font: 0.875rem/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
pre { background: var(--box); border: 1px solid var(--line); border-radius: 6px; padding: 0.75rem 1rem; overflow-x: auto; max-width: 46rem; }
figure { margin: 1.5rem 0; }
figure svg { display: block; max-width: 100%; height: auto; min-width: 40rem; }
dt { font-weight: 600; margin-top: 0.5rem; }
dd { margin: 0; }
.dark { display: none; }
@media (prefers-color-scheme: dark) { .dark { display: block; } .light { display: none; } }
@media (max-width: 40rem) { tbody th { white-space: normal; min-width: 8rem; } }
@media print {
  :root { --ink: #000000; --muted: #444444; --line: #bbbbbb; --back: #ffffff; --box: #ffffff; --shade: transparent; color-scheme: light; }
  .light { display: block; } .dark { display: none; }
  body { font-size: 11pt; } main { padding: 0; max-width: none; }
  figure, tr, pre { break-inside: avoid; } h2, h3 { break-after: avoid; }
  figure svg { min-width: 0; } .wide { overflow: visible; } table { font-size: 8pt; } th, td { padding: 0.15rem 0.3rem; }
}
`;
