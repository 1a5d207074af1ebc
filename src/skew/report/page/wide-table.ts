import { html, type Markup } from "./markup.ts";

export interface TableParts {
  /** The id of the caption or heading that says what the table is about. */
  readonly label: string;
  /** Rows of the head. */
  readonly head: Markup;
  readonly rows: readonly Markup[];
  /** Cells are texts that may break, not figures. */
  readonly isTexts?: boolean;
}

/**
 * A table that moves sideways in a box of its own where the screen is too narrow for it, also by the keyboard. What it is about
 * stands outside of the box: a `<caption>` would move with it, and be as wide.
 */
export function wideTable({ label, head, rows, isTexts = false }: TableParts): Markup {
  return html`<div class="wide" role="region" aria-labelledby="${label}" tabindex="0"><table aria-labelledby="${label}"${isTexts ? html` class="texts"` : ""}>
<thead>${head}</thead>
<tbody>
${rows}</tbody>
</table></div>`;
}

/** What a table is about, in front of it. */
export function tableCaption(id: string, text: string): Markup {
  return html`<p class="caption" id="${id}">${text}</p>`;
}

/** The cells of a row of a head, each over one column. */
export function columnHeads(texts: readonly string[]): Markup {
  return html`${texts.map((text) => html`<th scope="col">${text}</th>`)}`;
}
