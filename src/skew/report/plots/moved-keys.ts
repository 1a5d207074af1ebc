import { percent } from "../../advice/wording.ts";
import type { Remap } from "../../measures/remap.ts";
import { rounded } from "../../rounded.ts";
import type { PlacementFigures, PlacementStudy } from "../../study/placement-study.ts";
import { nounOf, type Unit } from "../figures.ts";
import type { PlotTexts } from "./plot-texts.ts";
import type { PlotBody } from "./render-svg.ts";
import { kindColor, kindLegend, PERCENT_LABELS, paletteOf, type Theme } from "./theme.ts";

const PANEL_WIDTH_PX = 260;
const ROW_HEIGHT_PX = 22;
/** Room for the number behind the longest bar. */
const HIGHEST_SHARE = 1.16;

interface Moved {
  readonly figures: PlacementFigures;
  readonly change: string;
  readonly remap: Remap;
}

/** Bars of who moves when a backend leaves and when one comes, a row for each policy, the ideal marked. */
export function movedKeysBody(study: PlacementStudy, theme: Theme, unit: Unit): PlotBody {
  const palette = paletteOf(theme);
  const { ink, muted } = palette;
  const rows = movedOf(study).map(({ figures, change, remap }) => ({
    policy: figures.policy.title,
    kind: figures.policy.kind,
    change,
    moved: rounded(remap.moved, 5),
    text: percent(remap.moved),
    // Behind the bar and the mark.
    textAt: rounded(Math.max(remap.moved, remap.ideal), 5),
    ideal: rounded(remap.ideal, 5),
  }));
  const y = {
    field: "policy",
    type: "nominal",
    sort: study.policies.map(({ policy }) => policy.title),
    axis: { title: null, domain: false, ticks: false, labelColor: ink, labelFontSize: 12, labelLimit: 0 },
  };
  const x = (field: string) => ({
    field,
    type: "quantitative",
    scale: { domain: [0, HIGHEST_SHARE], nice: false },
    axis: {
      title: `${nounOf(study, unit)} that move`,
      labelExpr: PERCENT_LABELS,
      values: [0, 0.25, 0.5, 0.75, 1],
      domain: false,
      ticks: false,
    },
  });
  return {
    data: { values: rows },
    facet: { column: { field: "change", type: "nominal", sort: changesOf(study), title: null } },
    spacing: 24,
    spec: {
      width: PANEL_WIDTH_PX,
      height: { step: ROW_HEIGHT_PX },
      layer: [
        {
          mark: { type: "bar", height: { band: 0.62 } },
          encoding: {
            x: x("moved"),
            y,
            color: kindColor(palette),
          },
        },
        {
          mark: { type: "tick", color: ink, thickness: 2, height: { band: 0.92 }, orient: "vertical", aria: false },
          encoding: { x: x("ideal"), y },
        },
        {
          mark: { type: "text", align: "left", baseline: "middle", dx: 6, color: muted, aria: false },
          encoding: { x: x("textAt"), y, text: { field: "text", type: "nominal" } },
        },
      ],
    },
  };
}

export function movedKeysTexts(study: PlacementStudy, theme: Theme, unit: Unit): PlotTexts {
  const noun = nounOf(study, unit);
  const leaving = study.policies.flatMap(({ policy, remove }) => (remove === undefined ? [] : [{ policy, remove }]));
  const sorted = [...leaving].sort((a, b) => a.remove.moved - b.remove.moved);
  const [least, most] = [sorted[0], sorted.at(-1)];
  const ideal = least === undefined ? "" : percent(least.remove.ideal);
  const title =
    least === undefined || most === undefined
      ? "No policy could be asked"
      : most.remove.moved > 2 * most.remove.ideal
        ? `When a backend leaves, ${most.policy.title} moves ${percent(most.remove.moved)} of the ${noun}, ` +
          `${least.policy.title} ${percent(least.remove.moved)}`
        : `When a backend leaves, at most ${percent(most.remove.moved)} of the ${noun} move`;
  return {
    title,
    subtitle:
      `Share of ${noun} that get another backend. Upright mark: what has to move for fair shares ` +
      `(${ideal} when one of ${study.backends.length} leaves).`,
    description: movedOf(study)
      .map(({ figures, change, remap }) => `${figures.policy.title}, ${change}: ${percent(remap.moved)}.`)
      .join(" "),
    legend: kindLegend(
      movedOf(study).map(({ figures }) => figures.policy.kind),
      paletteOf(theme),
    ),
  };
}

function changesOf(study: PlacementStudy): readonly [leaves: string, comes: string] {
  return [`One of ${study.backends.length} backends leaves`, "One more comes"];
}

function movedOf(study: PlacementStudy): readonly Moved[] {
  const [leaves, comes] = changesOf(study);
  return study.policies.flatMap((figures) => [
    ...(figures.remove === undefined ? [] : [{ figures, change: leaves, remap: figures.remove }]),
    ...(figures.add === undefined ? [] : [{ figures, change: comes, remap: figures.add }]),
  ]);
}
