import { percent } from "../../advice/wording.ts";
import { rounded } from "../../rounded.ts";
import type { HeaviestSweep } from "../heaviest-sweep.ts";
import type { PlotTexts } from "./plot-texts.ts";
import type { PlotBody } from "./render-svg.ts";
import { kindColor, kindLegend, OTHER, PERCENT_LABELS, paletteOf, type Theme } from "./theme.ts";

const WIDTH_PX = 560;
const HEIGHT_PX = 270;
const PRICE_HEIGHT_PX = 150;
/** Names closer than this to each other are moved apart. */
const NAME_HEIGHT_PX = 15;
const FLOOR_NAME = "floor of address hashing";

/** Lines of max/avg against the share of the heaviest address, and below them what evenness costs in broken stickiness. */
export function heaviestSweepBody(sweep: HeaviestSweep, theme: Theme): PlotBody {
  const palette = paletteOf(theme);
  const { muted } = palette;
  const floors = sweep.shares.map((share, i) => ({ share, value: rounded(sweep.floor[i] ?? 1, 4) }));
  const points = sweep.policies.flatMap(({ policy, points: of }) =>
    of.map(({ share, maxOverAvg, breakRate }) => ({
      policy: policy.title,
      kind: policy.kind,
      share,
      max: rounded(maxOverAvg, 4),
      breaks: rounded(breakRate, 5),
    })),
  );
  const highest = Math.max(1.5, ...points.map(({ max }) => max), ...floors.map(({ value }) => value)) * 1.04;
  const lastShare = sweep.shares.at(-1) ?? 1;
  const mostBreaks = Math.max(0.1, ...points.map(({ breaks }) => breaks)) * 1.08;
  const x = {
    field: "share",
    type: "quantitative",
    scale: { domain: [0, lastShare], nice: false },
    axis: {
      title: "share of all users that sit behind one address",
      labelExpr: PERCENT_LABELS,
      grid: false,
      tickCount: 8,
    },
  };
  const y = (field: string, title: string, domain: readonly number[], axis: object) => ({
    field,
    type: "quantitative",
    scale: { domain, nice: false },
    axis: { title, domain: false, ticks: false, ...axis },
  });
  const color = kindColor(palette);
  const max = (field: string) => y(field, "fair shares", [1, highest], { tickCount: 6 });
  const breaks = (field: string) =>
    y(field, "repeats elsewhere", [0, mostBreaks], { labelExpr: PERCENT_LABELS, tickCount: 4 });
  const panel = (height: number, layer: readonly object[]) => ({ width: WIDTH_PX, height, layer });
  const linesOf = (field: string, scale: typeof max) => ({
    mark: { type: "line", strokeWidth: 2.2, point: { size: 34, filled: true } },
    encoding: { x, y: scale(field), color, detail: { field: "policy", type: "nominal" } },
  });
  const names = (rows: readonly Name[], scale: typeof max) => ({
    data: { values: spread(rows, scale === max ? (highest - 1) / HEIGHT_PX : mostBreaks / PRICE_HEIGHT_PX) },
    mark: { type: "text", align: "left", baseline: "middle", dx: 9, fontSize: 12, aria: false, limit: 0 },
    encoding: {
      x,
      y: scale("at"),
      text: { field: "policy", type: "nominal" },
      color,
    },
  });
  const ends = (field: "max" | "breaks"): readonly Name[] =>
    points
      .filter(({ share }) => share === lastShare)
      .map(({ policy, kind, [field]: at }) => ({ share: lastShare, policy, kind, at }));
  const floorEnd = { share: lastShare, policy: FLOOR_NAME, kind: OTHER, at: floors.at(-1)?.value ?? 1 };
  return {
    data: { values: points },
    spacing: 26,
    resolve: { scale: { color: "independent", x: "shared" } },
    vconcat: [
      panel(HEIGHT_PX, [
        {
          data: { values: floors },
          mark: { type: "line", color: muted, strokeDash: [6, 4], strokeWidth: 1.8 },
          encoding: { x: { ...x, axis: { ...x.axis, title: null } }, y: max("value") },
        },
        linesOf("max", max),
        names([...ends("max"), floorEnd], max),
      ]),
      panel(PRICE_HEIGHT_PX, [linesOf("breaks", breaks), names(ends("breaks"), breaks)]),
    ],
  };
}

export function heaviestSweepTexts(sweep: HeaviestSweep, theme: Theme): PlotTexts {
  const last = sweep.policies.flatMap(({ policy, points }) => {
    const point = points.at(-1);
    return point === undefined ? [] : [{ policy, ...point }];
  });
  const share = sweep.shares.at(-1) ?? 0;
  const [address, cookie] = ["address", "cookie"].map((kind) => last.find(({ policy }) => policy.kind === kind));
  const contrast = [
    address === undefined ? [] : [`${address.maxOverAvg.toFixed(1)} fair shares by address`],
    cookie === undefined ? [] : [`${cookie.maxOverAvg.toFixed(2)} by cookie`],
  ].flat();
  return {
    title:
      contrast.length === 0
        ? "What one heavy address does to the fullest backend"
        : `With ${percent(share)} of the users behind one address, the fullest of ${sweep.backends} backends has ` +
          contrast.join(", "),
    subtitle:
      `Above: users of the fullest backend, in fair shares. Dashed: backends × that share, which no hash of the address can get below. ` +
      `Below: the price, connections of a user that found another backend than the last one.`,
    description: last
      .map(
        ({ policy, maxOverAvg, breakRate }) =>
          `${policy.title}: ${maxOverAvg.toFixed(2)} fair shares, ${percent(breakRate)} of repeats elsewhere, at ${percent(share)}.`,
      )
      .join(" "),
    legend: kindLegend(
      last.map(({ policy }) => policy.kind),
      paletteOf(theme),
    ),
  };
}

interface Name {
  readonly share: number;
  readonly policy: string;
  readonly kind: string;
  /** Where the line ends, in units of its axis. */
  readonly at: number;
}

/** Moves names upwards that would stand on each other. @param perPixel - units of the axis */
function spread(names: readonly Name[], perPixel: number): readonly Name[] {
  const placed: Name[] = [];
  for (const name of [...names].sort((a, b) => a.at - b.at)) {
    const below = placed.at(-1);
    const lowest = below === undefined ? name.at : below.at + NAME_HEIGHT_PX * perPixel;
    placed.push({ ...name, at: rounded(Math.max(name.at, lowest), 4) });
  }
  return placed;
}
