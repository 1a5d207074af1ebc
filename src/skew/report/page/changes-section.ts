import { percent } from "../../advice/wording.ts";
import type { Remap } from "../../measures/remap.ts";
import { middleRemoved, middleReweighed, oneAdded } from "../../study/backend-change.ts";
import type { PlacementStudy } from "../../study/placement-study.ts";
import { percentCell } from "../comparison.ts";
import { nounOf } from "../figures.ts";
import type { SimulationResult } from "../simulation-result.ts";
import { html, type Markup } from "./markup.ts";
import { columnHeads, tableCaption, wideTable } from "./wide-table.ts";

const UNKNOWN = "–";
const REMAPS = ["remove", "add", "reweigh"] as const;
const FIGURES = ["moved", "over the ideal", "needless"] as const;

/** Who moves when a backend leaves, when one comes, and when one gets another weight; nothing for a single backend. */
export function changesSection({ placement, unit }: SimulationResult): Markup {
  const changes = changesOf(placement);
  if (changes === undefined) return html``;
  const rows = placement.policies.filter(({ remove }) => remove !== undefined);
  const noun = nounOf(placement, unit);
  return html`<section>
<h2>Who moves when the list changes</h2>
${tableCaption("changes-caption", `In percent of the ${noun}; to keep shares fair ${changes.map(({ ideal, text }) => `${ideal} have to move when ${text}`).join(", ")}`)}
${wideTable({
  label: "changes-caption",
  head: html`<tr><th scope="col" rowspan="2">policy</th>${changes.map(({ head }) => html`<th scope="colgroup" colspan="${FIGURES.length}">${head}</th>`)}</tr>
<tr>${changes.map(() => columnHeads(FIGURES))}</tr>`,
  rows: rows.map(
    (figures) =>
      html`<tr><th scope="row">${figures.policy.title}</th>${REMAPS.map((name) => cells(figures[name]).map((cell) => html`<td>${cell}</td>`))}</tr>\n`,
  ),
})}
<p class="muted">Over the ideal: more or fewer than have to move; a backend that has less than its fair share gives less. Needless: not from a backend whose share shrank to one whose share grew. With a bounded load, those who would have moved without any change are among them.</p>
</section>`;
}

interface Change {
  readonly head: string;
  readonly text: string;
  readonly ideal: string;
}

function changesOf({ backends, policies }: PlacementStudy): readonly Change[] | undefined {
  const measured = policies.find(({ remove }) => remove !== undefined);
  const [gone, other] = [middleRemoved(backends), middleReweighed(backends)];
  const middle = backends[backends.length >> 1];
  const heavier = other?.after[backends.length >> 1];
  const come = oneAdded(backends).after.at(-1);
  if (measured === undefined || gone === undefined || middle === undefined) return undefined;
  const ideal = (name: (typeof REMAPS)[number]): string => percent(measured[name]?.ideal ?? 0);
  return [
    { head: "one gone", text: `${middle.id} is taken out`, ideal: ideal("remove") },
    { head: "one more", text: `${come?.id ?? ""} comes`, ideal: ideal("add") },
    {
      head: "another weight",
      text: `${middle.id} gets weight ${heavier?.weight ?? 0} instead of ${middle.weight}`,
      ideal: ideal("reweigh"),
    },
  ];
}

function cells(remap: Remap | undefined): readonly string[] {
  if (remap === undefined) return FIGURES.map(() => UNKNOWN);
  return [percentCell(remap.moved) ?? UNKNOWN, signed(remap.excess), percentCell(remap.needless) ?? UNKNOWN];
}

/** In percentage points, with a true minus; no sign for what rounds to nothing. */
function signed(share: number): string {
  const text = Math.abs(100 * share).toFixed(1);
  if (text === "0.0") return "0";
  return `${share < 0 ? "−" : "+"}${text}`;
}
