/** Where a command writes: process.stdout, process.stderr, or a test's own. */
export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
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

/** Breaks at blanks so that no line is longer than `width`; a longer word keeps its own line. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}
