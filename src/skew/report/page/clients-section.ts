import { percent, thousands } from "../../advice/wording.ts";
import type { Concentration } from "../../measures/concentration.ts";
import { floorSentence, populationSentences } from "../population-text.ts";
import type { SimulationResult } from "../simulation-result.ts";
import { html, type Markup } from "./markup.ts";

/** Who comes: how many, from how few addresses, and what that forces on every hash. */
export function clientsSection({ placement, unit, logs, notes }: SimulationResult): Markup {
  const { population } = placement;
  const { users, connections, heaviest } = population;
  const sentences = [...populationSentences(placement, unit), ...logs];
  const concentrations: readonly (readonly [string, Concentration, number, number])[] = [
    ...(users === undefined
      ? []
      : [["users", users, placement.floor.users ?? 1, placement.theoreticalCv.users ?? 0] as const]),
    [`${unit}s`, connections, placement.floor.connections, placement.theoreticalCv.connections],
  ];
  return html`<section>
<h2>Who comes</h2>
<p>${sentences.join(" ")}</p>
<p>${floorSentence(placement, unit)}</p>
${notes.map((note) => html`<p>${note}</p>\n`)}
<div class="wide"><table>
<caption>What the population forces on a hash of the address, whatever the algorithm</caption>
<thead><tr><th scope="col">counted by</th><th scope="col">all</th><th scope="col">addresses</th><th scope="col">n_eff</th><th scope="col">heaviest address</th><th scope="col">floor of max/avg</th><th scope="col">CV to expect</th></tr></thead>
<tbody>
${concentrations.map(
  ([noun, { total, addresses, effectiveAddresses, heaviestShare }, floor, cv]) =>
    html`<tr><th scope="row">${noun}</th><td>${thousands(total)}</td><td>${thousands(addresses)}</td><td>${effectiveAddresses.toFixed(1)}</td><td>${percent(heaviestShare)}</td><td>${floor.toFixed(2)}</td><td>${cv.toFixed(3)}</td></tr>\n`,
)}</tbody>
</table></div>
<h3>The heaviest addresses</h3>
<div class="wide"><table>
<thead><tr><th scope="col">address</th>${users === undefined ? "" : html`<th scope="col">users</th>`}<th scope="col">${unit}s</th><th scope="col">share of ${unit}s</th></tr></thead>
<tbody>
${heaviest.map(
  (heavy) =>
    html`<tr><th scope="row">${heavy.address}</th>${heavy.users === undefined ? "" : html`<td>${thousands(heavy.users)}</td>`}<td>${thousands(heavy.connections)}</td><td>${percent(heavy.share)}</td></tr>\n`,
)}</tbody>
</table></div>
</section>`;
}
