import { escapeXml } from "../escape.ts";
import { breakLines, type LegendEntry, type PlotTexts } from "./plot-texts.ts";
import { FONT, type Palette } from "./theme.ts";

/** What stands above a plot. */
export interface PlotHead {
  readonly svg: string;
  readonly heightPx: number;
}

const MARGIN_PX = 14;
const TITLE = { sizePx: 15, linePx: 20, weight: 600 } as const;
const TEXT = { sizePx: 12, linePx: 16, weight: 400 } as const;
/** Widths of characters in sizes of the font: those of wide fonts, as nobody knows which one will be there. */
const WIDTH_OF_BOLD = 0.58;
const WIDTH_OF_PLAIN = 0.53;
const SWATCH_PX = { square: 11, line: 26, gap: 7, between: 22 } as const;

/** Title, subtitle and legend as SVG for a plot of that width: vega would measure them without a font, and badly. */
export function plotHead({ title, subtitle, legend }: PlotTexts, palette: Palette, widthPx: number): PlotHead {
  const room = widthPx - 2 * MARGIN_PX;
  const parts: string[] = [];
  let y = MARGIN_PX;
  const lines = (text: string, { sizePx, linePx, weight }: typeof TITLE | typeof TEXT, color: string): void => {
    const perCharacter = sizePx * (weight === TITLE.weight ? WIDTH_OF_BOLD : WIDTH_OF_PLAIN);
    for (const line of breakLines(text, Math.floor(room / perCharacter))) {
      y += linePx;
      parts.push(textAt(MARGIN_PX, y - 4, line, `font-size="${sizePx}px" font-weight="${weight}" fill="${color}"`));
    }
  };
  lines(title, TITLE, palette.ink);
  y += 3;
  lines(subtitle, TEXT, palette.muted);
  y += 8;
  let x = MARGIN_PX;
  for (const entry of legend) {
    const width = widthOf(entry);
    if (x > MARGIN_PX && x + width > widthPx - MARGIN_PX) {
      x = MARGIN_PX;
      y += TEXT.linePx + 2;
    }
    parts.push(legendEntry(entry, x, y, palette.ink));
    x += width + SWATCH_PX.between;
  }
  if (legend.length > 0) y += TEXT.linePx + 6;
  return { svg: `<g aria-hidden="true" font-family="${escapeXml(FONT)}">${parts.join("")}</g>`, heightPx: y };
}

function swatchPx({ dash }: LegendEntry): number {
  return dash === undefined ? SWATCH_PX.square : SWATCH_PX.line;
}

function widthOf(entry: LegendEntry): number {
  return Math.ceil(swatchPx(entry) + SWATCH_PX.gap + entry.text.length * TEXT.sizePx * WIDTH_OF_PLAIN);
}

function legendEntry(entry: LegendEntry, x: number, y: number, ink: string): string {
  const { text, color, dash } = entry;
  const swatch =
    dash === undefined
      ? `<rect x="${x}" y="${y + 2}" width="${SWATCH_PX.square}" height="${SWATCH_PX.square}" fill="${color}"/>`
      : `<path d="M${x},${y + 8}h${SWATCH_PX.line}" stroke="${color}" stroke-width="2.2" fill="none"` +
        `${dash.length === 0 ? "" : ` stroke-dasharray="${dash.join(",")}"`}/>`;
  return swatch + textAt(x + swatchPx(entry) + SWATCH_PX.gap, y + 12, text, `font-size="12px" fill="${ink}"`);
}

function textAt(x: number, y: number, text: string, attributes: string): string {
  return `<text x="${x}" y="${y}" ${attributes}>${escapeXml(text)}</text>`;
}
