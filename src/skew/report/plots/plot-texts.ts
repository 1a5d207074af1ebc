/** The words of a plot. */
export interface PlotTexts {
  /** What one sees, as a sentence. */
  readonly title: string;
  /** What is drawn, in which unit. */
  readonly subtitle: string;
  /** For those who do not see the plot: the figures that matter. */
  readonly description: string;
  /** What the colours and lines mean. */
  readonly legend: readonly LegendEntry[];
}

export interface LegendEntry {
  readonly text: string;
  readonly color: string;
  /** A line instead of a square: lengths of its dashes and gaps in pixels, empty = unbroken. */
  readonly dash?: readonly number[];
}

/** Breaks at blanks, since an SVG does not: lines of at most `width` characters unless a word is longer. */
export function breakLines(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
