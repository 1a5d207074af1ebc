import { count, percent, thousands } from "../../advice/wording.ts";
import type { Evenness } from "../../measures/evenness.ts";
import { comparisonColumns, comparisonRows, theoryCells } from "../comparison.ts";
import { nounOf } from "../figures.ts";
import type { SimulationResult } from "../simulation-result.ts";
import { html, type Markup } from "./markup.ts";

const UNKNOWN = "–";
const MS_PER_MINUTE = 60_000;

/** The comparison of all policies, and every measure of evenness. */
export function comparisonSection(result: SimulationResult): Markup {
  const { placement, time, unit, yours } = result;
  const columns = comparisonColumns(placement, unit);
  const rows = comparisonRows(placement, time);
  const theory = theoryCells(placement);
  const noun = nounOf(placement, unit);
  const refused = rows.filter(({ impossible }) => impossible !== undefined);
  return html`<section>
<h2>The comparison</h2>
<div class="wide"><table>
<caption>By ${noun}, ${count(placement.backends.length, "backend")}${yours === undefined ? "" : "; ★ is what the configuration asks for"}</caption>
<thead><tr><th scope="col">policy</th>${columns.map(({ title, head }) => html`<th scope="col">${title}${head[1] === "%" ? ", %" : ""}</th>`)}</tr></thead>
<tbody>
${rows.map(
  (row) =>
    html`<tr${row.policy.name === yours ? html` class="yours"` : ""}><th scope="row">${row.policy.title}</th>${columns.map((column) => html`<td>${column.value(row) ?? UNKNOWN}</td>`)}</tr>\n`,
)}<tr class="theory"><th scope="row">theory of a hash of the address</th>${columns.map(({ title }) => html`<td>${theory.get(title) ?? ""}</td>`)}</tr>
</tbody>
</table></div>
<dl>${columns.map(({ title, meaning }) => html`<dt>${title}</dt><dd>${meaning}</dd>\n`)}<dt>theory</dt><dd>max/avg: the floor, which no hash of the address gets below; CV: what is to be expected of one, by chance</dd></dl>
${refused.map(({ policy, impossible }) => html`<p>${policy.title} was not possible: ${impossible ?? ""}.</p>\n`)}
<h3>Every measure of evenness</h3>
<div class="wide"><table>
<thead><tr><th scope="col">policy</th><th scope="col">counted by</th><th scope="col">max/avg</th><th scope="col">min/avg</th><th scope="col">CV</th><th scope="col">Jain</th><th scope="col">Gini</th><th scope="col">p99</th></tr></thead>
<tbody>
${rows.flatMap(({ policy, placement: { users, connections }, time: inTime }) => [
  ...evennessRow(policy.title, "users", users?.evenness),
  ...evennessRow(policy.title, `${unit}s`, connections?.evenness),
  ...evennessRow(policy.title, "time", inTime?.byTime),
])}</tbody>
</table></div>
<p class="muted">Jain: (Σx)² / (n Σx²), 1 is perfect. Gini: 0 is perfect. p99: the load in fair shares that 99 % of the backends do not exceed, for 100 backends and more. Time: of the mean open connections in the simulated hour, before the first change. All by weight.</p>
</section>`;
}

function evennessRow(title: string, noun: string, evenness: Evenness | undefined): readonly Markup[] {
  if (evenness === undefined) return [];
  const { maxOverAvg, minOverAvg, cv, jain, gini, p99 } = evenness;
  const figures = [maxOverAvg, minOverAvg, cv, jain, gini, p99];
  return [
    html`<tr><th scope="row">${title}</th><td>${noun}</td>${figures.map((figure) => html`<td>${figure?.toFixed(3) ?? UNKNOWN}</td>`)}</tr>\n`,
  ];
}

/** What the simulation in time did to the sessions. */
export function overTimeSection({ time }: SimulationResult): Markup {
  const minutes = (ms: number): string => String(Math.round((10 * ms) / MS_PER_MINUTE) / 10);
  const changes = time.changes.map(({ atMs, kind, backend }) => `${backend} ${kind} at minute ${minutes(atMs)}`);
  return html`<section>
<h2>Through failures, an hour of sessions</h2>
<p>${thousands(time.sessions)} sessions with ${thousands(time.connections)} connections in ${minutes(time.lengthMs)} minutes, the same for every policy; the first ${minutes(time.warmUpMs)} are not measured. ${changes.length === 0 ? "" : `${changes.join(", ")}.`}</p>
<div class="wide"><table>
<thead><tr><th scope="col">policy</th><th scope="col">sessions</th><th scope="col">lost</th><th scope="col">moved</th><th scope="col">… by a change</th><th scope="col">… by load</th><th scope="col">connections refused</th><th scope="col">max/avg by time</th><th scope="col">highest peak</th></tr></thead>
<tbody>
${time.policies.map(({ policy, sessions, byTime, peakOverFairShare }) => {
  const all = sessions?.sessions ?? 0;
  const share = (part: number): string => `${thousands(part)} (${percent(all === 0 ? 0 : part / all)})`;
  const cells =
    sessions === undefined
      ? [UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN]
      : [
          thousands(all),
          share(sessions.lost),
          share(sessions.moved),
          thousands(sessions.movedByChange),
          thousands(sessions.movedByLoad),
          thousands(sessions.refused),
        ];
  return html`<tr><th scope="row">${policy.title}</th>${[...cells, byTime?.maxOverAvg.toFixed(2) ?? UNKNOWN, peakOverFairShare?.toFixed(2) ?? UNKNOWN].map((cell) => html`<td>${cell}</td>`)}</tr>\n`;
})}</tbody>
</table></div>
<dl>
<dt>lost</dt><dd>sessions whose backend failed: what it kept of them in memory is gone, whatever the policy</dd>
<dt>moved</dt><dd>sessions that came to another backend although their own was there to take them: because of a change elsewhere, or because of load</dd>
<dt>max/avg by time</dt><dd>mean open connections of the fullest backend in the quiet time before the first change, in fair shares</dd>
<dt>highest peak</dt><dd>the most connections that one backend had open at any instant, in fair shares of that instant</dd>
</dl>
</section>`;
}
