import { percent, thousands } from "../../advice/wording.ts";
import type { Concentration } from "../../measures/concentration.ts";
import { floorSentence, populationSentences } from "../population-text.ts";
import type { SimulationResult } from "../simulation-result.ts";
import { html, type Markup } from "./markup.ts";
import { columnHeads, tableCaption, wideTable } from "./wide-table.ts";

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
${tableCaption("forced-caption", "What the population forces on a hash of the address, whatever the algorithm")}
${wideTable({
  label: "forced-caption",
  head: html`<tr>${columnHeads(["counted by", "all", "addresses", "n_eff", "heaviest address", "floor of max/avg", "CV to expect"])}</tr>`,
  rows: concentrations.map(
    ([noun, { total, addresses, effectiveAddresses, heaviestShare }, floor, cv]) =>
      html`<tr><th scope="row">${noun}</th><td>${thousands(total)}</td><td>${thousands(addresses)}</td><td>${effectiveAddresses.toFixed(1)}</td><td>${percent(heaviestShare)}</td><td>${floor.toFixed(2)}</td><td>${cv.toFixed(3)}</td></tr>\n`,
  ),
})}
<h3 id="heaviest-heading">The heaviest addresses</h3>
${wideTable({
  label: "heaviest-heading",
  head: html`<tr>${columnHeads(["address", ...(users === undefined ? [] : ["users"]), `${unit}s`, `share of ${unit}s`])}</tr>`,
  rows: heaviest.map(
    (heavy) =>
      html`<tr><th scope="row">${heavy.address}</th>${heavy.users === undefined ? "" : html`<td>${thousands(heavy.users)}</td>`}<td>${thousands(heavy.connections)}</td><td>${percent(heavy.share)}</td></tr>\n`,
  ),
})}
</section>`;
}
