/**
 * How the page looks. Text has a contrast of at least 4.5 : 1 on its ground, in the light and in the dark; nothing is said by
 * colour alone.
 */
export const pageStyle = `
:root {
  color-scheme: light dark;
  --ground: #f4f1ea; --card: #fffdf9; --line: #ddd6c8; --text: #23211d; --soft: #615c52;
  --accent: #1f6f5c; --on-accent: #ffffff; --bad: #a32c1d; --bad-ground: #fbe9e5;
  --a: #2a5d9f; --b: #8a4b08; --c: #6b3fa0; --d: #1f6f5c; --e: #9c2763; --on-chip: #ffffff;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #171613; --card: #211f1b; --line: #3b3831; --text: #ece8df; --soft: #b0a999;
    --accent: #6fd0b5; --on-accent: #10241e; --bad: #ff9d8c; --bad-ground: #3a1f1a;
    --a: #8fbcf5; --b: #efb265; --c: #c9a8f2; --d: #6fd0b5; --e: #f29ac6; --on-chip: #171613;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; max-width: 68rem; padding: 1.5rem clamp(1rem, 4vw, 2.5rem) 3rem;
  background: var(--ground); color: var(--text);
  font: 1rem/1.5 system-ui, "Segoe UI", "Helvetica Neue", Arial, sans-serif;
}
h1, h2, h3, p, ul { margin: 0; }
ul { padding: 0; list-style: none; }
header { margin-bottom: 1.75rem; }
header p:last-child { color: var(--soft); max-width: 44rem; }
h1 { font-size: clamp(1.4rem, 1.1rem + 1.6vw, 2.1rem); line-height: 1.2; letter-spacing: -0.015em; margin: 0.4rem 0 0.5rem; text-wrap: balance; }
h2 { font-size: 1.1rem; line-height: 1.3; }
h2 small { display: block; font-size: 0.875rem; font-weight: 400; color: var(--soft); }
h3 { font-size: 1rem; display: flex; align-items: center; gap: 0.6rem; }
.brand { font-weight: 700; letter-spacing: 0.02em; color: var(--accent); }
.brand span { font-weight: 400; color: var(--soft); }
main { display: grid; grid-template-columns: repeat(12, minmax(0, 1fr)); gap: 1rem; }
main > * { grid-column: span 4; }
main > .wide { grid-column: 1 / -1; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 0.75rem; padding: 1.1rem 1.2rem; }
.you { border-top: 4px solid var(--accent); padding-top: calc(1.1rem - 3px); }
.you, .neighbour { display: flex; flex-direction: column; }
.goods { margin-top: auto; }
.where { font-size: 1.15rem; margin: 0.6rem 0 0.8rem; }
.chip {
  display: inline-block; min-width: 1.6em; padding: 0 0.4em; border-radius: 0.4em; text-align: center; font-weight: 700;
  background: var(--chip, var(--soft)); color: var(--on-chip);
}
[data-server="a"] { --chip: var(--a); }
[data-server="b"] { --chip: var(--b); }
[data-server="c"] { --chip: var(--c); }
[data-server="d"] { --chip: var(--d); }
[data-server="e"] { --chip: var(--e); }
button {
  font: inherit; font-size: 0.9375rem; min-height: 2.4rem; padding: 0.3rem 0.85rem; cursor: pointer;
  border: 1px solid var(--line); border-radius: 0.5rem; background: transparent; color: var(--text);
}
button:hover { border-color: currentColor; }
button:disabled { opacity: 0.55; cursor: default; border-color: var(--line); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.you .goods button, #join, .power.revive { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
.power { color: var(--bad); border-color: currentColor; }
.goods { display: flex; flex-wrap: wrap; gap: 0.5rem; }
.cart { min-height: 7.2rem; margin-bottom: 0.9rem; border-top: 1px solid var(--line); }
.cart li { display: flex; align-items: center; justify-content: space-between; gap: 0.5rem; border-bottom: 1px solid var(--line); padding: 0.25rem 0; }
.cart li button { min-height: 2rem; padding: 0.1rem 0.6rem; font-size: 0.875rem; border-color: transparent; color: var(--soft); text-decoration: underline; }
.cart .none { color: var(--soft); padding: 0.5rem 0; }
.news div { display: grid; gap: 0.6rem; margin-top: 0.6rem; }
.news p:first-child { font-weight: 600; }
.bar { display: flex; align-items: center; justify-content: space-between; gap: 0.75rem; flex-wrap: wrap; }
.servers { display: grid; grid-template-columns: repeat(auto-fit, minmax(13rem, 1fr)); gap: 1rem; margin-top: 0.75rem; }
.server { border-left: 5px solid var(--chip); }
.server.dead { border-left-style: dashed; background: var(--bad-ground); }
.figures { color: var(--soft); margin: 0.5rem 0; font-variant-numeric: tabular-nums; }
.people { display: flex; flex-wrap: wrap; gap: 0.35rem; min-height: 3.7rem; align-content: flex-start; }
.people li { font-size: 0.8125rem; line-height: 1.4; padding: 0.1rem 0.55rem; border: 1px solid var(--line); border-radius: 1rem; }
.people .me { background: var(--accent); border-color: var(--accent); color: var(--on-accent); font-weight: 700; }
.aside { color: var(--soft); margin-top: 0.75rem; }
.scroll { overflow-x: auto; margin-top: 0.5rem; }
table { border-collapse: collapse; width: 100%; font-size: 0.9375rem; }
th, td { text-align: left; padding: 0.35rem 0.9rem 0.35rem 0; border-bottom: 1px solid var(--line); white-space: nowrap; }
th { font-size: 0.8125rem; color: var(--soft); font-weight: 600; }
td:first-child { color: var(--soft); font-variant-numeric: tabular-nums; }
label { display: flex; align-items: center; gap: 0.5rem; font-size: 0.9375rem; min-height: 2rem; cursor: pointer; }
input { width: 1.15rem; height: 1.15rem; accent-color: var(--accent); }
.meaning { color: var(--soft); font-weight: 400; }
tr.mine td { font-weight: 600; }
.trouble { background: var(--bad-ground); color: var(--bad); border: 1px solid currentColor; border-radius: 0.5rem; padding: 0.7rem 1rem; margin-bottom: 1rem; }
footer { margin-top: 2rem; color: var(--soft); font-size: 0.9375rem; display: grid; gap: 0.4rem; }
a { color: var(--accent); }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
@media (max-width: 60rem) {
  main > * { grid-column: span 6; }
  main > .news { grid-column: 1 / -1; grid-row: 2; }
}
@media (max-width: 40rem) {
  main > *, main > .news { grid-column: 1 / -1; grid-row: auto; }
  .cart, .people { min-height: 0; }
  table { font-size: 0.8125rem; }
  th, td { padding-right: 0.5rem; }
  th:first-child, td:first-child, .meaning { display: none; }
}
`;
