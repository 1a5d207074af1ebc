import { escapeXml } from "../escape.ts";

/** Text that is HTML already. Everything else is escaped on its way into one. */
export interface Markup {
  readonly html: string;
}

type Part = string | number | Markup | readonly Part[];

/** A template whose values are escaped unless they are {@link Markup}. */
export function html(texts: TemplateStringsArray, ...values: readonly Part[]): Markup {
  return { html: texts.map((text, i) => text + (i < values.length ? toHtml(values[i] ?? "") : "")).join("") };
}

/** For SVG that we drew and styles that we wrote; nothing that came from elsewhere. */
export function trusted(text: string): Markup {
  return { html: text };
}

function toHtml(part: Part): string {
  if (typeof part === "string") return escapeXml(part);
  if (typeof part === "number") return String(part);
  return "html" in part ? part.html : part.map(toHtml).join("");
}
