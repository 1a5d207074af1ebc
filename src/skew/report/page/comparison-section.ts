import { count, percent, thousands } from "../../advice/wording.ts";
import type { Evenness } from "../../measures/evenness.ts";
import type { TimeFigures } from "../../simulation/time-study.ts";
import { comparisonColumns, comparisonRows, theoryCells } from "../comparison.ts";
import { nounOf } from "../figures.ts";
import type { SimulationResult } from "../simulation-result.ts";
import { html, type Markup } from "./markup.ts";
import { columnHeads, tableCaption, wideTable } from "./wide-table.ts";

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
${tableCaption("comparison-caption", `By ${noun}, ${count(placement.backends.length, "backend")}${yours === undefined ? "" : "; ★ is what the configuration asks for"}`)}
${wideTable({
  label: "comparison-caption",
  head: html`<tr>${columnHeads(["policy", ...columns.map(({ title, head }) => `${title}${head[1] === "%" ? ", %" : ""}`)])}</tr>`,
  rows: [
    ...rows.map(
      (row) =>
        html`<tr${row.policy.name === yours ? html` class="yours"` : ""}><th scope="row">${row.policy.title}</th>${columns.map((column) => html`<td>${column.value(row) ?? UNKNOWN}</td>`)}</tr>\n`,
    ),
    html`<tr class="theory"><th scope="row">theory of a hash of the address</th>${columns.map(({ title }) => html`<td>${theory.get(title) ?? ""}</td>`)}</tr>\n`,
  ],
})}
<dl>${columns.map(({ title, meaning }) => html`<dt>${title}</dt><dd>${meaning}</dd>\n`)}<dt>theory</dt><dd>max/avg: the floor, which no hash of the address gets below; CV: what is to be expected of one, by chance</dd></dl>
${refused.map(({ policy, impossible }) => html`<p>${policy.title} was not possible: ${impossible ?? ""}.</p>\n`)}
<h3 id="evenness-heading">Every measure of evenness</h3>
${wideTable({
  label: "evenness-heading",
  head: html`<tr>${columnHeads(["policy", "counted by", "max/avg", "min/avg", "CV", "Jain", "Gini", "p99"])}</tr>`,
  rows: rows.flatMap(({ policy, placement: { users, connections }, time: inTime }) => [
    ...evennessRow(policy.title, "users", users?.evenness),
    ...evennessRow(policy.title, `${unit}s`, connections?.evenness),
    ...evennessRow(policy.title, "time", inTime?.byTime),
  ]),
})}
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
<h2 id="time-heading">Through failures, an hour of sessions</h2>
<p>${thousands(time.sessions)} sessions with ${thousands(time.connections)} connections in ${minutes(time.lengthMs)} minutes, the same for every policy; the first ${minutes(time.warmUpMs)} are not measured. ${changes.length === 0 ? "" : `${changes.join(", ")}.`}</p>
${wideTable({
  label: "time-heading",
  head: html`<tr>${columnHeads(["policy", "sessions", "lost", "moved", "… by a change", "… by load", "connections refused", "max/avg by time", "highest peak"])}</tr>`,
  rows: time.policies.map(timeRow),
})}
<dl>
<dt>lost</dt><dd>sessions whose backend failed: what it kept of them in memory is gone, whatever the policy</dd>
<dt>moved</dt><dd>sessions that came to another backend although their own was there to take them: because of a change elsewhere, or because of load</dd>
<dt>max/avg by time</dt><dd>mean open connections of the fullest backend in the quiet time before the first change, in fair shares</dd>
<dt>highest peak</dt><dd>the most connections that one backend had open at any instant, in fair shares of that instant</dd>
</dl>
</section>`;
}

function timeRow({ policy, sessions, byTime, peakOverFairShare }: TimeFigures): Markup {
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
}
