import { percent } from "../../advice/wording.ts";
import type { PolicyKind } from "../../policies/compared-policy.ts";
import { rounded } from "../../rounded.ts";
import type { LoadSeries, PlannedChange, TimeFigures, TimeStudy } from "../../simulation/time-study.ts";
import type { PlotTexts } from "./plot-texts.ts";
import type { PlotBody } from "./render-svg.ts";
import { kindColor, paletteOf, type Theme } from "./theme.ts";

const WIDTH_PX = 720;
const PANEL_HEIGHT_PX = 132;
const MS_PER_MINUTE = 60_000;
/** Above the highest line, for the names of the changes. */
const HEADROOM = 1.28;
/** Backends that change, told apart by these; more than so many share the last one. */
const DASHES: readonly (readonly number[])[] = [[], [6, 3], [2, 2]];
const PINNED = "bounded-load-pinned";
/** In place of the id of a backend that changes. */
const OTHERS = "";

interface DrawnPolicy {
  readonly figures: TimeFigures;
  readonly series: LoadSeries;
}

/** Lines of the open connections of every backend, one panel for a policy of each kind. */
export function loadOverTimeBody(study: TimeStudy, theme: Theme): PlotBody {
  const palette = paletteOf(theme);
  const { ink, muted } = palette;
  const policies = drawnPolicies(study);
  const changing = changingBackends(study);
  const rows = policies.flatMap(({ figures, series }) =>
    study.backends.flatMap(({ id }, b) =>
      series.atMs.map((atMs, i) => ({
        panel: panelTitle(figures),
        kind: figures.policy.kind,
        backend: id,
        line: changing.includes(id) ? id : OTHERS,
        minute: rounded(atMs / MS_PER_MINUTE, 3),
        open: rounded(series.open[b]?.[i] ?? 0, 2),
      })),
    ),
  );
  const top = Math.max(1, ...rows.map(({ open }) => open)) * HEADROOM;
  const marks = study.changes.map(({ atMs, kind, backend }, i) => ({
    minute: rounded(atMs / MS_PER_MINUTE, 3),
    text: `${backend} ${kind}`,
    // Neighbours are named on two levels.
    height: rounded(top * (i % 2 === 0 ? 0.97 : 0.86), 2),
  }));
  const x = {
    field: "minute",
    type: "quantitative",
    scale: { domain: [study.warmUpMs, study.lengthMs].map((ms) => rounded(ms / MS_PER_MINUTE, 3)), nice: false },
    axis: { title: "minutes since the start", grid: false, tickCount: 10 },
  };
  const y = (field: string) => ({
    field,
    type: "quantitative",
    scale: { domain: [0, rounded(top, 2)], nice: false },
    axis: { title: "open connections", tickCount: 4, domain: false, ticks: false },
  });
  const name = (look: object) => ({
    data: { values: marks },
    mark: { type: "text", align: "left", baseline: "middle", dx: 5, fontSize: 11, ...look },
    encoding: { x, y: y("height"), text: { field: "text", type: "nominal" } },
  });
  const line = { type: "line", interpolate: "linear", aria: false };
  return {
    data: { values: rows },
    facet: {
      row: {
        field: "panel",
        type: "nominal",
        sort: policies.map(({ figures }) => panelTitle(figures)),
        title: null,
        header: { labelOrient: "top" },
      },
    },
    spacing: 26,
    spec: {
      width: WIDTH_PX,
      height: PANEL_HEIGHT_PX,
      layer: [
        {
          transform: [{ filter: { field: "line", equal: OTHERS } }],
          mark: { ...line, strokeWidth: 1.2, opacity: 0.6 },
          encoding: {
            x,
            y: y("open"),
            detail: { field: "backend", type: "nominal" },
            color: kindColor(palette),
          },
        },
        {
          data: { values: marks },
          mark: { type: "rule", color: muted, strokeWidth: 1, strokeDash: [3, 3], aria: false },
          encoding: { x },
        },
        // Behind the names, so that they can be read across lines.
        name({ color: palette.background, stroke: palette.background, strokeWidth: 5, aria: false }),
        name({ color: ink }),
        {
          transform: [{ filter: { not: { field: "line", equal: OTHERS } } }],
          mark: { ...line, strokeWidth: 2.2, color: ink },
          encoding: {
            x,
            y: y("open"),
            detail: { field: "backend", type: "nominal" },
            strokeDash: {
              field: "line",
              type: "nominal",
              scale: { domain: changing, range: changing.map((_, i) => dashOf(i)) },
              legend: null,
            },
          },
        },
      ],
    },
  };
}

export function loadOverTimeTexts(study: TimeStudy, theme: Theme): PlotTexts {
  const policies = drawnPolicies(study);
  const moved = policies.flatMap(({ figures: { policy, sessions } }) =>
    sessions === undefined || sessions.sessions === 0 ? [] : [{ policy, share: sessions.moved / sessions.sessions }],
  );
  const minutes = rounded((study.lengthMs - study.warmUpMs) / MS_PER_MINUTE, 1);
  const says = moved.map(({ policy, share }) => `${percent(share)} with ${policy.title}`).join(", ");
  return {
    title:
      moved.length === 0
        ? "No policy could be asked"
        : `Sessions that had to leave a backend which was there for them: ${says}`,
    subtitle:
      `Open connections of each backend over ${minutes} minutes, the same sessions for every policy. ` +
      "In colour: each of the backends that are there all the time.",
    description: policies
      .map(({ figures: { policy, sessions } }) =>
        sessions === undefined
          ? ""
          : `${policy.title}: of ${sessions.sessions} sessions ${sessions.lost} lost, ${sessions.moved} moved, ` +
            `${sessions.refused} connections refused.`,
      )
      .join(" "),
    legend: changingBackends(study).map((id, i) => ({
      text: storyOf(id, study.changes),
      color: paletteOf(theme).ink,
      dash: dashOf(i),
    })),
  };
}

/** One policy of each kind: three panels tell more than ten. The first, but pinning where it is compared: it is the default. */
function drawnPolicies(study: TimeStudy): readonly DrawnPolicy[] {
  const seen = new Set<PolicyKind>();
  const isPinned = study.policies.some(({ policy, series }) => policy.name === PINNED && series !== undefined);
  const asked = study.policies.filter(({ policy }) => policy.kind !== "bounded" || !isPinned || policy.name === PINNED);
  return asked.flatMap((figures) => {
    const { series, policy } = figures;
    if (series === undefined || seen.has(policy.kind)) return [];
    seen.add(policy.kind);
    return [{ figures, series }];
  });
}

function panelTitle({ policy, sessions }: TimeFigures): string {
  if (sessions === undefined) return policy.title;
  const [lost, moved] = [sessions.lost, sessions.moved].map((count) =>
    percent(sessions.sessions === 0 ? 0 : count / sessions.sessions),
  );
  return `${policy.title}: ${moved} of the sessions moved, ${lost} lost`;
}

function changingBackends({ changes }: TimeStudy): readonly string[] {
  return [...new Set(changes.map(({ backend }) => backend))];
}

function dashOf(index: number): readonly number[] {
  return DASHES[Math.min(index, DASHES.length - 1)] ?? [];
}

/** `b3: fails at 20 min, returns at 40 min` */
function storyOf(id: string, changes: readonly PlannedChange[]): string {
  const own = changes.filter(({ backend }) => backend === id);
  return `${id}: ${own.map(({ kind, atMs }) => `${kind} at ${rounded(atMs / MS_PER_MINUTE, 1)} min`).join(", ")}`;
}
