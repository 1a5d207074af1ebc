import type { TopLevelSpec } from "vega-lite";
import { InvariantError } from "../../../model/failure.ts";
import { escapeXml } from "../escape.ts";
import { plotHead } from "./plot-head.ts";
import type { PlotTexts } from "./plot-texts.ts";
import { type Palette, paletteOf, type Theme, vegaConfig } from "./theme.ts";

/** A plot as vega-lite describes it, without title, legend and theme. */
export type PlotBody = Readonly<Record<string, unknown>>;

/** What tells one SVG from the others of a page: a word for its ids. */
export interface SvgOptions {
  readonly name: string;
  readonly theme: Theme;
}

/** Hundredths of a pixel are not seen; the last bits of a number may differ between engines. */
const DECIMALS = 2;

/**
 * Draws a plot as SVG, without a canvas or a browser: widths of texts are estimated. The same plot has the same bytes,
 * whatever was drawn before. Vega is loaded by the first call: nothing else in the program needs it.
 *
 * @throws InvariantError when vega-lite finds fault with the plot
 */
export async function renderSvg(body: PlotBody, texts: PlotTexts, { name, theme }: SvgOptions): Promise<string> {
  const [vega, vegaLite] = await Promise.all([import("vega"), import("vega-lite")]);
  const palette = paletteOf(theme);
  const spec = { ...body, config: vegaConfig(palette) } as unknown as TopLevelSpec;
  const runtime = vega.parse(vegaLite.compile(spec, { logger: strictLogger }).spec);
  const view = new vega.View(runtime, { renderer: "none", logLevel: vega.Error });
  try {
    return framed(sameBytes(await view.toSVG(), `${name}-${theme}`), texts, palette, `${name}-${theme}`);
  } finally {
    view.finalize();
  }
}

const strictLogger = {
  level: () => strictLogger,
  error: refuse,
  warn: refuse,
  info: () => strictLogger,
  debug: () => strictLogger,
};

function refuse(...problems: readonly unknown[]): never {
  throw new InvariantError(`vega-lite: ${problems.map(String).join(" ")}`);
}

/** Vega counts its ids on and on, and writes numbers with all their digits. */
function sameBytes(svg: string, prefix: string): string {
  const ids = new Map<string, string>();
  const idOf = (id: string): string => {
    const known = ids.get(id) ?? `${prefix}-${ids.size + 1}`;
    ids.set(id, known);
    return known;
  };
  return svg
    .replace(/ pointer-events="none"/g, "")
    .replace(/<[^>]*>/g, (tag) =>
      tag
        .replace(/-?\d+\.\d{3,}(?:e-?\d+)?/g, (digits) => String(Number(Number(digits).toFixed(DECIMALS)) + 0))
        .replace(/(\sid="|url\(#)([^")]+)/g, (_, before: string, id: string) => before + idOf(id)),
    );
}

/** The plot under its head, in one picture that says what is to be seen. */
function framed(plot: string, texts: PlotTexts, palette: Palette, prefix: string): string {
  const [open = "", width = "0", height = "0"] =
    /^<svg [^>]*? width="([\d.]+)" height="([\d.]+)"[^>]*>/.exec(plot) ?? [];
  const drawn = plot.slice(open.length).replace(/<\/svg>\s*$/, "");
  const head = plotHead(texts, palette, Number(width));
  const size = `width="${width}" height="${head.heightPx + Number(height)}"`;
  const viewBox = `viewBox="0 0 ${width} ${head.heightPx + Number(height)}"`;
  const labels = `role="img" aria-labelledby="${prefix}-title ${prefix}-desc"`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" ${size} ${viewBox} ${labels}>`,
    `<title id="${prefix}-title">${escapeXml(texts.title)}</title>`,
    `<desc id="${prefix}-desc">${escapeXml(`${texts.subtitle} ${texts.description}`)}</desc>`,
    `<rect width="100%" height="100%" fill="${palette.background}"/>`,
    head.svg,
    `<g transform="translate(0,${head.heightPx})">${drawn}</g></svg>\n`,
  ].join("\n");
}
