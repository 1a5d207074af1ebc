import type { PolicyKind } from "../../policies/compared-policy.ts";
import { rounded } from "../../rounded.ts";
import type { PlacementFigures, PlacementStudy } from "../../study/placement-study.ts";
import { countedIn, floorOf, inFairShares, loadOf, nounOf, type Unit } from "../figures.ts";
import type { PlotTexts } from "./plot-texts.ts";
import type { PlotBody } from "./render-svg.ts";
import { kindColor, kindLegend, paletteOf, type Theme } from "./theme.ts";

const COLUMNS = 3;
const PANEL_WIDTH_PX = 232;
const PANEL_HEIGHT_PX = 96;
/** Narrower bars than with room between them would be lines of another colour. */
const MOST_BARS_WITH_GAPS = 40;

/** Bars of every backend's load, a panel for each policy, with lines at the fair share and at the floor. */
export function loadPerBackendBody(study: PlacementStudy, theme: Theme): PlotBody {
  const palette = paletteOf(theme);
  const weights = study.backends.map(({ weight }) => weight);
  const panels = askedPolicies(study);
  const rows = panels.flatMap(({ figures, loads }) =>
    inFairShares(loads, weights).map((load, i) => ({
      panel: panelTitle(figures, study),
      kind: figures.policy.kind,
      backend: i + 1,
      load: rounded(load, 4),
    })),
  );
  const floor = rounded(floorOf(study), 4);
  const line = (at: number, color: string, look: object = {}) => ({
    data: { values: [{ at }] },
    mark: { type: "rule", color, strokeWidth: 1.5, aria: false, ...look },
    encoding: { y: { field: "at", type: "quantitative" } },
  });
  return {
    data: { values: rows },
    facet: {
      field: "panel",
      type: "nominal",
      sort: panels.map(({ figures }) => panelTitle(figures, study)),
      title: null,
    },
    columns: COLUMNS,
    spacing: { row: 22, column: 26 },
    spec: {
      width: PANEL_WIDTH_PX,
      height: PANEL_HEIGHT_PX,
      layer: [
        {
          mark: { type: "bar" },
          encoding: {
            x: {
              field: "backend",
              type: "ordinal",
              scale: study.backends.length > MOST_BARS_WITH_GAPS ? { padding: 0 } : { paddingInner: 0.25 },
              axis: { title: null, labels: false, ticks: false, domain: false },
            },
            y: {
              field: "load",
              type: "quantitative",
              scale: { domainMin: 0, nice: true },
              axis: { title: "fair shares", tickCount: 4, domain: false, ticks: false },
            },
            color: kindColor(palette),
          },
        },
        line(1, palette.ink),
        ...(floor > 1 ? [line(floor, palette.muted, { strokeDash: [5, 3] })] : []),
      ],
    },
  };
}

export function loadPerBackendTexts(study: PlacementStudy, theme: Theme, unit: Unit): PlotTexts {
  const floor = floorOf(study);
  const heights = askedPolicies(study).map(({ figures, maxOverAvg }) => ({ figures, maxOverAvg }));
  const range = (kind: PolicyKind, how: string): readonly string[] => {
    const values = heights.filter(({ figures }) => figures.policy.kind === kind).map(({ maxOverAvg }) => maxOverAvg);
    if (values.length === 0) return [];
    const [least, most] = [Math.min(...values).toFixed(2), Math.max(...values).toFixed(2)];
    return [`${least === most ? least : `${least} to ${most}`} ${how}`];
  };
  const says = [
    ...range("address", "by hash of the address"),
    ...range("bounded", "with a bound"),
    ...range("cookie", "by cookie"),
  ];
  const floorText =
    floor > 1
      ? ` Dashed line: ${floor.toFixed(2)}, which no hash of the address can get below.`
      : " No address is heavy enough to force more on any of them.";
  return {
    title: says.length === 0 ? "No policy could be asked" : `Fair shares of the fullest backend: ${says.join(", ")}`,
    subtitle:
      `${title(nounOf(study, unit))} of ${study.backends.length === 1 ? "the only backend" : `each of ${study.backends.length} backends`}, in fair shares (1 = as much as its weight asks for: ` +
      `solid line).${floorText}`,
    description: heights
      .map(({ figures, maxOverAvg }) => `${figures.policy.title}: at most ${shares(maxOverAvg)}.`)
      .join(" "),
    legend: kindLegend(
      heights.map(({ figures }) => figures.policy.kind),
      paletteOf(theme),
    ),
  };
}

interface AskedPolicy {
  readonly figures: PlacementFigures;
  readonly loads: readonly number[];
  readonly maxOverAvg: number;
}

function askedPolicies(study: PlacementStudy): readonly AskedPolicy[] {
  const unit = countedIn(study);
  return study.policies.flatMap((figures) => {
    const load = loadOf(figures, unit);
    return load === undefined ? [] : [{ figures, loads: load.loads, maxOverAvg: load.evenness.maxOverAvg }];
  });
}

function panelTitle(figures: PlacementFigures, study: PlacementStudy): string {
  const load = loadOf(figures, countedIn(study));
  return `${figures.policy.title}: ${load?.evenness.maxOverAvg.toFixed(2) ?? ""}`;
}

function shares(value: number): string {
  return `${value.toFixed(2)} fair shares`;
}

function title(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
