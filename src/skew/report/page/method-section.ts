import type { SimulationResult } from "../simulation-result.ts";
import { html, type Markup } from "./markup.ts";
import { columnHeads, tableCaption, wideTable } from "./wide-table.ts";

/** What was measured, so that somebody else can repeat it. */
export function methodSection({ placement, time, program, seed }: SimulationResult): Markup {
  const { population, backends } = placement;
  const facts: readonly (readonly [string, string])[] = [
    ["Program", `Lengket ${program.version}`],
    ["Population", `${population.name}: ${population.title}`],
    ["Its source", population.source],
    ["Seed of the people", population.seed === undefined ? "none: nobody was drawn" : String(seed)],
    ["Seed of the hash tables and of the order of arrivals (HASH_SEED)", String(placement.seed)],
    ["Seed of the sessions in time", String(time.seed)],
    ["Figures", "results.json beside this page has all of them"],
  ];
  return html`<section>
<h2>What was measured</h2>
<dl>${facts.map(([name, text]) => html`<dt>${name}</dt><dd>${text}</dd>\n`)}</dl>
<h3 id="backends-heading">Backends</h3>
${wideTable({
  label: "backends-heading",
  head: html`<tr>${columnHeads(["id", "address", "weight"])}</tr>`,
  rows: backends.map(
    ({ id, address, weight }) => html`<tr><th scope="row">${id}</th><td>${address}</td><td>${weight}</td></tr>\n`,
  ),
  isTexts: true,
})}
<h3 id="policies-heading">Policies</h3>
${tableCaption("policies-caption", "Those of Lengket are asked by the code that runs in the balancer; those of other programs are exact models of the version that is named")}
${wideTable({
  label: "policies-heading",
  head: html`<tr>${columnHeads(["policy", "program", "configuration"])}</tr>`,
  rows: placement.policies.map(
    ({ policy }) =>
      html`<tr><th scope="row">${policy.title}</th><td>${policy.program === "Lengket" ? `Lengket ${program.version}` : policy.program}</td><td><code>${policy.configuration.join("\n")}</code></td></tr>\n`,
  ),
  isTexts: true,
})}
</section>`;
}

/** What the figures cannot say. */
export function limitsSection({ placement }: SimulationResult): Markup {
  const isLog = placement.population.users === undefined;
  return html`<section>
<h2>Limits of the method</h2>
<ul>
<li>One seed is one throw of the dice: another seed puts the heavy addresses elsewhere. The floor and the CV to expect do not depend on it.</li>
<li>In the comparison everybody comes once and stays. Every user counts the same, and so does every connection: nobody knows what a request costs.</li>
<li>The lengths of sessions, connections and pauses in the simulated hour are ours. They decide how many sessions a failure meets, not which policy is better.</li>
<li>Other programs are modelled with their default options, with nothing else connected, one instance of each. Retries, health checks and queues are not.</li>
${
  isLog
    ? html`<li>A log tells addresses, not people: each connection stands for itself. For a cookie policy each is a new visitor, which is the worst that cookies could do.</li>
<li>What is said of the clients of a log is exact. Of a log with very many addresses, the heaviest are placed as they are, and some of the others stand for all of them.</li>\n`
    : html`<li>The population is a model. Your own access log says more: lengket simulate --from access.log.</li>\n`
}</ul>
</section>`;
}
