import type { PolicyKind } from "../../policies/compared-policy.ts";
import type { LegendEntry } from "./plot-texts.ts";

/** Plots are made for light and for dark pages. */
export type Theme = "light" | "dark";

export const themes: readonly Theme[] = ["light", "dark"];

/** Colours of one theme. */
export interface Palette {
  readonly background: string;
  /** Text and whatever is to be seen first. */
  readonly ink: string;
  /** Text of second rank, and lines to compare with. */
  readonly muted: string;
  readonly grid: string;
  /** The same colour for the same kind of policy in every plot. */
  readonly kind: Readonly<Record<PolicyKind, string>>;
}

/**
 * Colours that people with any of the usual kinds of colour blindness tell apart: Okabe and Ito, "Color universal design",
 * 2008; on each background the tone of a hue that has a contrast of at least 3:1.
 */
const palettes: Readonly<Record<Theme, Palette>> = Object.freeze({
  light: {
    background: "#ffffff",
    ink: "#1a1d21",
    muted: "#59616b",
    grid: "#e3e6ea",
    kind: { address: "#0072b2", bounded: "#d55e00", cookie: "#009e73" },
  },
  dark: {
    background: "#0d1117",
    ink: "#eef1f5",
    muted: "#a3acb8",
    grid: "#2a313b",
    kind: { address: "#56b4e9", bounded: "#e69f00", cookie: "#1fbf92" },
  },
});

/** The colours of a theme. */
export function paletteOf(theme: Theme): Palette {
  return palettes[theme];
}

const kinds: readonly PolicyKind[] = ["address", "bounded", "cookie"];

/** What the kinds are called in legends. */
const kindTitles: Readonly<Record<PolicyKind, string>> = Object.freeze({
  address: "the address decides",
  bounded: "the address, up to a bound",
  cookie: "a cookie decides",
});

/** The kinds that are drawn; nothing when there is one only. */
export function kindLegend(drawn: Iterable<PolicyKind>, { kind: colors }: Palette): readonly LegendEntry[] {
  const present = new Set(drawn);
  if (present.size < 2) return [];
  return kinds.filter((kind) => present.has(kind)).map((kind) => ({ text: kindTitles[kind], color: colors[kind] }));
}

/** The colour of a field that holds a {@link PolicyKind}. */
export function kindColor({ kind: colors, muted }: Palette) {
  const domain = [...kinds, OTHER];
  const range = [...kinds.map((kind) => colors[kind]), muted];
  return { field: "kind", type: "nominal", scale: { domain, range }, legend: null };
}

/** In place of a kind: what is no policy. */
export const OTHER = "other";

/** Axes in whole percent. */
export const PERCENT_LABELS = "format(100 * datum.value, 'd') + ' %'";

export const FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif";

/** How all plots look. */
export function vegaConfig({ ink, muted, grid }: Palette) {
  const text = {
    labelColor: muted,
    titleColor: ink,
    labelFlush: false,
    labelFontSize: 11,
    titleFontSize: 12,
    titleFontWeight: "normal",
  };
  return {
    background: null,
    padding: { left: 14, right: 14, top: 4, bottom: 14 },
    font: FONT,
    view: { stroke: null },
    axis: { ...text, gridColor: grid, domainColor: muted, tickColor: muted, titlePadding: 8 },
    header: { labelColor: ink, labelFontSize: 12, labelFontWeight: 600, labelAnchor: "start", labelPadding: 6 },
    text: { color: ink, fontSize: 11 },
  };
}
