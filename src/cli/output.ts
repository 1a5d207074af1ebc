/** Where a command writes: process.stdout, process.stderr, or a test's own. */
export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  /** How wide a terminal is. */
  readonly columns?: number;
}

/** Lines are made to fit the terminal that everybody has. */
export const COLUMNS = 80;

/** Whether to colour: FORCE_COLOR and NO_COLOR decide (no-color.org), else a terminal that is not dumb. */
export function wantsColor(output: Output, env: Readonly<Record<string, string | undefined>>): boolean {
  const forced = env["FORCE_COLOR"] ?? "";
  if ((env["NO_COLOR"] ?? "") !== "") return false;
  if (forced !== "") return forced !== "0" && forced !== "false";
  return output.isTTY === true && env["TERM"] !== "dumb";
}

/** A sign or a unit, which means nothing on another line than its number. */
const UNIT = /^(?:[%×]|[nµm]?s|min|h|[kMG]?B|[KMG]iB)(?:[.,;:)]|$)/;

/**
 * Breaks at blanks so that no line is longer than `width`; a longer word keeps its own line. A number stays with its unit.
 */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of unbreakable(text)) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

/**
 * Breaks a value, which may be one long word such as a list of backends or a path: at a blank, else behind `;`, `,`, `/` or
 * `:`, else anywhere. No line is longer than `width`.
 */
export function wrapValue(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let rest = text;
  while (rest.length > width) {
    const cut = breakAt(rest.slice(0, width + 1), width);
    lines.push(rest.slice(0, cut).trimEnd());
    rest = rest.slice(cut).trimStart();
  }
  return [...lines, rest];
}

/** How much of a text that is too long goes on one line. */
function breakAt(text: string, width: number): number {
  const blank = text.lastIndexOf(" ");
  if (blank > 0) return blank;
  const behind = [";", ",", "/", ":"].map((separator) => text.lastIndexOf(separator, width - 1) + 1);
  return behind.find((cut) => cut > 1) ?? width;
}

function unbreakable(text: string): readonly string[] {
  const words: string[] = [];
  for (const word of text.split(" ")) {
    const before = words.at(-1);
    if (before !== undefined && /\d$/.test(before) && UNIT.test(word)) words[words.length - 1] = `${before} ${word}`;
    else words.push(word);
  }
  return words;
}
